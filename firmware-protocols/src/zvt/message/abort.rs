//! 06 1E Abort (PA00P015, "Abort"): the terminal ends a command without success.

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::tlv::{self, Objects, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};

/// The command was not carried out, and the till is master again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abort {
    /// Why, see [`result_code`](crate::zvt::result_code).
    pub code: u8,
    /// With 6F, "wrong currency": the right one, as ISO 4217 number.
    pub currency: Option<Bcd<2>>,
    /// Of the enquiry for open pre-authorizations: one of them, FFFF for none.
    pub receipt: Option<Bcd<2>>,
    /// Of that enquiry, where TLV is on: all of them.
    pub open: Vec<Bcd<2>>,
}

impl Abort {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x061E;

    /// From the data of its unit, strictly.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        match Self::decode_lenient(data) {
            (_, Some(error)) => Err(error),
            (message, None) => Ok(message),
        }
    }

    /// From the data of its unit: everything up to the first error, and that error. Without even a
    /// code it is FF, "system error".
    #[must_use]
    pub fn decode_lenient(data: &[u8]) -> (Self, Option<DecodeError>) {
        let mut reader = Reader::new(data);
        let mut message = Self {
            code: 0xFF,
            ..Self::default()
        };
        match reader.u8("result code") {
            Ok(code) => message.code = code,
            Err(error) => return (message, Some(error)),
        }
        if Self::names_currency(data) {
            match reader.array("currency") {
                Ok(currency) => message.currency = Some(Bcd::from_bytes(currency)),
                Err(error) => return (message, Some(error)),
            }
        }
        for field in Fields::new(reader) {
            let outcome = field.and_then(|field| {
                match field.number {
                    bitmap::RECEIPT => message.receipt = Some(Bcd::from_bytes(field.array()?)),
                    bitmap::TLV => message.take_objects(field.objects())?,
                    _ => (),
                }
                Ok(())
            });
            if outcome.is_err() {
                return (message, outcome.err());
            }
        }
        (message, None)
    }

    /// Whether the right currency follows a "wrong currency", without a bitmap number. It begins with
    /// 00 to 09, which no bitmap of this message does but 06, the container.
    pub(crate) fn names_currency(data: &[u8]) -> bool {
        match data {
            [WRONG_CURRENCY, bitmap::TLV, rest @ ..] => rest.len() == 1,
            [WRONG_CURRENCY, 0x00..=0x09, ..] => true,
            _ => false,
        }
    }

    /// The open pre-authorizations that the answer to the enquiry names.
    pub fn open_reservations(&self) -> impl Iterator<Item = Bcd<2>> + '_ {
        let single = self.receipt.filter(|_| self.open.is_empty());
        let none = super::OpenReservations::RECEIPT;
        self.open
            .iter()
            .copied()
            .chain(single)
            .filter(move |receipt| *receipt != none)
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(self.code);
        if let Some(currency) = self.currency {
            writer.put(currency.bytes());
        }
        bitmap::write_some(
            bitmap::RECEIPT,
            self.receipt.map(|it| *it.bytes()),
            &mut writer,
        );
        bitmap::write_tlv(&mut writer, |container| {
            if self.open.is_empty() {
                return;
            }
            tlv::write_constructed(OPEN, container, |list| {
                for receipt in &self.open {
                    tlv::write_object(RECEIPT, receipt.bytes(), list);
                }
            });
        });
        super::unit(Self::CONTROL, &writer)
    }

    fn take_objects(&mut self, objects: Objects<'_>) -> Result<(), DecodeError> {
        for object in objects {
            let object = object?;
            if object.tag != OPEN {
                continue;
            }
            for receipt in Objects::new(object.value) {
                let receipt = receipt?;
                if receipt.tag == RECEIPT {
                    let number = Reader::new(receipt.value).array("receipt number")?;
                    self.open.push(Bcd::from_bytes(number));
                }
            }
        }
        Ok(())
    }
}

const WRONG_CURRENCY: u8 = 0x6F;
const OPEN: Tag = Tag(0x23);
const RECEIPT: Tag = Tag(0x08);
