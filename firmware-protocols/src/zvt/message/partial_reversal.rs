//! 06 23 Partial Reversal of a Pre-Authorization, Booking of a Reservation (PA00P015).
//!
//! With receipt number FFFF it asks for the open pre-authorizations instead; see [`OpenReservations`].

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};

use super::options::{CommandFields, CommandOptions, ReservationKey};

/// Release the unused part of a reservation and take the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialReversal {
    /// Which reservation.
    pub key: ReservationKey,
    /// The UNUSED part, in minor units.
    pub amount: Option<Bcd<6>>,
    /// ISO 4217 number.
    pub currency: Option<Bcd<2>>,
    /// TLV objects.
    pub options: CommandOptions,
}

impl PartialReversal {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0623;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let fields = CommandFields::decode(Reader::new(data))?;
        Ok(Self {
            key: fields.key,
            amount: fields.amount,
            currency: fields.currency,
            options: fields.options,
        })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let fields = CommandFields {
            key: self.key,
            amount: self.amount,
            currency: self.currency,
            options: self.options.clone(),
            ..CommandFields::default()
        };
        fields.write(&mut writer);
        super::unit(Self::CONTROL, &writer)
    }
}

/// The enquiry for open pre-authorizations. It ends with [`Abort`](super::Abort) B8, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenReservations;

impl OpenReservations {
    /// The receipt number that makes a partial reversal this enquiry, and that says "none" in its
    /// answer.
    pub const RECEIPT: Bcd<2> = Bcd::from_bytes([0xFF, 0xFF]);

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let key = ReservationKey {
            receipt: Some(Self::RECEIPT),
            ..ReservationKey::default()
        };
        let fields = CommandFields {
            key,
            ..CommandFields::default()
        };
        let mut writer = Writer::new();
        fields.write(&mut writer);
        super::unit(PartialReversal::CONTROL, &writer)
    }
}
