//! 06 30 Reversal (PA00P015, "Reversal").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};

use super::options::{CommandFields, CommandOptions, Password, ReservationKey};

/// Undo a payment that is still in the turnover store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// Password of the terminal.
    pub password: Password,
    /// Receipt number.
    pub receipt: Option<Bcd<2>>,
    /// Minor units.
    pub amount: Option<Bcd<6>>,
    /// ISO 4217 number.
    pub currency: Option<Bcd<2>>,
    /// TLV objects.
    pub options: CommandOptions,
}

impl Reversal {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0630;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let password = Password::read(&mut reader)?;
        let fields = CommandFields::decode(reader)?;
        Ok(Self {
            password,
            receipt: fields.key.receipt,
            amount: fields.amount,
            currency: fields.currency,
            options: fields.options,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        let fields = CommandFields {
            key: ReservationKey {
                receipt: self.receipt,
                ..ReservationKey::default()
            },
            amount: self.amount,
            currency: self.currency,
            options: self.options.clone(),
            ..CommandFields::default()
        };
        fields.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
