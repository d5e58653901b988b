//! 06 91 Set Date and Time in PT (PA00P015, "Set Date and Time in PT").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};

use super::options::Password;
use super::set_date_time::SetDateTime;

/// Set the terminal's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetTerminalClock {
    /// Password of the terminal.
    pub password: Password,
    /// YYMMDD.
    pub date: Option<Bcd<3>>,
    /// HHMMSS.
    pub time: Option<Bcd<3>>,
}

impl SetTerminalClock {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0691;

    /// From the data of its unit: behind the password it is that of 04 01.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let password = Password::read(&mut reader)?;
        let SetDateTime { date, time } = SetDateTime::decode(reader.take_rest())?;
        Ok(Self {
            password,
            date,
            time,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        let (date, time) = (self.date, self.time);
        SetDateTime { date, time }.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
