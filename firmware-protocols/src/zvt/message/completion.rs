//! 06 0F Completion (PA00P015, "Completion").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::tlv;
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};
use crate::zvt::sequence;

/// The command was carried out, and the till is master again. After a status enquiry the data has
/// another form, see [`StatusReport`](super::StatusReport).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Result code. Rare; other than 00 it is a failure after all.
    pub result_code: Option<u8>,
    /// 19 after a registration: 01 initialisation needed, 02 diagnosis needed.
    pub status: Option<u8>,
    /// Terminal id, after a registration.
    pub terminal_id: Option<Bcd<4>>,
    /// ISO 4217 number, after a registration.
    pub currency: Option<Bcd<2>>,
    /// 1F73, after a registration that offered to number messages: the terminal takes the offer.
    pub numbers: Option<Bcd<3>>,
}

impl Completion {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x060F;

    /// From the data of its unit, strictly.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        match Self::decode_lenient(data) {
            (message, None) => Ok(message),
            (_, Some(error)) => Err(error),
        }
    }

    /// From the data of its unit: everything up to the first error, and that error.
    #[must_use]
    pub fn decode_lenient(data: &[u8]) -> (Self, Option<DecodeError>) {
        let mut message = Self::default();
        let mut problem = None;
        for field in Fields::new(Reader::new(data)) {
            let outcome = field.and_then(|field| {
                match field.number {
                    bitmap::RESULT_CODE => message.result_code = field.data.first().copied(),
                    bitmap::PAYMENT_TYPE => message.status = field.data.first().copied(),
                    bitmap::TERMINAL_ID => {
                        message.terminal_id = Some(Bcd::from_bytes(field.array()?));
                    }
                    bitmap::CURRENCY => message.currency = Some(Bcd::from_bytes(field.array()?)),
                    bitmap::TLV => {
                        let number = field.objects().find(sequence::TAG);
                        let number = number.and_then(|it| Reader::new(it).array("number").ok());
                        message.numbers = number.map(Bcd::from_bytes);
                    }
                    _ => (),
                }
                Ok(())
            });
            if let Err(error) = outcome {
                problem = problem.or(Some(error));
            }
        }
        (message, problem)
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        bitmap::write_some(bitmap::RESULT_CODE, self.result_code.map(|it| [it]), w);
        bitmap::write_some(bitmap::PAYMENT_TYPE, self.status.map(|it| [it]), w);
        bitmap::write_some(
            bitmap::TERMINAL_ID,
            self.terminal_id.map(|it| *it.bytes()),
            w,
        );
        bitmap::write_some(bitmap::CURRENCY, self.currency.map(|it| *it.bytes()), w);
        bitmap::write_tlv(w, |container| {
            if let Some(number) = self.numbers {
                tlv::write_object(sequence::TAG, number.bytes(), container);
            }
        });
        super::unit(Self::CONTROL, &writer)
    }
}
