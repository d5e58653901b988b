//! 06 B0 Abort (PA00P015, "Abort").

use alloc::vec::Vec;

use crate::wire::Writer;

/// The till wants the terminal to stop. What it may carry (D2, FA) concerns card readers and is
/// ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbortRequest;

impl AbortRequest {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x06B0;

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        super::unit(Self::CONTROL, &Writer::new())
    }
}
