//! How a simulated terminal is set up, what it shows, and what goes wrong with it.

use std::collections::VecDeque;

use firmware_protocols::time::Duration;
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::card::EntryMode;
use firmware_protocols::zvt::{Framing, Timers};

use crate::cable::{Damage, Way};
use crate::wallet::{self, Card};

/// How a terminal is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Serial line or TCP.
    pub framing: Framing,
    /// The protocol's timers.
    pub timers: Timers,
    /// Whose terminal it is.
    pub merchant: String,
    /// Up to eight digits.
    pub terminal_id: String,
    /// The one currency it takes.
    pub currency: Currency,
    /// The card that is presented until another one is chosen.
    pub card: &'static Card,
    /// Nobody presents a card or enters a PIN until told to.
    pub hold: bool,
    /// Whether it knows transaction sync (tag 1F1F).
    pub knows_sync: bool,
    /// Whether it numbers messages for a till that offers to (tag 1F73).
    pub knows_numbers: bool,
    /// How long it waits for a card.
    pub card_timeout: Duration,
    /// How long the cardholder takes to present the card.
    pub card_delay: Duration,
    /// How long the cardholder takes to enter the PIN.
    pub pin_delay: Duration,
    /// The digits that the cardholder enters when the till asks for some.
    pub typed: String,
    /// How long the host takes, on top of what it really takes.
    pub host_delay: Duration,
    /// The same for a slow card.
    pub slow_delay: Duration,
    /// How long a reboot takes.
    pub reboot_time: Duration,
    /// Sends card numbers in the clear, in results and on receipts, to see whether the till masks them.
    pub sends_full_pan: bool,
    /// Refuses the end of day while it holds a reservation.
    pub strict_end_of_day: bool,
    /// Reverses only the last transaction, as many terminals do.
    pub reverses_last_only: bool,
    /// The wall clock at instant 0, in seconds since 1970.
    pub started_at: u64,
    /// Makes the keys of this run differ from those of an earlier one, for hosts that live longer.
    pub run: String,
    /// The receipt number and the trace number before the first ones.
    pub numbers_start_after: (u16, u32),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            framing: Framing::Serial,
            timers: Timers::default(),
            merchant: "shop".to_owned(),
            terminal_id: "68001234".to_owned(),
            currency: Currency::NOK,
            card: wallet::default_card(),
            hold: false,
            knows_sync: true,
            knows_numbers: true,
            card_timeout: Duration::from_secs(30),
            card_delay: Duration::ZERO,
            pin_delay: Duration::ZERO,
            typed: "1234".to_owned(),
            host_delay: Duration::ZERO,
            slow_delay: Duration::from_secs(8),
            reboot_time: Duration::from_secs(2),
            sends_full_pan: false,
            strict_end_of_day: false,
            reverses_last_only: false,
            started_at: 1_767_225_600,
            run: "0".to_owned(),
            numbers_start_after: (0, 0),
        }
    }
}

/// What a person in front of the terminal sees and does.
#[derive(Clone, Debug)]
pub struct Face {
    /// The card at hand.
    pub card: &'static Card,
    /// How it is presented; without a word, as suits the card.
    pub gesture: Option<Gesture>,
    /// Nobody presents a card or enters a PIN unless told to.
    pub hold: bool,
    /// What the display says.
    pub display: String,
    /// How often a card was read.
    pub presentations: u64,
    /// How many receipts came out, here or at the till.
    pub receipts_printed: u64,
    /// The last receipts, oldest first.
    pub paper: VecDeque<Vec<String>>,
}

impl Face {
    /// How the card at hand is read.
    #[must_use]
    pub const fn entry_mode(&self) -> EntryMode {
        match self.gesture {
            Some(Gesture::Tap) => EntryMode::Contactless,
            Some(Gesture::Insert) => EntryMode::Chip,
            Some(Gesture::Swipe) => EntryMode::MagneticStripe,
            None if self.card.pin.is_some() => EntryMode::Chip,
            None => EntryMode::Contactless,
        }
    }

    /// Whether the card at hand, read like this, goes with a PIN.
    #[must_use]
    pub fn asks_for_pin(&self) -> bool {
        self.card.pin.is_some() || self.gesture == Some(Gesture::Insert)
    }
}

/// How a card is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// Held against the reader.
    Tap,
    /// Put into the slot: the chip asks for the PIN, whatever the card.
    Insert,
    /// Drawn through.
    Swipe,
}

impl Gesture {
    /// The gesture of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "tap" => Self::Tap,
            "insert" => Self::Insert,
            "swipe" => Self::Swipe,
            _ => return None,
        })
    }
}

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// How often.
    pub count: u64,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Approves, keeps it, and never says so.
    LoseResult,
    /// The result is lost on the line; the terminal notices and acts by the rules.
    LoseOnLine,
    /// Sends the result, and never that it is finished.
    LoseCompletion,
    /// The power goes at this point.
    Reboot(RebootPoint),
    /// Answers a payment with "please wait".
    Busy,
    /// Does not answer a command at all.
    Mute,
    /// The result comes this much later.
    Late(Duration),
    /// Hears nothing for this long.
    Deaf(Duration),
    /// Answers a frame with NAK and does not look at it.
    Nak,
    /// Flips a bit in what it sends.
    Corrupt,
    /// What it sends is lost.
    Drop,
    /// What it sends arrives twice.
    Double,
    /// What it sends arrives in single bytes.
    Split,
    /// Noise comes before what it sends.
    Noise,
    /// Leaves the last payment out of the totals that it tells.
    Miscount,
}

impl FaultKind {
    /// All words, for messages that say what could have been given instead.
    pub const WORDS: &str = "lose_result, lose_on_line, lose_completion, reboot, busy, mute, late, \
                             deaf, nak, corrupt, drop, double, split, noise or miscount";

    /// The fault of this word; `time` is for those that have one. A reboot is none of them: see
    /// [`RebootPoint::named`].
    #[must_use]
    pub fn named(word: &str, time: Duration) -> Option<Self> {
        Some(match word {
            "lose_result" => Self::LoseResult,
            "lose_on_line" => Self::LoseOnLine,
            "lose_completion" => Self::LoseCompletion,
            "busy" => Self::Busy,
            "mute" => Self::Mute,
            "late" => Self::Late(time),
            "deaf" => Self::Deaf(time),
            "nak" => Self::Nak,
            "corrupt" => Self::Corrupt,
            "drop" => Self::Drop,
            "double" => Self::Double,
            "split" => Self::Split,
            "noise" => Self::Noise,
            "miscount" => Self::Miscount,
            _ => return None,
        })
    }

    /// What is not the terminal's but the line's: where, and what.
    pub(super) const fn on_cable(self) -> Option<(Way, Damage)> {
        Some(match self {
            Self::Nak => (Way::FromTill, Damage::Nak),
            Self::Corrupt => (Way::ToTill, Damage::Flip { byte: None, bit: 0 }),
            Self::Drop => (Way::ToTill, Damage::Drop),
            Self::Double => (Way::ToTill, Damage::Double),
            Self::Split => (Way::ToTill, Damage::Split(None)),
            Self::Noise => (Way::ToTill, Damage::Noise),
            Self::LoseResult
            | Self::LoseOnLine
            | Self::LoseCompletion
            | Self::Reboot(_)
            | Self::Busy
            | Self::Mute
            | Self::Late(_)
            | Self::Miscount
            | Self::Deaf(_) => return None,
        })
    }
}

/// When the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RebootPoint {
    /// When a card would be presented.
    BeforeCard,
    /// When the card was read.
    AfterCard,
    /// When the host has approved.
    BeforeResult,
    /// When the result was sent and its acknowledgement is about to be noticed.
    BeforeAck,
    /// When the result was acknowledged.
    AfterResult,
}

impl RebootPoint {
    /// All words.
    pub const WORDS: &str = "before_card, after_card, before_result, before_ack or after_result";

    /// The point of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "before_card" => Self::BeforeCard,
            "after_card" => Self::AfterCard,
            "before_result" => Self::BeforeResult,
            "before_ack" => Self::BeforeAck,
            "after_result" => Self::AfterResult,
            _ => return None,
        })
    }
}

/// The faults that wait.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault behind those that wait already.
    pub fn push(&mut self, fault: Fault) {
        if fault.count > 0 {
            self.0.push(fault);
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Uses up the first fault that `pick` makes something of.
    pub(super) fn take<T>(&mut self, pick: impl Fn(FaultKind) -> Option<T>) -> Option<T> {
        let (at, found) = self
            .0
            .iter()
            .enumerate()
            .find_map(|(at, fault)| pick(fault.kind).map(|found| (at, found)))?;
        let fault = self.0.get_mut(at)?;
        fault.count = fault.count.saturating_sub(1);
        if fault.count == 0 {
            self.0.remove(at);
        }
        Some(found)
    }

    /// Uses up one fault of exactly this kind.
    pub(super) fn take_kind(&mut self, kind: FaultKind) -> bool {
        self.take(|waiting| (waiting == kind).then_some(()))
            .is_some()
    }
}
