//! 06 31 Refund (PA00P015, "Refund").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};

use super::options::{CommandFields, CommandOptions, Password};

/// Pay an amount to a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Password of the terminal.
    pub password: Password,
    /// Minor units.
    pub amount: Option<Bcd<6>>,
    /// ISO 4217 number.
    pub currency: Option<Bcd<2>>,
    /// Payment type; 40 lets the terminal decide.
    pub payment_type: Option<u8>,
    /// TLV objects.
    pub options: CommandOptions,
}

impl Refund {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0631;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let password = Password::read(&mut reader)?;
        let fields = CommandFields::decode(reader)?;
        Ok(Self {
            password,
            amount: fields.amount,
            currency: fields.currency,
            payment_type: fields.payment_type,
            options: fields.options,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.password.write(&mut writer);
        let fields = CommandFields {
            amount: self.amount,
            currency: self.currency,
            payment_type: self.payment_type,
            options: self.options.clone(),
            ..CommandFields::default()
        };
        fields.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
