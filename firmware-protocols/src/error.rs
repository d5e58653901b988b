//! What can be wrong with bytes from a wire.

use core::fmt;

/// Why bytes could not be decoded. Holds static names and numbers only, so it is always safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The input ends inside `field`.
    Truncated {
        /// What was being read.
        field: &'static str,
        /// Bytes that it takes.
        need: usize,
        /// Bytes that were left.
        have: usize,
    },
    /// `field` holds something that it must not.
    InvalidField {
        /// What was being read.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A field number without an entry in the protocol's table: its length is not known.
    UnknownField {
        /// Its number.
        number: u8,
    },
    /// A message number that is not decoded here.
    UnknownMessage {
        /// Its number, as a big-endian integer.
        control: u16,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { field, need, have } => {
                write!(f, "{field} takes {need} bytes, {have} are left")
            }
            Self::InvalidField { field, reason } => write!(f, "{field}: {reason}"),
            Self::UnknownField { number } => write!(f, "unknown field {number:02X}"),
            Self::UnknownMessage { control } => write!(f, "unknown message {control:04X}"),
        }
    }
}

impl core::error::Error for DecodeError {}
