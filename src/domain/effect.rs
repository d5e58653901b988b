//! All that may leave the domain. No effect is carried out before its entries are durable.

use firmware_protocols::time::Duration;
use firmware_protocols::vocabulary::terminal::{SyncId, TerminalRequest};
use firmware_protocols::vocabulary::{Currency, Money};
use serde::{Deserialize, Serialize};

use super::id::{EffectId, MerchantAccountId, OperationId, SealedToken, TerminalId};
use super::outcome::Outcome;

/// Something for the station to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask a terminal; its answer comes back under `effect`.
    Terminal {
        /// Under which name.
        effect: EffectId,
        /// Which.
        terminal: TerminalId,
        /// What.
        request: TerminalRequest,
        /// Last durable transaction-sync value.
        sync: Option<SyncId>,
    },
    /// The result that the terminal has just reported is durable.
    AcknowledgeTerminal {
        /// Which.
        terminal: TerminalId,
        /// Of which effect.
        effect: EffectId,
    },
    /// What the terminal said when it got connected is durable; queued requests may go.
    ProceedTerminal {
        /// Which.
        terminal: TerminalId,
    },
    /// Ask a processor; its answer comes back under `effect`, which is the idempotency key.
    Processor {
        /// Under which name.
        effect: EffectId,
        /// Which account.
        account: MerchantAccountId,
        /// What.
        request: ProcessorRequest,
        /// It may have been sent before: look it up by its key first.
        inquire: bool,
    },
    /// Come back with [`super::command::Command::Wake`] after a while.
    Wake {
        /// For which operation.
        operation: OperationId,
        /// After how long.
        after: Duration,
    },
    /// Tell whoever waits for the operation how it ended.
    Answer {
        /// Which.
        operation: OperationId,
        /// How.
        outcome: Box<Outcome>,
    },
    /// Tell whoever waits that the end is not known yet and will come as an event.
    AnswerInDoubt {
        /// Which.
        operation: OperationId,
    },
    /// From now on the apps are let in that are in the books.
    AppsChanged,
}

/// One thing asked of a processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessorRequest {
    /// Hold money by card token.
    Authorize {
        /// How much.
        amount: Money,
        /// Whose card.
        card_token: SealedToken,
    },
    /// Take held money.
    Capture {
        /// How much.
        amount: Money,
        /// Of which authorization.
        auth_token: SealedToken,
    },
    /// Release held money.
    Void {
        /// How much.
        amount: Money,
        /// Of which authorization.
        auth_token: SealedToken,
    },
    /// Ask what has become of an authorization that is reviewed by hand. Moves nothing.
    Review {
        /// Of which authorization.
        auth_token: SealedToken,
        /// Its currency.
        currency: Currency,
    },
    /// Give taken money back.
    Refund {
        /// How much.
        amount: Money,
        /// Of which capture.
        capture_token: SealedToken,
    },
}

impl ProcessorRequest {
    /// What it does to the payment, for people.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Authorize { .. } => "authorize",
            Self::Capture { .. } => "capture",
            Self::Void { .. } => "void",
            Self::Refund { .. } => "refund",
            Self::Review { .. } => "review",
        }
    }

    /// How much it is about; nothing where it only asks.
    #[must_use]
    pub const fn amount(&self) -> Money {
        match self {
            Self::Authorize { amount, .. }
            | Self::Capture { amount, .. }
            | Self::Void { amount, .. }
            | Self::Refund { amount, .. } => *amount,
            Self::Review { currency, .. } => Money::zero(*currency),
        }
    }
}
