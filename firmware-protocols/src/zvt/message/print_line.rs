//! 06 D1 Print Line on ECR (PA00P015, "Print Line on ECR").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};
use crate::zvt::text::Text;

/// One line of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintLine<'a> {
    /// How to print it: 40 centred, 20 double width, 10 double height, low nibble indent, 81 to FE
    /// last line of the receipt, FF line feeds whose number is the one byte of text.
    pub attribute: u8,
    /// The line; none is a line feed.
    pub text: Text<'a>,
}

impl<'a> PrintLine<'a> {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x06D1;
    /// The usual attribute of a last line.
    pub const LAST: u8 = 0x81;

    /// From the data of its unit. No data at all is a line feed.
    pub fn decode(data: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let attribute = if reader.is_empty() {
            0
        } else {
            reader.u8("print attribute")?
        };
        Ok(Self {
            attribute,
            text: Text(reader.take_rest()),
        })
    }

    /// Whether the receipt ends with this line.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        is_last(self.attribute)
    }

    /// How many line feeds this is, if it is that and nothing else.
    #[must_use]
    pub fn feeds(&self) -> Option<u8> {
        (self.attribute == 0xFF).then(|| self.text.0.first().copied().unwrap_or(1))
    }

    /// As a whole unit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(self.attribute);
        writer.put(self.text.0);
        super::unit(Self::CONTROL, &writer)
    }
}

/// Whether an attribute marks the end of a receipt: bit 8, but neither 80 nor FF.
pub(super) const fn is_last(attribute: u8) -> bool {
    matches!(attribute, 0x81..=0xFE)
}
