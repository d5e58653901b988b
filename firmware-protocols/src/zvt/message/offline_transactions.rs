//! 06 51 Send Offline Transactions (PA00P015, "Send Offline Transactions").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

use super::options::Password;

/// Hand to the host what was approved without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfflineTransactions {
    /// Password of the terminal.
    pub password: Password,
}

impl OfflineTransactions {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0651;

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
