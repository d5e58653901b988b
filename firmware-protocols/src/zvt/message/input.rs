//! What a cardholder enters: the data of 80 00 that ends 06 E1 and 06 E2 (PA00P015).

use alloc::vec::Vec;

use crate::wire::Writer;
use crate::zvt::apdu::Apdu;

/// A key, or why there was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// OK.
    Ok,
    /// C.
    Clear,
    /// STOP.
    Stop,
    /// F, or "info".
    Function,
    /// Up.
    Up,
    /// Down.
    Down,
    /// F1 to F4, as 1 to 4.
    Numbered(u8),
    /// Nobody pressed one in time.
    TimedOut,
    /// A card was put in instead.
    CardPresent,
    /// A code without an entry here.
    Other(u8),
}

impl Key {
    /// From its code.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            0x0D => Self::Ok,
            0x18 => Self::Clear,
            0x1B => Self::Stop,
            0x46 => Self::Function,
            0x55 => Self::Up,
            0x44 => Self::Down,
            0x31..=0x34 => Self::Numbered(code & 0x0F),
            0x6C => Self::TimedOut,
            0xDC => Self::CardPresent,
            other => Self::Other(other),
        }
    }

    /// Its code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0x0D,
            Self::Clear => 0x18,
            Self::Stop => 0x1B,
            Self::Function => 0x46,
            Self::Up => 0x55,
            Self::Down => 0x44,
            Self::Numbered(number) => 0x30 | number,
            Self::TimedOut => 0x6C,
            Self::CardPresent => 0xDC,
            Self::Other(code) => code,
        }
    }
}

/// What was entered.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// Digits, of 06 E2. Whatever they are, they do not print.
    Digits(Vec<u8>),
}

impl core::fmt::Debug for Input {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Key(key) => write!(f, "{key:?}"),
            Self::Digits(digits) => write!(f, "Digits({})", digits.len()),
        }
    }
}

impl Input {
    /// From the data of the 80 00 that answers 06 E1 or, with `digits` allowed, 06 E2. A single
    /// byte 31 to 34 is a digit there and a key here. `None` when there is none.
    #[must_use]
    pub fn decode(data: &[u8], digits: bool) -> Option<Self> {
        match data {
            [] => None,
            all if digits && all.iter().all(u8::is_ascii_digit) => Some(Self::Digits(all.to_vec())),
            [code, ..] => Some(Self::Key(Key::from_code(*code))),
        }
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        match self {
            Self::Key(key) => writer.u8(key.code()),
            Self::Digits(digits) => writer.put(digits),
        }
        Apdu {
            control: 0x8000,
            data: writer.as_slice(),
        }
        .encode()
    }
}
