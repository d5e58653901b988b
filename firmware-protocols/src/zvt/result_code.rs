//! Result and error codes (27, 06 1E, 84 xx), host codes, and terminal states (PA00P015, "Error
//! messages", "Terminal status").

use crate::vocabulary::terminal::DeclineReason;

/// "Abort by timeout or key".
pub const ABORTED: u8 = 0x6C;
/// "Function not possible", also for a TLV object that the terminal does not know.
pub const NOT_POSSIBLE: u8 = 0x83;
/// "ZVT protocol error".
pub const PROTOCOL_ERROR: u8 = 0x9A;
/// "Please wait": the terminal is busy.
pub const BUSY: u8 = 0x9C;
/// "Printer not ready".
pub const PRINTER_NOT_READY: u8 = 0xCC;
/// "Pre-authorization error", also the answer to the enquiry for open ones.
pub const RESERVATION: u8 = 0xB8;

/// What a code means to a cashier.
#[must_use]
pub const fn reason(code: u8) -> DeclineReason {
    match code {
        0x01..=0x63 => host_reason(code),
        0x64 | 0x65 | 0x66 | 0x72 | 0x73 | 0x7B | 0x7C | 0x7E | 0xE2 => {
            DeclineReason::CardNotReadable
        }
        0x67 | 0x68 | 0x76 | 0x79 | 0x7A | 0xC4 | 0xC5 | 0xD2 | 0xE9 | 0xEA => {
            DeclineReason::CardNotAccepted
        }
        0x6E => DeclineReason::CardBlocked,
        0x78 => DeclineReason::ExpiredCard,
        0x71 => DeclineReason::InsufficientFunds,
        0x6F | 0xC6 | 0xCB => DeclineReason::CurrencyNotAccepted,
        0x7D | 0x9B | 0xA0 | 0xA1 | 0xA3 => DeclineReason::HostUnreachable,
        0xC3 | 0xC8 | 0xC9 | 0xB7 => DeclineReason::AmountNotAllowed,
        0xB8 => DeclineReason::ReservationUnknown,
        0xB4 => DeclineReason::AlreadyReversed,
        0xB5 => DeclineReason::ReversalNotPossible,
        0x9C => DeclineReason::TerminalBusy,
        0xCC => DeclineReason::PrinterNotReady,
        0x83 | 0xA5 | 0xCD | 0xFE => DeclineReason::NotSupported,
        0x6A
        | 0x6B
        | 0x74
        | 0x75
        | 0x77
        | 0x85
        | 0x89
        | 0xA4
        | 0xB1
        | 0xB2
        | 0xBF..=0xC2
        | 0xDC..=0xE1
        | 0xE3
        | 0xE4
        | 0xEB..=0xED
        | 0xF0
        | 0xF5
        | 0xF6
        | 0xFA..=0xFC => DeclineReason::TerminalNotReady,
        _ => DeclineReason::Other,
    }
}

/// What a code of the host means. Most terminals send the decimal code as a binary byte (55 "wrong
/// PIN" is 37), some write its digits as they are: that reading is tried second.
#[must_use]
pub const fn host_reason(code: u8) -> DeclineReason {
    if let Some(reason) = iso_reason(code) {
        return reason;
    }
    let [high, low] = [code >> 4, code & 0x0F];
    if high > 9 || low > 9 {
        return DeclineReason::IssuerDeclined;
    }
    match iso_reason(high.saturating_mul(10).saturating_add(low)) {
        Some(reason) => reason,
        None => DeclineReason::IssuerDeclined,
    }
}

/// Whether a terminal status means "ask again" rather than "cannot".
#[must_use]
pub const fn is_busy(status: u8) -> bool {
    status == BUSY
}

/// What a technician reads about a terminal status (05 01).
#[must_use]
pub const fn terminal_status(status: u8) -> &'static str {
    match status {
        0x00 => "ready",
        0x51 => "needs initialisation",
        0x62 => "its clock is wrong",
        0x9C => "busy",
        0xB1 => "memory is full: end of day is due",
        0xB2 => "merchant journal is full",
        0xC1 => "clock or diagnosis needed",
        0xC2 => "needs diagnosis",
        0xC4 => "needs a software update",
        0xCC => "printer is not ready",
        0xDC => "a card is in the reader",
        0xE1 => "a card was not removed",
        0xE3 => "shutter is closed",
        0xF0 => "end of day is due",
        0xF6 => "needs terminal data",
        0xBF | 0xC0 | 0xDF | 0xE0 | 0xE2 | 0xE4 => "needs a service technician",
        _ => "unknown status",
    }
}

/// ISO 8583 answer codes, decimal.
const fn iso_reason(code: u8) -> Option<DeclineReason> {
    Some(match code {
        4 | 7 | 34 | 36 | 41 | 43 | 59 | 62 => DeclineReason::CardBlocked,
        5 => DeclineReason::IssuerDeclined,
        13 | 61 => DeclineReason::AmountNotAllowed,
        14 | 56 | 57 | 58 => DeclineReason::CardNotAccepted,
        33 | 54 => DeclineReason::ExpiredCard,
        38 | 75 => DeclineReason::PinTriesExceeded,
        51 | 65 => DeclineReason::InsufficientFunds,
        55 => DeclineReason::WrongPin,
        91 | 92 | 96 | 98 => DeclineReason::HostUnreachable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_codes_in_both_writings() {
        assert_eq!(reason(0x37), DeclineReason::WrongPin);
        assert_eq!(reason(0x55), DeclineReason::WrongPin);
        assert_eq!(reason(0x33), DeclineReason::InsufficientFunds);
        assert_eq!(reason(0x05), DeclineReason::IssuerDeclined);
        assert_eq!(reason(0x63), DeclineReason::IssuerDeclined);
    }

    #[test]
    fn codes_of_the_terminal() {
        assert_eq!(reason(0xB4), DeclineReason::AlreadyReversed);
        assert_eq!(reason(0xFF), DeclineReason::Other);
        assert_eq!(terminal_status(0), "ready");
    }
}
