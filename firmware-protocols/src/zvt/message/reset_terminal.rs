//! 06 18 Reset Terminal (PA00P015, "Reset Terminal").

use alloc::vec::Vec;

use crate::wire::Writer;

/// Restart. The terminal says 06 0F before it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetTerminal;

impl ResetTerminal {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0618;

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        super::unit(Self::CONTROL, &Writer::new())
    }
}
