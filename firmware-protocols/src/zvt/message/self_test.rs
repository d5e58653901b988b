//! 06 79 Selftest (PA00P015, "Selftest").

use alloc::vec::Vec;

use crate::wire::Writer;

/// Let the terminal test itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelfTest;

impl SelfTest {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0679;

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        super::unit(Self::CONTROL, &Writer::new())
    }
}
