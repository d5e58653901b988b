//! 06 0C Tip (PA00P015, "Tip").
//!
//! Tills differ in whether a password comes first. Data that begins with the amount or the receipt
//! number, and has both, has none.

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap;

use super::options::{CommandFields, CommandOptions, Password, ReservationKey};

/// Add a tip to a payment whose result said that it takes one (1F3B).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Password of the terminal, of tills that send one.
    pub password: Option<Password>,
    /// The tip, in minor units.
    pub amount: Option<Bcd<6>>,
    /// ISO 4217 number.
    pub currency: Option<Bcd<2>>,
    /// Payment type; 40 lets the terminal decide.
    pub payment_type: Option<u8>,
    /// Receipt number of the payment.
    pub receipt: Option<Bcd<2>>,
    /// TLV objects.
    pub options: CommandOptions,
}

impl Tip {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x060C;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let (password, fields) = match Self::without_password(data) {
            Some(fields) => (None, fields),
            None => {
                let mut reader = Reader::new(data);
                let password = Password::read(&mut reader)?;
                (Some(password), CommandFields::decode(reader)?)
            }
        };
        Ok(Self {
            password,
            amount: fields.amount,
            currency: fields.currency,
            payment_type: fields.payment_type,
            receipt: fields.key.receipt,
            options: fields.options,
        })
    }

    fn without_password(data: &[u8]) -> Option<CommandFields> {
        let [bitmap::AMOUNT | bitmap::RECEIPT, ..] = data else {
            return None;
        };
        let fields = CommandFields::decode(Reader::new(data)).ok();
        fields.filter(|fields| fields.amount.is_some() && fields.key.receipt.is_some())
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        if let Some(password) = self.password {
            password.write(&mut writer);
        }
        let fields = CommandFields {
            key: ReservationKey {
                receipt: self.receipt,
                ..ReservationKey::default()
            },
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
