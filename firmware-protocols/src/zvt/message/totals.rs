//! BMP 60: totals per card group (PA00P015, "End-of-Day").

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::bcd::Bcd;
use crate::wire::{Reader, Writer};

/// The groups, in the order of the wire.
pub const CARD_GROUPS: [&str; 7] = [
    "girocard",
    "JCB",
    "Mastercard",
    "American Express",
    "VISA",
    "Diners",
    "other",
];

/// Totals of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardTotals {
    /// First receipt number.
    pub first_receipt: Bcd<2>,
    /// Last receipt number.
    pub last_receipt: Bcd<2>,
    /// Count and sum of each of [`CARD_GROUPS`]. The count is one binary byte.
    pub groups: [(u8, Bcd<6>); 7],
}

impl CardTotals {
    /// From the data of the bitmap. What newer revisions append is not read.
    #[inline]
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let first_receipt = Bcd::from_bytes(reader.array("first receipt number")?);
        let last_receipt = Bcd::from_bytes(reader.array("last receipt number")?);
        let mut groups = [(0, Bcd::from_bytes([0; 6])); 7];
        for group in &mut groups {
            let count = reader.u8("count of a card group")?;
            *group = (count, Bcd::from_bytes(reader.array("sum of a card group")?));
        }
        Ok(Self {
            first_receipt,
            last_receipt,
            groups,
        })
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.put(self.first_receipt.bytes());
        writer.put(self.last_receipt.bytes());
        for (count, sum) in &self.groups {
            writer.u8(*count);
            writer.put(sum.bytes());
        }
        writer.into_bytes()
    }
}
