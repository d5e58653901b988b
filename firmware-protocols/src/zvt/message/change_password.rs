//! 06 95 Change Password (PA00P015, "Change Password").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

use super::options::Password;

/// Give the terminal another password. The answer, 06 0F, says in 27 whether it took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangePassword {
    /// The password so far.
    pub old: Password,
    /// The password from now on.
    pub new: Password,
}

impl ChangePassword {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0695;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let old = Password::read(&mut reader)?;
        let new = Password::read(&mut reader)?;
        Ok(Self { old, new })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.old.write(&mut writer);
        self.new.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
