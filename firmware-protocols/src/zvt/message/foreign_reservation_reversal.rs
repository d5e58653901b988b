//! 06 26 reversal of a reservation that was made at another terminal (PA00P015).

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};

use super::options::{CommandFields, CommandOptions, ReservationKey};

/// Release a reservation of another terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignReservationReversal {
    /// Minor units.
    pub amount: Option<Bcd<6>>,
    /// ISO 4217 number.
    pub currency: Option<Bcd<2>>,
    /// Trace number of the reservation.
    pub trace: Option<Bcd<3>>,
    /// Approval code, filled with 00 on the right.
    pub authorization_code: Option<[u8; 8]>,
    /// TLV objects.
    pub options: CommandOptions,
}

impl ForeignReservationReversal {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0626;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let fields = CommandFields::decode(Reader::new(data))?;
        Ok(Self {
            amount: fields.amount,
            currency: fields.currency,
            trace: fields.key.trace,
            authorization_code: fields.key.authorization_code,
            options: fields.options,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let fields = CommandFields {
            key: ReservationKey {
                trace: self.trace,
                authorization_code: self.authorization_code,
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
