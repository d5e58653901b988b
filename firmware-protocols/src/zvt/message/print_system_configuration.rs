//! 06 1A Print System Configuration (PA00P015, "Print System Configuration").

use alloc::vec::Vec;

use crate::wire::Writer;

/// Print how the terminal is set up, as an administrative receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintSystemConfiguration;

impl PrintSystemConfiguration {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x061A;

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        super::unit(Self::CONTROL, &Writer::new())
    }
}
