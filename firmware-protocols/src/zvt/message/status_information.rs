//! 04 0F Status Information (PA00P015, "Status-Information"): the outcome of a payment, and of
//! most else.
//!
//! Read as a walk over the bitmap table with borrowed fields. The card number is masked while it is
//! read; tracks (23, 24, 2D, TLV 1F08 to 1F0A), expiry and security code are skipped. Unknown TLV
//! objects are not kept either, against the house's habit: vendors have put card data into them. Who
//! wants to know that they were there asks [`explain`](crate::zvt::explain), which tells the tag and
//! the length of each, and never its value.

use alloc::vec::Vec;
use core::fmt;

use crate::error::DecodeError;
use crate::vocabulary::card::{EntryMode, MaskedPan};
use crate::wire::bcd::{self, Bcd};
use crate::wire::tlv::{self, Objects, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Field, Fields};
use crate::zvt::text::Text;

use super::totals::CardTotals;

/// What the terminal says of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusInformation<'a> {
    /// Result code, 00 is good. Without one this is no outcome.
    pub result_code: Option<u8>,
    /// Result code of the host where BCD cannot express it; `result_code` is 00 then.
    pub host_result: Option<u8>,
    /// Minor units.
    pub amount: Option<Bcd<6>>,
    /// Trace number.
    pub trace: Option<Bcd<3>>,
    /// Trace number of the original transaction, of a reversal.
    pub original_trace: Option<Bcd<3>>,
    /// HHMMSS.
    pub time: Option<Bcd<3>>,
    /// MMDD.
    pub date: Option<Bcd<2>>,
    /// How it was done: 40 offline, 60 online, 70 PIN.
    pub payment_type: Option<u8>,
    /// Card number, masked.
    pub pan: Option<MaskedPan>,
    /// Terminal id.
    pub terminal_id: Option<Bcd<4>>,
    /// Contract number of the merchant.
    pub contract: Option<Text<'a>>,
    /// Approval code.
    pub authorization_code: Option<Text<'a>>,
    /// ISO 4217 number.
    pub currency: Option<Bcd<2>>,
    /// Totals, of an end of day.
    pub totals: Option<CardTotals>,
    /// Receipt number.
    pub receipt: Option<Bcd<2>>,
    /// Turnover record number.
    pub turnover: Option<Bcd<3>>,
    /// ZVT card type.
    pub card_type: Option<u8>,
    /// Name of the card.
    pub card_name: Option<Text<'a>>,
    /// Additional text, such as the reason of a decline.
    pub additional_text: Option<Text<'a>>,
    /// 1F14: card token.
    pub token: Option<CardToken<'a>>,
    /// 1F1F: transaction-sync value.
    pub sync: Option<&'a [u8]>,
    /// 1F2B: trace number of more than six digits, packed.
    pub long_trace: Option<&'a [u8]>,
    /// 1F12 in 2F: how the card was read.
    pub entry_mode: Option<EntryMode>,
    /// 1F3B: whether a tip (06 0C) may still be added.
    pub takes_tip: bool,
}

/// The binary "card identification item": a reusable token, and a secret. Does not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CardToken<'a>(pub &'a [u8]);

impl fmt::Debug for CardToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardToken(..)")
    }
}

impl<'a> StatusInformation<'a> {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x040F;

    /// From the data of its unit, strictly.
    pub fn decode(data: &'a [u8]) -> Result<Self, DecodeError> {
        let mut message = Self::default();
        match message.read(data) {
            Some(error) => Err(error),
            None => Ok(message),
        }
    }

    /// From the data of its unit: everything up to the first error, and that error. A payment must
    /// not be lost because a vendor invented a bitmap.
    #[must_use]
    pub fn decode_lenient(data: &'a [u8]) -> (Self, Option<DecodeError>) {
        let mut message = Self::default();
        let problem = message.read(data);
        (message, problem)
    }

    /// As a whole unit. The bitmaps that older tills do not know come last.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        bitmap::write_some(bitmap::RESULT_CODE, self.result_code.map(|it| [it]), w);
        bitmap::write_some(bitmap::AMOUNT, self.amount.map(|it| *it.bytes()), w);
        bitmap::write_some(bitmap::CURRENCY, self.currency.map(|it| *it.bytes()), w);
        bitmap::write_some(bitmap::TIME, self.time.map(|it| *it.bytes()), w);
        bitmap::write_some(bitmap::DATE, self.date.map(|it| *it.bytes()), w);
        bitmap::write_some(bitmap::RECEIPT, self.receipt.map(|it| *it.bytes()), w);
        bitmap::write_some(bitmap::TRACE, self.trace.map(|it| *it.bytes()), w);
        bitmap::write_some(
            bitmap::TERMINAL_ID,
            self.terminal_id.map(|it| *it.bytes()),
            w,
        );
        bitmap::write_some(bitmap::PAYMENT_TYPE, self.payment_type.map(|it| [it]), w);
        if let Some(pan) = &self.pan {
            bitmap::write(bitmap::PAN, &pack_masked(pan), w);
        }
        if let Some(Text(contract)) = self.contract {
            bitmap::write(bitmap::CONTRACT, &filled::<15>(contract, b' '), w);
        }
        if let Some(Text(code)) = self.authorization_code {
            bitmap::write(bitmap::AUTHORIZATION_CODE, &filled::<8>(code, 0), w);
        }
        bitmap::write_some(bitmap::CARD_TYPE, self.card_type.map(|it| [it]), w);
        if let Some(Text(name)) = self.card_name {
            let mut terminated = name.to_vec();
            terminated.push(0);
            bitmap::write(bitmap::CARD_NAME, &terminated, w);
        }
        if let Some(Text(text)) = self.additional_text {
            bitmap::write(bitmap::ADDITIONAL_TEXT, text, w);
        }
        if let Some(totals) = &self.totals {
            bitmap::write(bitmap::TOTALS, &totals.encode(), w);
        }
        bitmap::write_tlv(w, |inner| self.write_objects(inner));
        let original = self.original_trace.map(|it| *it.bytes());
        bitmap::write_some(bitmap::ORIGINAL_TRACE, original, w);
        bitmap::write_some(bitmap::TURNOVER, self.turnover.map(|it| *it.bytes()), w);
        bitmap::write_some(bitmap::HOST_RESULT, self.host_result.map(|it| [it]), w);
        super::unit(Self::CONTROL, &writer)
    }

    /// Takes all it can, and tells the first error.
    #[inline]
    fn read(&mut self, data: &'a [u8]) -> Option<DecodeError> {
        let mut problem = None;
        for field in Fields::new(Reader::new(data)) {
            if let Err(error) = field.and_then(|field| self.take(field)) {
                problem = problem.or(Some(error));
            }
        }
        problem
    }

    #[inline]
    fn take(&mut self, field: Field<'a>) -> Result<(), DecodeError> {
        match field.number {
            bitmap::RESULT_CODE => self.result_code = field.data.first().copied(),
            bitmap::HOST_RESULT => self.host_result = field.data.first().copied(),
            bitmap::AMOUNT => self.amount = Some(Bcd::from_bytes(field.array()?)),
            bitmap::TRACE => self.trace = Some(Bcd::from_bytes(field.array()?)),
            bitmap::ORIGINAL_TRACE => {
                self.original_trace = Some(Bcd::from_bytes(field.array()?));
            }
            bitmap::TIME => self.time = Some(Bcd::from_bytes(field.array()?)),
            bitmap::DATE => self.date = Some(Bcd::from_bytes(field.array()?)),
            bitmap::PAYMENT_TYPE => self.payment_type = field.data.first().copied(),
            bitmap::PAN => self.pan = Some(masked_pan(field.data)),
            bitmap::TERMINAL_ID => self.terminal_id = Some(Bcd::from_bytes(field.array()?)),
            bitmap::CONTRACT => self.contract = Some(Text(field.data)),
            bitmap::AUTHORIZATION_CODE => self.authorization_code = Some(Text(field.data)),
            bitmap::CURRENCY => self.currency = Some(Bcd::from_bytes(field.array()?)),
            bitmap::TOTALS => self.totals = Some(CardTotals::decode(field.data)?),
            bitmap::RECEIPT => self.receipt = Some(Bcd::from_bytes(field.array()?)),
            bitmap::TURNOVER => self.turnover = Some(Bcd::from_bytes(field.array()?)),
            bitmap::CARD_TYPE => self.card_type = field.data.first().copied(),
            bitmap::CARD_NAME => self.card_name = Some(Text(up_to_nul(field.data))),
            bitmap::ADDITIONAL_TEXT => self.additional_text = Some(Text(field.data)),
            bitmap::TLV => return self.take_objects(field.objects()),
            _ => (),
        }
        Ok(())
    }

    fn take_objects(&mut self, objects: Objects<'a>) -> Result<(), DecodeError> {
        for object in objects {
            let object = object?;
            match object.tag {
                TOKEN => self.token = Some(CardToken(object.value)),
                SYNC => self.sync = Some(object.value),
                LONG_TRACE => self.long_trace = Some(object.value),
                TAKES_TIP => self.takes_tip = object.value.first() == Some(&1),
                PAYMENT_KIND => {
                    let mode = Objects::new(object.value).find(ENTRY_MODE);
                    self.entry_mode = mode.and_then(|value| entry_mode(*value.first()?));
                }
                Tag(_) => (),
            }
        }
        Ok(())
    }

    fn write_objects(&self, writer: &mut Writer) {
        if let Some(mode) = self.entry_mode {
            tlv::write_constructed(PAYMENT_KIND, writer, |inner| {
                tlv::write_object(ENTRY_MODE, &[entry_mode_code(mode)], inner);
            });
        }
        if let Some(CardToken(token)) = self.token {
            tlv::write_object(TOKEN, token, writer);
        }
        if let Some(sync) = self.sync {
            tlv::write_object(SYNC, sync, writer);
        }
        if let Some(trace) = self.long_trace {
            tlv::write_object(LONG_TRACE, trace, writer);
        }
        if self.takes_tip {
            tlv::write_object(TAKES_TIP, &[1], writer);
        }
    }
}

/// The only place where a card number is read. E is a digit that the terminal masked, D ends the
/// number, F fills up. What is hidden stays packed: a number in the clear is not even on the stack.
pub(crate) fn masked_pan(packed: &[u8]) -> MaskedPan {
    let digits = bcd::nibbles(packed).take_while(|nibble| !matches!(nibble, 0x0D | 0x0F));
    MaskedPan::of_each(digits.count(), |at| {
        let byte = packed.get(at / 2)?;
        let nibble = if at % 2 == 0 { byte >> 4 } else { byte & 0x0F };
        Some(if nibble > 9 { b'*' } else { b'0' | nibble })
    })
}

fn pack_masked(pan: &MaskedPan) -> Vec<u8> {
    let nibbles: Vec<u8> = pan
        .as_str()
        .chars()
        .map(|c| {
            c.to_digit(10)
                .and_then(|digit| u8::try_from(digit).ok())
                .unwrap_or(0x0E)
        })
        .collect();
    nibbles
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => high << 4 | low,
            [high] => high << 4 | 0x0F,
            _ => 0xFF,
        })
        .collect()
}

fn up_to_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

fn filled<const N: usize>(text: &[u8], filler: u8) -> [u8; N] {
    let mut out = [filler; N];
    for (to, from) in out.iter_mut().zip(text) {
        *to = *from;
    }
    out
}

const fn entry_mode(code: u8) -> Option<EntryMode> {
    match code {
        0x00 => Some(EntryMode::MagneticStripe),
        0x01 => Some(EntryMode::Chip),
        0x02 => Some(EntryMode::Contactless),
        0x03..=0xFF => None,
    }
}

const fn entry_mode_code(mode: EntryMode) -> u8 {
    match mode {
        EntryMode::MagneticStripe => 0x00,
        EntryMode::Chip => 0x01,
        EntryMode::Contactless => 0x02,
    }
}

const TOKEN: Tag = Tag(0x1F14);
const SYNC: Tag = Tag(0x1F1F);
const LONG_TRACE: Tag = Tag(0x1F2B);
const TAKES_TIP: Tag = Tag(0x1F3B);
const PAYMENT_KIND: Tag = Tag(0x2F);
const ENTRY_MODE: Tag = Tag(0x1F12);
