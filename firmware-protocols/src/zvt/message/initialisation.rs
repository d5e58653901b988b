//! 06 93 Initialisation (PA00P015, "Initialisation").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

use super::options::Password;

/// Let the terminal introduce itself to its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Initialisation {
    /// Password of the terminal.
    pub password: Password,
}

impl Initialisation {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0693;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let password = Password::read(&mut Reader::new(data))?;
        Ok(Self { password })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
