//! 06 02 Log-Off (PA00P015, "Log-Off").

use alloc::vec::Vec;

use crate::wire::Writer;

/// End what the registration agreed on: the configuration is 86 again, and TLV is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOff;

impl LogOff {
    /// Class and instruction.
    pub const CONTROL: u16 = 0x0602;

    /// As a whole unit.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        super::unit(Self::CONTROL, &Writer::new())
    }
}
