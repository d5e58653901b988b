//! 06 C0 Read Card (PA00P015, "Read Card").
//!
//! It ends with 04 0F, without 06 0F, or with 06 1E; with 04 0F the till is master again.

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::tlv::{self, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};

/// Read a card and tell what it is; a following payment of type 02 uses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadCard {
    /// Seconds to wait for a card, 00 for ever.
    pub timeout: Option<u8>,
    /// 19: kinds of cards, 10 and 20 chip, 50 chip and stripe, other stripe.
    pub card_type: Option<u8>,
    /// FC: 01 lets the terminal show prompts.
    pub dialog: Option<u8>,
    /// 1F15: what to tell, 80 a card token, 40 the UID.
    pub card_reading: Option<u8>,
    /// 1F60: ways of reading, 01 stripe, 02 chip, 04 contactless.
    pub technologies: Option<u8>,
}

impl ReadCard {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x06C0;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let mut message = Self::default();
        if reader.is_empty() {
            return Ok(message);
        }
        message.timeout = Some(reader.u8("timeout")?);
        for field in Fields::new(reader) {
            let field = field?;
            match field.number {
                bitmap::PAYMENT_TYPE => message.card_type = field.data.first().copied(),
                bitmap::DIALOG => message.dialog = field.data.first().copied(),
                bitmap::TLV => {
                    for object in field.objects() {
                        let object = object?;
                        let first = object.value.first().copied();
                        match object.tag {
                            CARD_READING => message.card_reading = first,
                            TECHNOLOGIES => message.technologies = first,
                            Tag(_) => (),
                        }
                    }
                }
                _ => (),
            }
        }
        Ok(message)
    }

    /// As a whole unit. Whatever follows needs a timeout before it: it is 00 if none is set.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        bitmap::write_some(bitmap::PAYMENT_TYPE, self.card_type.map(|it| [it]), w);
        bitmap::write_some(bitmap::DIALOG, self.dialog.map(|it| [it]), w);
        bitmap::write_tlv(w, |container| {
            if let Some(control) = self.card_reading {
                tlv::write_object(CARD_READING, &[control], container);
            }
            if let Some(technologies) = self.technologies {
                tlv::write_object(TECHNOLOGIES, &[technologies], container);
            }
        });
        let mut whole = Writer::new();
        match self.timeout {
            Some(seconds) => whole.u8(seconds),
            None if !writer.is_empty() => whole.u8(0),
            None => (),
        }
        whole.put(writer.as_slice());
        super::unit(Self::CONTROL, &whole)
    }
}

const CARD_READING: Tag = Tag(0x1F15);
const TECHNOLOGIES: Tag = Tag(0x1F60);
