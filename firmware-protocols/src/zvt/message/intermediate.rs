//! 04 FF Intermediate-Status Information (PA00P015, "Intermediate-Status-Information").

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::tlv::{self, Objects, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap;
use crate::zvt::text::{Charset, Text};

/// What the terminal shows to the cardholder now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntermediateStatus<'a> {
    /// Code, see [`intermediate_status`](crate::zvt::intermediate_status).
    pub status: u8,
    /// How many minutes the till has to wait from here on.
    pub timeout: Option<Bcd<1>>,
    /// 24: lines of the display.
    pub lines: Vec<Text<'a>>,
}

impl<'a> IntermediateStatus<'a> {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x04FF;

    /// From the data of its unit, strictly.
    pub fn decode(data: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let mut message = Self {
            status: reader.u8("intermediate status")?,
            ..Self::default()
        };
        if reader.is_empty() {
            return Ok(message);
        }
        message.timeout = Some(Bcd::from_bytes([reader.u8("timeout")?]));
        for field in bitmap::Fields::new(reader) {
            let field = field?;
            if field.number != bitmap::TLV {
                continue;
            }
            for object in field.objects() {
                let object = object?;
                if object.tag == DISPLAY {
                    message.lines.extend(display_lines(object.value));
                }
            }
        }
        Ok(message)
    }

    /// The lines as one masked text; `None` when there is nothing to read in them.
    #[must_use]
    pub fn text(&self, charset: Charset) -> Option<String> {
        let mut text = String::new();
        for line in &self.lines {
            let line = line.decode(charset);
            let line = line.trim();
            if !text.is_empty() && !line.is_empty() {
                text.push(' ');
            }
            text.push_str(line);
        }
        (!text.is_empty()).then(|| crate::zvt::text::mask_card_numbers(text))
    }

    /// As a whole unit. Lines need a timeout before them: there is one of 0 minutes if none is set.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(self.status);
        match self.timeout {
            Some(minutes) => writer.put(minutes.bytes()),
            None if !self.lines.is_empty() => writer.u8(0),
            None => (),
        }
        bitmap::write_tlv(&mut writer, |container| {
            if self.lines.is_empty() {
                return;
            }
            tlv::write_constructed(DISPLAY, container, |display| {
                for Text(line) in &self.lines {
                    tlv::write_object(LINE, line, display);
                }
            });
        });
        super::unit(Self::CONTROL, &writer)
    }
}

fn display_lines(bytes: &[u8]) -> impl Iterator<Item = Text<'_>> {
    Objects::new(bytes)
        .flatten()
        .filter(|line| line.tag == LINE)
        .map(|line| Text(line.value))
}

const DISPLAY: Tag = Tag(0x24);
const LINE: Tag = Tag(0x07);
