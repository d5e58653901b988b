//! 06 E0 Display Text (PA00P015, "Display Text").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::Writer;

use super::display::Screen;

/// Show text. Answered by 80 00 00, and that is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisplayText {
    /// What to show.
    pub screen: Screen,
}

impl DisplayText {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x06E0;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        Screen::decode(data).map(|screen| Self { screen })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.screen.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
