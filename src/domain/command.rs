//! All that can be asked of the domain or reported to it.

use firmware_protocols::vocabulary::terminal::{Receipt, Totals};

use super::id::{ClientName, EffectId, Fingerprint, IdempotencyKey, OperationId, TerminalId};
use super::operation::{Answer, Finished};
use super::outcome::Reason;
use super::request::Request;
use super::terminal::TerminalResult;

/// One thing that happened, outside, at one instant.
#[derive(Clone, Debug)]
pub enum Command {
    /// An app asks for an operation.
    Ask(Box<Ask>),
    /// A terminal got connected and told its last transaction.
    TerminalReady {
        /// Which.
        terminal: TerminalId,
        /// Its last stored transaction, if any.
        last: Option<Box<TerminalResult>>,
    },
    /// A terminal told the result of a running request and waits for the acknowledgement.
    TerminalResult {
        /// Of which effect.
        effect: EffectId,
        /// What it told.
        result: Box<TerminalResult>,
    },
    /// A terminal's request is over.
    TerminalFinished {
        /// Of which effect.
        effect: EffectId,
        /// How.
        ending: TerminalEnding,
        /// Receipts printed meanwhile.
        receipts: Vec<Receipt>,
    },
    /// A processor's call is over.
    ProcessorFinished {
        /// Of which effect.
        effect: EffectId,
        /// How.
        ending: ProcessorEnding,
    },
    /// A delay that was asked for is over.
    Wake(OperationId),
    /// The station has just started and this operation was open. What is known of the terminals
    /// has been loaded before.
    Recover(OperationId),
}

/// A request of an app.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The name that the operation gets if it starts.
    pub operation: OperationId,
    /// The app's own name for it.
    pub key: IdempotencyKey,
    /// Digest of the request.
    pub fingerprint: Fingerprint,
    /// Who asks.
    pub client: ClientName,
    /// What.
    pub request: Request,
    /// The finished operation that the journal has under this key, if any.
    pub known: Option<Finished>,
}

/// How a terminal's request ended, tokens sealed.
#[derive(Clone, Debug)]
pub enum TerminalEnding {
    /// It was carried out or declined.
    Answered(Answer),
    /// An inquiry was answered: this is the last stored transaction, if any.
    LastTransaction(Option<Box<TerminalResult>>),
    /// What its open batch holds.
    Totals(Totals),
    /// What its batch held, which is closed now.
    Reconciled(Totals),
    /// It may have been carried out.
    InDoubt,
}

/// How a call of a processor ended, tokens sealed.
#[derive(Clone, Debug)]
pub enum ProcessorEnding {
    /// It answered.
    Answered(Answer),
    /// Not a byte of it was sent: it certainly did not happen.
    NotSent,
    /// It may have happened; it will be looked up by its key.
    InDoubt,
}

impl TerminalEnding {
    /// It certainly did not happen, and this is why.
    #[must_use]
    pub const fn not_done(reason: Reason) -> Self {
        Self::Answered(Answer::NotDone(reason))
    }
}
