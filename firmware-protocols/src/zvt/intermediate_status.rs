//! Codes of 04 FF (PA00P015, "Intermediate-Status-Information").

use crate::vocabulary::terminal::PromptKind;

/// What a code means to the cashier. 41 to 5D are 01 to 1D with "remove card" added.
#[must_use]
pub const fn prompt(code: u8) -> PromptKind {
    match code {
        0x0A => PromptKind::PresentCard,
        0x01 | 0x02 | 0xCC => PromptKind::EnterPin,
        0x15 => PromptKind::WrongPin,
        0x00 | 0x28 | 0x29 | 0x2C | 0x69 | 0xC7 | 0xC8 | 0xE0 | 0xE1 => PromptKind::Confirm,
        0x04
        | 0x06
        | 0x0E
        | 0x0F
        | 0x17
        | 0x2B
        | 0x68
        | 0xC9
        | 0xCA
        | 0xD2
        | 0xD3
        | 0xF1..=0xF3 => PromptKind::Processing,
        0x0B | 0x41..=0x5D | 0x66 | 0x67 => PromptKind::RemoveCard,
        0x1B | 0x1C => PromptKind::Approved,
        0x03 | 0x07..=0x09 | 0x0C | 0x0D | 0x10 | 0x12..=0x14 | 0x16 | 0x18 | 0x19 | 0x1D => {
            PromptKind::Declined
        }
        0x05 => PromptKind::Reversing,
        _ => PromptKind::Other,
    }
}

/// The meaning in words, for prompts whose terminal sent no text. `None` where the code says to
/// look at the text, or is unknown.
#[must_use]
pub const fn words(code: u8) -> Option<&'static str> {
    Some(match code {
        0x00 => "confirm amount",
        0x01 | 0x02 => "watch the PIN pad",
        0x03 => "not accepted",
        0x04 => "waiting for the host",
        0x05 => "sending automatic reversal",
        0x06 => "sending post-bookings",
        0x07 => "card not admitted",
        0x08 => "card unknown",
        0x09 => "card expired",
        0x0A => "insert card",
        0x0B | 0x4B => "remove card",
        0x0C => "card not readable",
        0x0D => "aborted",
        0x0E | 0x17 => "please wait",
        0x0F => "automatic end of day",
        0x10 => "invalid card",
        0x11 => "balance",
        0x12 => "system error",
        0x13 => "payment not possible",
        0x14 => "insufficient credit",
        0x15 => "wrong PIN",
        0x16 => "limit reached",
        0x18 => "PIN tries exceeded",
        0x19 => "card data wrong",
        0x1A => "service mode",
        0x1B => "approved, fill up",
        0x1C => "approved, take goods",
        0x1D => "declined",
        0x68 => "customer card inserted",
        0x69 => "select currency conversion",
        0xC8 => "waiting for the cashier",
        0xD2 => "dialling",
        0xD3 => "connected",
        _ => return None,
    })
}
