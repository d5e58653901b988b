//! 08 40 Change Baudrate (PA00P015, "Change Baudrate").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

/// Use another speed, two seconds after the answer, which still comes at the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeBaudRate {
    /// 00 9600, 01 19200, 06 57600, 07 115200.
    pub rate: u8,
}

impl ChangeBaudRate {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0840;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let rate = Reader::new(data).u8("baud rate")?;
        Ok(Self { rate })
    }

    /// The rate in bits per second; `None` for a number that has none.
    #[must_use]
    pub const fn bits_per_second(self) -> Option<u32> {
        match self.rate {
            0x00 => Some(9_600),
            0x01 => Some(19_200),
            0x06 => Some(57_600),
            0x07 => Some(115_200),
            0x02..=0x05 | 0x08..=0xFF => None,
        }
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(self.rate);
        super::unit(Self::CONTROL, &writer)
    }
}
