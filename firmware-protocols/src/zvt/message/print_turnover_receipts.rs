//! 06 12 Print Turnover Receipts (PA00P015, "Print Turnover Receipts").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};

use super::options::Password;

/// Print receipts of the turnover store once more. Numbers stand without bitmaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintTurnoverReceipts {
    /// Password of the terminal.
    pub password: Password,
    /// First receipt number.
    pub from: Bcd<2>,
    /// Last receipt number; without it the first is the only one.
    pub to: Option<Bcd<2>>,
}

impl PrintTurnoverReceipts {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0612;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let password = Password::read(&mut reader)?;
        let from = Bcd::from_bytes(reader.array("first receipt number")?);
        let to = match reader.is_empty() {
            true => None,
            false => Some(Bcd::from_bytes(reader.array("last receipt number")?)),
        };
        Ok(Self { password, from, to })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        writer.put(self.from.bytes());
        if let Some(to) = self.to {
            writer.put(to.bytes());
        }
        super::unit(Self::CONTROL, &writer)
    }
}
