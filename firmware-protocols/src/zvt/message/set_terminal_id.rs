//! 06 1B Set/Reset Terminal-ID (PA00P015, "Set/Reset Terminal-ID").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};

use super::options::Password;

/// Give the terminal another id, or none. Only while its turnover store is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetTerminalId {
    /// Password of the terminal.
    pub password: Password,
    /// The id.
    pub terminal_id: Option<Bcd<4>>,
}

impl SetTerminalId {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x061B;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let password = Password::read(&mut reader)?;
        let mut terminal_id = None;
        for field in Fields::new(reader) {
            let field = field?;
            if field.number == bitmap::TERMINAL_ID {
                terminal_id = Some(Bcd::from_bytes(field.array()?));
            }
        }
        Ok(Self {
            password,
            terminal_id,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        let id = self.terminal_id.map(|id| *id.bytes());
        bitmap::write_some(bitmap::TERMINAL_ID, id, &mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
