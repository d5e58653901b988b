//! 80 00 and 84 xx, the answers to every command, both ways (PA00P016, "Response to a command").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::Reader;
use crate::wire::bcd::Bcd;
use crate::zvt::apdu::Apdu;
use crate::zvt::bitmap::{self, Fields};

/// An answer. Its first byte, 80 or 84, tells it from a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// `80 00`, and `84 00` as well.
    Positive,
    /// `84 9D` of a till: goods for a part of the amount were issued.
    PartialIssue {
        /// Price of the goods, in minor units.
        amount: Bcd<6>,
    },
    /// `84 xx`.
    Negative {
        /// Error code.
        code: u8,
    },
}

impl Response {
    /// Whether a unit with this control field is a response.
    #[must_use]
    pub const fn is(control: u16) -> bool {
        matches!(control >> 8, 0x80 | 0x84)
    }

    /// From its unit.
    pub fn decode(apdu: Apdu<'_>) -> Result<Self, DecodeError> {
        let [class, code] = apdu.control.to_be_bytes();
        match (class, code) {
            (0x80, _) | (0x84, 0x00) => Ok(Self::Positive),
            (0x84, 0x9D) => {
                let amount = Fields::new(Reader::new(apdu.data))
                    .flatten()
                    .find(|field| field.number == bitmap::AMOUNT)
                    .map(|field| field.array().map(Bcd::from_bytes));
                match amount {
                    Some(amount) => Ok(Self::PartialIssue { amount: amount? }),
                    None => Ok(Self::Negative { code }),
                }
            }
            (0x84, _) => Ok(Self::Negative { code }),
            _ => Err(DecodeError::UnknownMessage {
                control: apdu.control,
            }),
        }
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Positive => Apdu {
                control: 0x8000,
                data: &[],
            }
            .encode(),
            Self::PartialIssue { amount } => {
                let [a, b, c, d, e, f] = *amount.bytes();
                Apdu {
                    control: 0x849D,
                    data: &[bitmap::AMOUNT, a, b, c, d, e, f],
                }
                .encode()
            }
            Self::Negative { code } => Apdu {
                control: 0x8400 | u16::from(*code),
                data: &[],
            }
            .encode(),
        }
    }
}
