//! What several commands have in common: the password, bitmaps, and the TLV objects that a till
//! may add.

use alloc::vec::Vec;
use core::fmt;

use crate::error::DecodeError;
use crate::vocabulary::terminal::SyncId;
use crate::wire::bcd::Bcd;
use crate::wire::tlv::{self, Objects, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};

/// The six digits that administrative commands carry. Does not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Password(Bcd<3>);

impl Password {
    /// `000000`, a usual factory setting.
    pub const ZERO: Self = Self(Bcd::from_bytes([0; 3]));

    /// Up to six digits; `None` for anything else.
    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Self> {
        Bcd::from_digits(digits).map(Self)
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.array("password").map(Bcd::from_bytes).map(Self)
    }

    pub(super) fn write(self, writer: &mut Writer) {
        writer.put(self.0.bytes());
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// TLV objects of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandOptions {
    /// 1F15 "card reading control": 80 asks for a card token (1F14), 40 for the UID.
    pub card_reading: Option<u8>,
    /// 1F1F: the last transaction-sync value that the till knows; empty when it knows none.
    pub sync: Option<SyncId>,
    /// 1F26: end-of-day mode, 00 normal, 01 forced, 02 automatic.
    pub end_of_day_mode: Option<u8>,
    /// 1F06: kind of reservation, 02 reservation, 03 extension.
    pub reservation_kind: Option<u8>,
    /// 1F2B: trace number of more than six digits, packed.
    pub long_trace: Option<Vec<u8>>,
}

impl CommandOptions {
    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn decode(objects: Objects<'_>) -> Result<Self, DecodeError> {
        let mut options = Self::default();
        for object in objects {
            let object = object?;
            let first = object.value.first().copied();
            match object.tag {
                CARD_READING => options.card_reading = first,
                SYNC => options.sync = Some(SyncId(object.value.to_vec())),
                END_OF_DAY_MODE => options.end_of_day_mode = first,
                RESERVATION_KIND => options.reservation_kind = first,
                LONG_TRACE => options.long_trace = Some(object.value.to_vec()),
                Tag(_) => (),
            }
        }
        Ok(options)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        bitmap::write_tlv(writer, |inner| {
            let bytes = [
                (RESERVATION_KIND, self.reservation_kind),
                (CARD_READING, self.card_reading),
                (END_OF_DAY_MODE, self.end_of_day_mode),
            ];
            for (tag, byte) in bytes {
                if let Some(byte) = byte {
                    tlv::write_object(tag, &[byte], inner);
                }
            }
            if let Some(SyncId(sync)) = &self.sync {
                tlv::write_object(SYNC, sync, inner);
            }
            if let Some(trace) = &self.long_trace {
                tlv::write_object(LONG_TRACE, trace, inner);
            }
        });
    }
}

/// How a reservation is named: by receipt number, or by trace number and approval code where it
/// was not made as a pre-authorisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReservationKey {
    /// Receipt number.
    pub receipt: Option<Bcd<2>>,
    /// Trace number.
    pub trace: Option<Bcd<3>>,
    /// Approval code, filled with 00 on the right.
    pub authorization_code: Option<[u8; 8]>,
}

/// The bitmaps that commands share; what else a command may carry is skipped, tracks included.
#[derive(Debug, Default)]
pub(super) struct CommandFields {
    pub(super) amount: Option<Bcd<6>>,
    pub(super) currency: Option<Bcd<2>>,
    pub(super) payment_type: Option<u8>,
    pub(super) service: Option<u8>,
    pub(super) max_status: Option<u8>,
    pub(super) key: ReservationKey,
    pub(super) options: CommandOptions,
}

impl CommandFields {
    pub(super) fn decode(reader: Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = Self::default();
        for field in Fields::new(reader) {
            let field = field?;
            match field.number {
                bitmap::AMOUNT => fields.amount = Some(Bcd::from_bytes(field.array()?)),
                bitmap::CURRENCY => fields.currency = Some(Bcd::from_bytes(field.array()?)),
                bitmap::PAYMENT_TYPE => fields.payment_type = field.data.first().copied(),
                bitmap::SERVICE => fields.service = field.data.first().copied(),
                bitmap::MAX_STATUS => fields.max_status = field.data.first().copied(),
                bitmap::RECEIPT => fields.key.receipt = Some(Bcd::from_bytes(field.array()?)),
                bitmap::TRACE => fields.key.trace = Some(Bcd::from_bytes(field.array()?)),
                bitmap::AUTHORIZATION_CODE => {
                    fields.key.authorization_code = Some(field.array()?);
                }
                bitmap::TLV => fields.options = CommandOptions::decode(field.objects())?,
                _ => (),
            }
        }
        Ok(fields)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        bitmap::write_some(
            bitmap::RECEIPT,
            self.key.receipt.map(|it| *it.bytes()),
            writer,
        );
        bitmap::write_some(bitmap::AMOUNT, self.amount.map(|it| *it.bytes()), writer);
        bitmap::write_some(
            bitmap::CURRENCY,
            self.currency.map(|it| *it.bytes()),
            writer,
        );
        bitmap::write_some(
            bitmap::PAYMENT_TYPE,
            self.payment_type.map(|it| [it]),
            writer,
        );
        bitmap::write_some(bitmap::MAX_STATUS, self.max_status.map(|it| [it]), writer);
        bitmap::write_some(bitmap::TRACE, self.key.trace.map(|it| *it.bytes()), writer);
        let code = self.key.authorization_code;
        bitmap::write_some(bitmap::AUTHORIZATION_CODE, code, writer);
        bitmap::write_some(bitmap::SERVICE, self.service.map(|it| [it]), writer);
        self.options.write(writer);
    }
}

const CARD_READING: Tag = Tag(0x1F15);
const SYNC: Tag = Tag(0x1F1F);
const END_OF_DAY_MODE: Tag = Tag(0x1F26);
const RESERVATION_KIND: Tag = Tag(0x1F06);
const LONG_TRACE: Tag = Tag(0x1F2B);
