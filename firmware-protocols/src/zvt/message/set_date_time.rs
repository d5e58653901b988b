//! 04 01 Set Date and Time (PA00P015, "Set Date and Time in ECR").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};

/// The terminal's clock. The station acknowledges it and keeps its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetDateTime {
    /// YYMMDD.
    pub date: Option<Bcd<3>>,
    /// HHMMSS.
    pub time: Option<Bcd<3>>,
}

impl SetDateTime {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0401;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut message = Self::default();
        for field in Fields::new(Reader::new(data)) {
            let field = field?;
            match field.number {
                bitmap::LONG_DATE => message.date = Some(Bcd::from_bytes(field.array()?)),
                bitmap::TIME => message.time = Some(Bcd::from_bytes(field.array()?)),
                _ => (),
            }
        }
        Ok(message)
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let date = self.date.map(|it| *it.bytes());
        bitmap::write_some(bitmap::LONG_DATE, date, writer);
        let time = self.time.map(|it| *it.bytes());
        bitmap::write_some(bitmap::TIME, time, writer);
    }
}
