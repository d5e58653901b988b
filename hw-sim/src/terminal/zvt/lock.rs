//! A terminal that takes no payment until somebody has done something about it (PA00P015, "PT locked"
//! and "Terminal status").

use firmware_protocols::time::Instant;
use firmware_protocols::zvt::terminal_side::Command;

use super::Terminal;

impl Terminal {
    /// Ends a command that a locked terminal does not carry out. What mends the terminal unlocks it.
    pub(super) fn stops_at_lock(&mut self, command: &Command, now: Instant) -> bool {
        let Some(code) = self.locked else {
            return false;
        };
        if mends(command, code) {
            self.locked = None;
            return false;
        }
        let passes = matches!(
            command,
            Command::StatusEnquiry(_)
                | Command::DisplayText(_)
                | Command::DisplayKeyInput(_)
                | Command::DisplayNumericInput(_)
                | Command::ServiceMode
                | Command::Registration(_)
                | Command::LogOff
                | Command::ReadCard(_)
                | Command::Abort
                // Hands nothing over that could be ended.
                | Command::ChangeBaudRate(_)
                | Command::Other(_)
        );
        if !passes {
            self.accept(now);
            self.tell_end(code);
        }
        !passes
    }

    /// What the end of a registration says about it.
    pub(super) fn registration_status(&self) -> u8 {
        match self.locked {
            Some(INITIALISE) => 0x01,
            Some(DIAGNOSE) => 0x02,
            Some(_) | None => 0x00,
        }
    }
}

/// Whether a command is the remedy for a state. The others need a technician.
const fn mends(command: &Command, code: u8) -> bool {
    match code {
        INITIALISE => matches!(command, Command::Initialisation(_)),
        CLOCK | MERCHANT_CARD => {
            matches!(
                command,
                Command::SetTerminalClock(_) | Command::Diagnosis(_)
            )
        }
        FULL | JOURNAL_FULL | END_OF_DAY_DUE => matches!(command, Command::EndOfDay(_)),
        DIAGNOSE => matches!(command, Command::Diagnosis(_)),
        CARD_INSIDE => matches!(command, Command::Abort),
        _ => false,
    }
}

const INITIALISE: u8 = 0x51;
const CLOCK: u8 = 0x62;
const FULL: u8 = 0xB1;
const JOURNAL_FULL: u8 = 0xB2;
const MERCHANT_CARD: u8 = 0xC1;
const DIAGNOSE: u8 = 0xC2;
const CARD_INSIDE: u8 = 0xDC;
const END_OF_DAY_DUE: u8 = 0xF0;
