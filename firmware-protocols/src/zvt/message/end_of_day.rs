//! 06 50 End-of-Day (PA00P015, "End-of-Day").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

use super::options::{CommandFields, CommandOptions, Password};

/// Submit and close the turnover store. The totals come in a status information.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndOfDay {
    /// Password of the terminal.
    pub password: Password,
    /// TLV objects.
    pub options: CommandOptions,
}

impl EndOfDay {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0650;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let password = Password::read(&mut reader)?;
        let fields = CommandFields::decode(reader)?;
        Ok(Self {
            password,
            options: fields.options,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        let fields = CommandFields {
            options: self.options.clone(),
            ..CommandFields::default()
        };
        fields.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
