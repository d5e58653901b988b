//! 08 01 Activate Service-Mode (PA00P015, "Activate Service-Mode").

use alloc::vec::Vec;

use crate::wire::Writer;

/// Show the service menu. The terminal says 06 0F when somebody has left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceMode;

impl ServiceMode {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0801;

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        super::unit(Self::CONTROL, &Writer::new())
    }
}
