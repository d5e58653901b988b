//! Journal entries: facts, in the past tense. Their stored form is this serde form; a golden file
//! holds one of each (`tests/it/golden/entries.jsonl`), so that no change goes unnoticed.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::{Receipt, SyncId};
use serde::{Deserialize, Serialize};

use super::app::{App, Role};
use super::id::{
    ClientName, EffectId, Fingerprint, IdempotencyKey, LineId, OperationId, OrderId, PaymentId,
    TerminalId, Timestamp,
};
use super::operation::{Answer, Call};
use super::order::{Order, Tender};
use super::outcome::Outcome;
use super::payment::{Movement, Payment};
use super::request::Request;
use super::tap::Identity;
use super::terminal::{TerminalResult, TransactionMark};

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// An operation began.
    OperationStarted {
        /// Its name.
        operation: OperationId,
        /// The app's own name for it.
        key: IdempotencyKey,
        /// Digest of the request.
        fingerprint: Fingerprint,
        /// Who asked.
        client: ClientName,
        /// What.
        request: Box<Request>,
        /// When.
        at: Timestamp,
    },
    /// A step is about to be sent. Its number is the count of steps before it.
    StepRequested {
        /// Of which operation.
        operation: OperationId,
        /// Whose money it moves.
        payment: PaymentId,
        /// What is asked.
        call: Call,
        /// Of a terminal: its last transaction known before.
        baseline: Option<TransactionMark>,
        /// Another operation has sent it before, under this name, and hands it over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_as: Option<EffectId>,
    },
    /// The terminal told its last transaction just before the waiting step is sent to it.
    StepRebased {
        /// Of which operation.
        operation: OperationId,
        /// Its last transaction, if it has one.
        baseline: Option<TransactionMark>,
    },
    /// The terminal told a result; it is not concluded before the terminal says so.
    StepReported {
        /// Of which operation.
        operation: OperationId,
        /// What it told.
        result: Box<TerminalResult>,
    },
    /// The step may have happened; an inquiry must tell.
    StepInDoubt {
        /// Of which operation.
        operation: OperationId,
    },
    /// Nobody waits for it any more: what it turns out to have taken is given back.
    OperationParked {
        /// Which.
        operation: OperationId,
    },
    /// A try or an inquiry was in vain; another follows.
    StepDelayed {
        /// Of which operation.
        operation: OperationId,
        /// How many were in vain so far.
        attempts: u32,
        /// In a queue: when the next one is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// The delay is over: the step is tried or asked for again.
    StepRepeated {
        /// Of which operation.
        operation: OperationId,
    },
    /// The certain end of a step.
    StepAnswered {
        /// Of which operation.
        operation: OperationId,
        /// How it ended.
        answer: Answer,
        /// Receipts printed meanwhile.
        receipts: Vec<Receipt>,
    },
    /// An operation ended.
    OperationFinished {
        /// Which.
        operation: OperationId,
        /// How.
        outcome: Box<Outcome>,
        /// When.
        at: Timestamp,
    },
    /// A payment exists.
    PaymentOpened {
        /// As it is at first.
        payment: Box<Payment>,
    },
    /// A payment's money moved.
    PaymentMoved {
        /// Which payment.
        payment: PaymentId,
        /// How.
        movement: Movement,
    },
    /// An order, or a newer version of it, is known.
    OrderStored {
        /// The whole order.
        order: Box<Order>,
    },
    /// A pickup began: the lines belong to it until it ends. Raises the version.
    LinesReserved {
        /// Of which order.
        order: OrderId,
        /// For which operation.
        operation: OperationId,
        /// Which.
        lines: Vec<LineId>,
        /// What is due for them.
        due: Money,
    },
    /// The lines reserved for an operation were handed over. Raises the version.
    LinesFulfilled {
        /// Of which order.
        order: OrderId,
        /// For which operation.
        operation: OperationId,
    },
    /// The lines reserved for an operation wait again. Raises the version.
    LinesReleased {
        /// Of which order.
        order: OrderId,
        /// For which operation.
        operation: OperationId,
    },
    /// Lines will not be handed over. Raises the version.
    LinesCancelled {
        /// Of which order.
        order: OrderId,
        /// By which operation.
        operation: OperationId,
        /// Which.
        lines: Vec<LineId>,
        /// Minor units of deposit on the lines that are left.
        deposit: u64,
        /// Minor units of deposit that are kept for cancelled lines, these and earlier ones.
        kept: u64,
        /// What goes back to the customer.
        refund: Money,
    },
    /// The customer need not pay a part of an order's price. Raises the version.
    PriceWaived {
        /// Of which order.
        order: OrderId,
        /// By which operation.
        operation: OperationId,
        /// Minor units that are waived, these and earlier ones.
        waived: u64,
    },
    /// An order got one more means of payment. Raises the version.
    TenderAdded {
        /// Which order.
        order: OrderId,
        /// The tender.
        tender: Tender,
    },
    /// It is said whose a tag is, or that it is nobody's any more.
    TagBound {
        /// By which operation.
        operation: OperationId,
        /// The tag.
        identity: Identity,
        /// Whose, by the name that the system that makes orders has for the customer.
        customer_reference: Option<String>,
    },
    /// A terminal's last transaction is known.
    TerminalSeen {
        /// Which.
        terminal: TerminalId,
        /// Its last transaction, if it has one.
        last: Option<TransactionMark>,
        /// Its transaction-sync value, if it uses one.
        sync: Option<SyncId>,
    },
    /// A terminal was taken from the app that had it.
    LeaseOverridden {
        /// Which.
        terminal: TerminalId,
        /// Who had it.
        from: ClientName,
        /// Who has it now.
        by: ClientName,
    },
    /// An app has paired.
    AppPaired {
        /// The app.
        app: Box<App>,
        /// Who invited it.
        by: ClientName,
    },
    /// An app may do something else.
    AppRoleChanged {
        /// Which.
        app: ClientName,
        /// What it may do now.
        role: Role,
        /// Who says so.
        by: ClientName,
    },
    /// An app is let in no more.
    AppRevoked {
        /// Which.
        app: ClientName,
        /// Who says so.
        by: ClientName,
    },
}

impl Entry {
    /// The operation that it is about, by which start-up finds it again.
    #[must_use]
    pub const fn operation(&self) -> Option<&OperationId> {
        match self {
            Self::OperationStarted { operation, .. }
            | Self::StepRequested { operation, .. }
            | Self::StepRebased { operation, .. }
            | Self::StepReported { operation, .. }
            | Self::StepInDoubt { operation }
            | Self::OperationParked { operation }
            | Self::StepDelayed { operation, .. }
            | Self::StepRepeated { operation }
            | Self::StepAnswered { operation, .. }
            | Self::OperationFinished { operation, .. }
            | Self::LinesReserved { operation, .. }
            | Self::LinesFulfilled { operation, .. }
            | Self::LinesReleased { operation, .. }
            | Self::LinesCancelled { operation, .. }
            | Self::PriceWaived { operation, .. }
            | Self::TagBound { operation, .. } => Some(operation),
            Self::PaymentOpened { .. }
            | Self::PaymentMoved { .. }
            | Self::OrderStored { .. }
            | Self::TenderAdded { .. }
            | Self::TerminalSeen { .. }
            | Self::LeaseOverridden { .. }
            | Self::AppPaired { .. }
            | Self::AppRoleChanged { .. }
            | Self::AppRevoked { .. } => None,
        }
    }

    /// The payment that it changes.
    #[must_use]
    pub const fn payment(&self) -> Option<&PaymentId> {
        match self {
            Self::PaymentOpened { payment } => Some(&payment.id),
            Self::PaymentMoved { payment, .. } => Some(payment),
            Self::OperationStarted { .. }
            | Self::StepRequested { .. }
            | Self::StepRebased { .. }
            | Self::StepReported { .. }
            | Self::StepInDoubt { .. }
            | Self::OperationParked { .. }
            | Self::StepDelayed { .. }
            | Self::StepRepeated { .. }
            | Self::StepAnswered { .. }
            | Self::OperationFinished { .. }
            | Self::LinesReserved { .. }
            | Self::LinesFulfilled { .. }
            | Self::LinesReleased { .. }
            | Self::LinesCancelled { .. }
            | Self::PriceWaived { .. }
            | Self::OrderStored { .. }
            | Self::TenderAdded { .. }
            | Self::TagBound { .. }
            | Self::TerminalSeen { .. }
            | Self::LeaseOverridden { .. }
            | Self::AppPaired { .. }
            | Self::AppRoleChanged { .. }
            | Self::AppRevoked { .. } => None,
        }
    }

    /// The order that it changes.
    #[must_use]
    pub const fn order(&self) -> Option<&OrderId> {
        match self {
            Self::OrderStored { order } => Some(&order.id),
            Self::LinesReserved { order, .. }
            | Self::LinesFulfilled { order, .. }
            | Self::LinesReleased { order, .. }
            | Self::LinesCancelled { order, .. }
            | Self::PriceWaived { order, .. }
            | Self::TenderAdded { order, .. } => Some(order),
            Self::OperationStarted { .. }
            | Self::StepRequested { .. }
            | Self::StepRebased { .. }
            | Self::StepReported { .. }
            | Self::StepInDoubt { .. }
            | Self::OperationParked { .. }
            | Self::StepDelayed { .. }
            | Self::StepRepeated { .. }
            | Self::StepAnswered { .. }
            | Self::OperationFinished { .. }
            | Self::PaymentOpened { .. }
            | Self::PaymentMoved { .. }
            | Self::TagBound { .. }
            | Self::TerminalSeen { .. }
            | Self::LeaseOverridden { .. }
            | Self::AppPaired { .. }
            | Self::AppRoleChanged { .. }
            | Self::AppRevoked { .. } => None,
        }
    }
}
