//! Card terminals as state machines: bytes in, bytes out, time as an argument.
//!
//! A driver hands every byte to a terminal, calls `handle_timeout` when the instant of the last
//! [`Output::Wait`] has come, takes each [`HostRequest`] to a [`Bank`] or to a processor, and
//! **drains `poll` until it says `Wait` after every call**.

pub mod replay;
pub mod zvt;

use firmware_protocols::time::{Duration, Instant};

use crate::bank::{Answer, Bank, Request, Status, TerminalTransaction};
use crate::wallet::Decline;

/// What a driver must do for a terminal.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Write these bytes to the wire.
    Send(Vec<u8>),
    /// Ask the host; the answer comes back by `handle_host`.
    Host(HostRequest),
    /// Close the connection, where there is such a thing.
    Close,
    /// The power goes: drop the line, and bring it back after this time.
    Reboot(Duration),
    /// The cable is pulled: drop the line, and bring it back after this time. On TCP the terminal
    /// notices.
    Unplug(Duration),
    /// Nothing more until there is input, a call, or this instant.
    Wait(Option<Instant>),
}

/// A question to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRequest {
    /// Idempotency key: a repeat is carried out once.
    pub key: String,
    /// The question.
    pub transaction: TerminalTransaction,
}

/// What the host says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostAnswer {
    /// Carried out.
    Approved {
        /// The issuer's approval code.
        authorization_code: String,
        /// Reusable card token, in hex.
        token: Option<String>,
    },
    /// Nothing was moved.
    Declined(Decline),
    /// Nobody knows: the host cannot be reached, or its answer was lost.
    Unreachable,
}

impl HostRequest {
    /// Asks a bank that is at hand.
    #[must_use]
    pub fn ask(&self, bank: &mut Bank, now: u64) -> HostAnswer {
        let request = Request::Terminal(self.transaction.clone());
        match bank.execute(&self.key, &request, now) {
            Ok(answer) => HostAnswer::from_bank(answer),
            Err(crate::bank::KeyReused) => HostAnswer::Declined(Decline::TransactionUnknown),
        }
    }
}

impl HostAnswer {
    fn from_bank(answer: Answer) -> Self {
        match answer.status {
            Status::Declined(decline) => Self::Declined(decline),
            Status::Approved | Status::OnHold => Self::Approved {
                authorization_code: answer.authorization_code.unwrap_or_default(),
                token: answer.token,
            },
        }
    }
}
