//! 06 D3 Print Text Block (PA00P015, "Print Text-Block").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::vocabulary::terminal::ReceiptKind;
use crate::wire::tlv::{self, Objects, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};
use crate::zvt::text::{Charset, Text};

use super::print_line::is_last;

/// A receipt, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintTextBlock<'a> {
    /// 1F07: for whom.
    pub kind: ReceiptKind,
    /// 14: character set of the lines, where told.
    pub charset: Option<Charset>,
    /// 25: the lines.
    pub lines: Vec<StyledLine<'a>>,
    /// Whether the receipt ends with this block.
    pub is_last: bool,
}

/// A line with the attribute that holds for it (see [`PrintLine`](super::PrintLine)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StyledLine<'a> {
    /// Attribute.
    pub attribute: u8,
    /// Text.
    pub text: Text<'a>,
}

impl<'a> PrintTextBlock<'a> {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x06D3;

    /// From the data of its unit, strictly.
    pub fn decode(data: &'a [u8]) -> Result<Self, DecodeError> {
        match Self::decode_lenient(data) {
            (message, None) => Ok(message),
            (_, Some(error)) => Err(error),
        }
    }

    /// From the data of its unit: everything up to the first error, and that error.
    #[must_use]
    pub fn decode_lenient(data: &'a [u8]) -> (Self, Option<DecodeError>) {
        let kind = ReceiptKind::Unknown;
        let mut message = Self {
            kind,
            charset: None,
            lines: Vec::new(),
            is_last: false,
        };
        let mut problem = None;
        for field in Fields::new(Reader::new(data)) {
            let outcome = field.and_then(|field| match field.number {
                bitmap::TLV => message.take_objects(field.objects()),
                _ => Ok(()),
            });
            if let Err(error) = outcome {
                problem = problem.or(Some(error));
            }
        }
        (message, problem)
    }

    /// As a whole unit, in code page 437 unless a set is named.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        bitmap::write_tlv(&mut writer, |container| {
            if let Some(code) = kind_code(self.kind) {
                tlv::write_object(KIND, &[code], container);
            }
            if let Some(charset) = self.charset {
                tlv::write_object(CHARSET, &[charset.tag()], container);
            }
            tlv::write_constructed(LINES, container, |list| self.write_lines(list));
        });
        super::unit(Self::CONTROL, &writer)
    }

    fn take_objects(&mut self, objects: Objects<'a>) -> Result<(), DecodeError> {
        for object in objects {
            let object = object?;
            let first = object.value.first().copied();
            match object.tag {
                KIND => self.kind = first.map_or(ReceiptKind::Unknown, receipt_kind),
                CHARSET => self.charset = first.and_then(Charset::from_tag),
                LINES => self.take_lines(Objects::new(object.value))?,
                Tag(_) => (),
            }
        }
        Ok(())
    }

    fn take_lines(&mut self, objects: Objects<'a>) -> Result<(), DecodeError> {
        let mut attribute = 0;
        // FF is a line feed, but Feig terminals end their receipts with it.
        let mut feed_at_end = false;
        for object in objects {
            let object = object?;
            feed_at_end = false;
            match object.tag {
                ATTRIBUTE => {
                    attribute = object.value.first().copied().unwrap_or(0);
                    if attribute == 0xFF {
                        self.lines.push(StyledLine {
                            attribute: 0,
                            text: Text(&[]),
                        });
                        attribute = 0;
                        feed_at_end = true;
                    }
                    self.is_last |= is_last(attribute);
                }
                LINE => self.lines.push(StyledLine {
                    attribute,
                    text: Text(object.value),
                }),
                Tag(_) => (),
            }
        }
        self.is_last |= feed_at_end;
        Ok(())
    }

    fn write_lines(&self, list: &mut Writer) {
        let mut current = 0;
        for line in &self.lines {
            if line.attribute != current {
                tlv::write_object(ATTRIBUTE, &[line.attribute], list);
                current = line.attribute;
            }
            tlv::write_object(LINE, line.text.0, list);
        }
        if self.is_last && !is_last(current) {
            tlv::write_object(ATTRIBUTE, &[super::PrintLine::LAST], list);
        }
    }
}

const fn receipt_kind(code: u8) -> ReceiptKind {
    match code {
        0x01 => ReceiptKind::Merchant,
        0x02 => ReceiptKind::Customer,
        0x03 => ReceiptKind::Administration,
        0x00 | 0x04..=0xFF => ReceiptKind::Unknown,
    }
}

const fn kind_code(kind: ReceiptKind) -> Option<u8> {
    match kind {
        ReceiptKind::Merchant => Some(0x01),
        ReceiptKind::Customer => Some(0x02),
        ReceiptKind::Administration => Some(0x03),
        ReceiptKind::Unknown => None,
    }
}

const KIND: Tag = Tag(0x1F07);
const CHARSET: Tag = Tag(0x14);
const LINES: Tag = Tag(0x25);
const LINE: Tag = Tag(0x07);
const ATTRIBUTE: Tag = Tag(0x09);
