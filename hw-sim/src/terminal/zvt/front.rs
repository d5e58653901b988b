//! What happens in front of the terminal by the till's order: texts, keys, cards that are only
//! read.

use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::message::{
    CardToken, Input, Key, ReadCard, Screen, ScreenLine, StatusInformation,
};
use firmware_protocols::zvt::text::{Charset, Text};

use super::receipt::{card_type, hex_bytes, masked};
use super::{Phase, Stage, Terminal};
use crate::calendar::Calendar;
use crate::wallet;

/// What is to be entered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    /// One key.
    Key,
    /// So many digits.
    Digits { fewest: usize, most: usize },
}

impl Terminal {
    /// 06 E0.
    pub(super) fn on_display(&mut self, screen: &Screen, now: Instant) {
        self.accept(now);
        self.show_screen(screen);
    }

    /// 06 E1 and 06 E2: nothing is answered until somebody has entered something.
    pub(super) fn on_input_wanted(&mut self, screen: &Screen, wanted: Wanted, now: Instant) {
        self.show_screen(screen);
        let seconds = screen.seconds.filter(|seconds| *seconds > 0);
        self.phase = Phase::Input {
            wanted,
            entered_at: (!self.face.hold).then(|| now.after(self.config.pin_delay)),
            until: seconds.map(|it| now.after(Duration::from_secs(u64::from(it)))),
        };
        self.on_time(now);
    }

    /// The cardholder enters what is set up, or presses OK.
    pub(super) fn enter_as_set_up(&mut self, now: Instant) -> bool {
        let Phase::Input { wanted, .. } = self.phase else {
            return false;
        };
        let input = match wanted {
            Wanted::Key => Input::Key(Key::Ok),
            Wanted::Digits { fewest, most } => {
                let typed = self.config.typed.bytes().filter(u8::is_ascii_digit);
                let digits: Vec<u8> = typed.take(most).collect();
                match digits.len() >= fewest && !digits.is_empty() {
                    true => Input::Digits(digits),
                    // There is nothing to enter: the cardholder gives up.
                    false => Input::Key(Key::Stop),
                }
            }
        };
        self.enter(&input, now)
    }

    /// An input is over, one way or the other.
    pub(super) fn enter(&mut self, input: &Input, now: Instant) -> bool {
        if !matches!(self.phase, Phase::Input { .. }) {
            return false;
        }
        let answered = self.side.answer_input(input, now);
        debug_assert_eq!(answered, Ok(()), "an input was asked for");
        self.rest(now);
        true
    }

    /// 06 C0.
    pub(super) fn on_read_card(&mut self, asked: ReadCard, now: Instant) {
        self.accept(now);
        self.tell_status(INSERT_CARD, "Insert, tap or swipe card");
        let seconds = asked.timeout.filter(|seconds| *seconds > 0);
        self.phase = Phase::Reading {
            asked,
            presented_at: (!self.face.hold).then(|| now.after(self.config.card_delay)),
            until: seconds.map(|it| now.after(Duration::from_secs(u64::from(it)))),
        };
        self.on_time(now);
    }

    /// A card is presented that is only to be read. Says whether one was waited for.
    pub(super) fn on_card_to_read(&mut self, now: Instant) -> bool {
        let Phase::Reading { asked, .. } = self.phase else {
            return false;
        };
        self.face.presentations = self.face.presentations.saturating_add(1);
        let card = self.face.card;
        if !card.is_readable {
            self.end_reading(NOT_READABLE, now);
            return true;
        }
        let wants_token = asked.card_reading.unwrap_or(0) & WANT_TOKEN != 0;
        let token = (wants_token && card.gives_token && self.registered.has_tlv)
            .then(|| hex_bytes(&wallet::token(&self.config.merchant, card)))
            .flatten();
        let name = card.brand.name().as_bytes();
        // Tracks are not told: this terminal has none to give away.
        let result = StatusInformation {
            pan: Some(masked(card)),
            card_type: Some(card_type(card.brand)),
            card_name: Some(Text(name)),
            token: token.as_deref().map(CardToken),
            entry_mode: Some(self.face.entry_mode()).filter(|_| self.registered.has_tlv),
            ..StatusInformation::default()
        };
        let unit = result.encode();
        self.read_card = Some(card);
        self.tell(Stage::End, unit);
        true
    }

    /// No card was read: 04 0F with a result code says so, and is the end.
    pub(super) fn end_reading(&mut self, code: u8, now: Instant) {
        self.outbox.retain(|message| message.stage != Stage::Status);
        let at = Calendar::at(self.wall_clock(now));
        let result = StatusInformation {
            result_code: Some(code),
            time: Bcd::from_digits(&at.time()),
            ..StatusInformation::default()
        };
        self.tell(Stage::End, result.encode());
    }

    fn show_screen(&mut self, screen: &Screen) {
        let lines = screen.lines.iter();
        let lines = lines.map(|ScreenLine(line)| Text(line).decode(Charset::Cp437));
        let text: Vec<String> = lines.collect();
        self.show(&text.join("\n"));
    }
}

/// Intermediate state.
const INSERT_CARD: u8 = 0x0A;
const NOT_READABLE: u8 = 0x64;
/// Tag 1F15.
const WANT_TOKEN: u8 = 0x80;
