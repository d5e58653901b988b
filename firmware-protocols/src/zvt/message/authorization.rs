//! 06 01 Authorization (PA00P015, "Authorization").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};

use super::options::{CommandFields, CommandOptions};

/// Take an amount from a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Minor units.
    pub amount: Option<Bcd<6>>,
    /// ISO 4217 number.
    pub currency: Option<Bcd<2>>,
    /// Payment type; 40 lets the terminal decide.
    pub payment_type: Option<u8>,
    /// 02: how often the terminal may send its result again to a till that is not ready (84 9C).
    pub max_status: Option<u8>,
    /// TLV objects.
    pub options: CommandOptions,
}

impl Authorization {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0601;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let fields = CommandFields::decode(Reader::new(data))?;
        Ok(Self {
            amount: fields.amount,
            currency: fields.currency,
            payment_type: fields.payment_type,
            max_status: fields.max_status,
            options: fields.options,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let fields = CommandFields {
            amount: self.amount,
            currency: self.currency,
            payment_type: self.payment_type,
            max_status: self.max_status,
            options: self.options.clone(),
            ..CommandFields::default()
        };
        fields.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}
