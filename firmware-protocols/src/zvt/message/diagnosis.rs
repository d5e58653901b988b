//! 06 70 Diagnosis (PA00P015, "Diagnosis").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::tlv::{self, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::bitmap::{self, Fields};

/// Let the terminal try its host. It may tell its clock (04 01) on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// 1B: 01 line, 02 extended (without it), 03 configuration, 04 EMV configuration, 05 ep2.
    pub kind: Option<u8>,
}

impl Diagnosis {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0670;

    /// From the data of its unit.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut kind = None;
        for field in Fields::new(Reader::new(data)) {
            let field = field?;
            if field.number != bitmap::TLV {
                continue;
            }
            for object in field.objects() {
                let object = object?;
                if object.tag == KIND {
                    kind = object.value.first().copied();
                }
            }
        }
        Ok(Self { kind })
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        bitmap::write_tlv(&mut writer, |container| {
            if let Some(kind) = self.kind {
                tlv::write_object(KIND, &[kind], container);
            }
        });
        super::unit(Self::CONTROL, &writer)
    }
}

const KIND: Tag = Tag(0x1B);
