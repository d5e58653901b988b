//! 06 E1 Display Text with Function-Key Input (PA00P015).

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::Writer;

use super::display::Screen;

/// Show text and wait for a key. The answer is 80 00 01 and a [`Key`](super::Key).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisplayKeyInput {
    /// What to show.
    pub screen: Screen,
}

impl DisplayKeyInput {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x06E1;

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
