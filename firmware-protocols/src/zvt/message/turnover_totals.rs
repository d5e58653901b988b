//! 06 10 Send Turnover Totals (PA00P015, "Send Turnover Totals").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

use super::options::Password;

/// Tell the totals as an end of day would, and close nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnoverTotals {
    /// Password of the terminal.
    pub password: Password,
}

impl TurnoverTotals {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0610;

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
