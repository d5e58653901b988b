//! 06 20 Repeat Receipt (PA00P015, "Repeat Receipt").
//!
//! The command for recovery. The status information is that of the last stored transaction of any kind; which
//! answer says that nothing is stored is not specified.

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

use super::options::{CommandFields, Password};

/// Tell the last transaction once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatReceipt {
    /// Password of the terminal.
    pub password: Password,
    /// 01: send its status information, 02: do not print.
    pub service: Option<u8>,
}

impl RepeatReceipt {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0620;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let password = Password::read(&mut reader)?;
        let fields = CommandFields::decode(reader)?;
        Ok(Self {
            password,
            service: fields.service,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        let fields = CommandFields {
            service: self.service,
            ..CommandFields::default()
        };
        fields.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
