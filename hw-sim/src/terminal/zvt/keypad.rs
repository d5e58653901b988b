//! The keypad, and what a person types on it. A PIN stays here: it is compared and forgotten.

use std::fmt;

use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::Money;
use firmware_protocols::zvt::message::{Input, Key};

use super::front::Wanted;
use super::payment::WRONG_PIN;
use super::{ABORTED, Job, Phase, Terminal};
use crate::wallet::{self, Decline, Pin};

/// A key of the keypad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// 0 to 9.
    Digit(u8),
    /// OK, clear, stop and the others.
    Key(Key),
}

impl Pressed {
    /// The key of this word: a digit, or as [`super::control::key_named`] has it.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word.as_bytes() {
            [digit @ b'0'..=b'9'] => Some(Self::Digit(*digit)),
            _ => super::control::key_named(word).map(Self::Key),
        }
    }
}

/// What the keypad is for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// A PIN, that may be wrong so many times more.
    Pin(u8),
    /// Digits that the till asks for.
    Digits,
    /// One key that the till asks for.
    Key,
    /// Nothing but to stop.
    Stop,
    /// Nothing.
    Nothing,
}

/// Digits that are not entered yet. They do not print.
#[derive(Default)]
pub(super) struct Typed(Vec<u8>);

impl Typed {
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
        self.0.clear();
    }

    /// Says whether there was room for it.
    fn add(&mut self, digit: u8, most: usize) -> bool {
        let has_room = self.0.len() < most;
        if has_room {
            self.0.push(digit);
        }
        has_room
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} digits", self.0.len())
    }
}

impl Terminal {
    /// A person presses a key. Says whether that did anything.
    pub fn press(&mut self, pressed: Pressed, now: Instant) -> bool {
        let did = match &self.phase {
            Phase::Pin {
                job, tries_left, ..
            } => {
                let (job, tries_left) = (job.clone(), *tries_left);
                self.press_for_pin(pressed, job, tries_left, now)
            }
            Phase::Input { wanted, .. } => {
                let wanted = *wanted;
                self.press_for_till(pressed, wanted, now)
            }
            Phase::Card { .. } if pressed == STOP => {
                self.stop(ABORTED, now);
                true
            }
            Phase::Reading { .. } if pressed == STOP => {
                self.end_reading(ABORTED, now);
                true
            }
            Phase::Card { .. }
            | Phase::Reading { .. }
            | Phase::Idle
            | Phase::Thinking { .. }
            | Phase::Host { .. }
            | Phase::Undoing { .. }
            | Phase::Late { .. }
            | Phase::Again { .. }
            | Phase::Telling
            | Phase::Off { .. } => false,
        };
        self.pump(now);
        did
    }

    /// What the keypad is for now.
    #[must_use]
    pub const fn typing(&self) -> Typing {
        match &self.phase {
            Phase::Pin { tries_left, .. } => Typing::Pin(*tries_left),
            Phase::Input {
                wanted: Wanted::Digits { .. },
                ..
            } => Typing::Digits,
            Phase::Input { .. } => Typing::Key,
            Phase::Card { .. } | Phase::Reading { .. } => Typing::Stop,
            Phase::Idle
            | Phase::Thinking { .. }
            | Phase::Host { .. }
            | Phase::Undoing { .. }
            | Phase::Late { .. }
            | Phase::Again { .. }
            | Phase::Telling
            | Phase::Off { .. } => Typing::Nothing,
        }
    }

    /// How many digits were typed that are not entered yet.
    #[must_use]
    pub const fn typed(&self) -> usize {
        self.typed.0.len()
    }

    /// What the running payment is about.
    #[must_use]
    pub const fn amount(&self) -> Option<Money> {
        match &self.phase {
            Phase::Card { job, .. }
            | Phase::Pin { job, .. }
            | Phase::Thinking { job, .. }
            | Phase::Host { job, .. } => Some(job.money),
            Phase::Idle
            | Phase::Reading { .. }
            | Phase::Input { .. }
            | Phase::Undoing { .. }
            | Phase::Late { .. }
            | Phase::Again { .. }
            | Phase::Telling
            | Phase::Off { .. } => None,
        }
    }

    fn press_for_pin(&mut self, pressed: Pressed, job: Job, tries_left: u8, now: Instant) -> bool {
        match pressed {
            Pressed::Digit(digit) => self.typed.add(digit, PIN_MOST),
            Pressed::Key(Key::Ok) if self.typed() < PIN_FEWEST => false,
            Pressed::Key(Key::Ok) => {
                // A card whose cardholder does not know the PIN leaves it to the host to say so.
                let is_right = self.typed.0 == wallet::PIN
                    || job.card.is_some_and(|card| card.pin == Some(Pin::Wrong));
                self.typed.clear();
                match (is_right, tries_left.saturating_sub(1)) {
                    (true, _) => self.think(job, now),
                    (false, 0) => self.tell_declined(&job, Decline::PinTriesExceeded, now),
                    (false, left) => self.ask_again(left),
                }
                true
            }
            Pressed::Key(Key::Clear) => {
                self.typed.clear();
                true
            }
            Pressed::Key(Key::Stop) => {
                self.typed.clear();
                self.stop(ABORTED, now);
                true
            }
            Pressed::Key(_) => false,
        }
    }

    fn ask_again(&mut self, left: u8) {
        if let Phase::Pin { tries_left, .. } = &mut self.phase {
            *tries_left = left;
        }
        let tries = if left == 1 { "try" } else { "tries" };
        self.tell_status(WRONG_PIN, &format!("Wrong PIN, {left} {tries} left"));
    }

    fn press_for_till(&mut self, pressed: Pressed, wanted: Wanted, now: Instant) -> bool {
        match (wanted, pressed) {
            (Wanted::Digits { most, .. }, Pressed::Digit(digit)) => self.typed.add(digit, most),
            (Wanted::Digits { .. }, Pressed::Key(Key::Clear)) => {
                self.typed.clear();
                true
            }
            (Wanted::Digits { fewest, .. }, Pressed::Key(Key::Ok)) => {
                let has_enough = self.typed() >= fewest.max(1);
                has_enough && self.enter(&Input::Digits(self.typed.0.clone()), now)
            }
            (_, Pressed::Key(key)) => self.enter(&Input::Key(key), now),
            (Wanted::Key, Pressed::Digit(_)) => false,
        }
    }
}

const STOP: Pressed = Pressed::Key(Key::Stop);
/// ISO 9564-1: a PIN has four to twelve digits.
const PIN_FEWEST: usize = 4;
const PIN_MOST: usize = 12;
