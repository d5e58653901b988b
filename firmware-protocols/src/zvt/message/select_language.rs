//! 08 30 Select Language (PA00P015, "Select Language").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

/// The language of the display, by the number that the terminal's maker gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectLanguage {
    /// Its number.
    pub language: u8,
}

impl SelectLanguage {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0830;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let language = Reader::new(data).u8("language")?;
        Ok(Self { language })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(self.language);
        super::unit(Self::CONTROL, &writer)
    }
}
