//! Application protocol data units: `CLASS INSTR LEN DATA` (PA00P016, "Structure of the APDU").
//!
//! `LEN` is one byte up to FE. Longer data has `FF`, then the length as two bytes, low one first.

use alloc::vec::Vec;
use core::fmt;

use crate::error::DecodeError;
use crate::wire::Reader;

/// A unit with its data borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Apdu<'a> {
    /// Class and instruction, as one big-endian number such as `0x0601`.
    pub control: u16,
    /// Data.
    pub data: &'a [u8],
}

impl<'a> Apdu<'a> {
    /// The first unit in `bytes`, and the bytes after it. [`DecodeError::Truncated`] means that
    /// more bytes have to come.
    pub fn split(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), DecodeError> {
        let mut reader = Reader::new(bytes);
        let control = u16::from_be_bytes(reader.array("APDU control field")?);
        let length = match reader.u8("APDU length")? {
            0xFF => u16::from_le_bytes(reader.array("APDU long length")?),
            short => u16::from(short),
        };
        let data = reader.take("APDU data", usize::from(length))?;
        Ok((Self { control, data }, reader.take_rest()))
    }

    /// The one unit that `bytes` are.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let (apdu, rest) = Self::split(bytes)?;
        if rest.is_empty() {
            return Ok(apdu);
        }
        Err(DecodeError::InvalidField {
            field: "APDU length",
            reason: "less than there is",
        })
    }

    /// The unit as bytes. Data beyond the longest length, 65535, is cut.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let data = self.data.get(..usize::from(u16::MAX)).unwrap_or(self.data);
        let mut bytes = Vec::with_capacity(data.len().saturating_add(5));
        bytes.extend_from_slice(&self.control.to_be_bytes());
        match u8::try_from(data.len()) {
            Ok(short @ 0..=0xFE) => bytes.push(short),
            Ok(0xFF) | Err(_) => {
                bytes.push(0xFF);
                let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
                bytes.extend_from_slice(&length.to_le_bytes());
            }
        }
        bytes.extend_from_slice(data);
        bytes
    }
}

/// Data may be card data: only its length is printed.
impl fmt::Debug for Apdu<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Apdu({:04X}, {} bytes)", self.control, self.data.len())
    }
}
