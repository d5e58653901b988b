//! How an operation ended. A decline is an outcome, not an error.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::{DeclineReason, Receipt};
use serde::{Deserialize, Serialize};

use super::id::{OrderId, PaymentId};
use super::payment::Payment;
use super::reconciliation::Reconciliation;

/// How an operation ended, with all that its app is told; a repeat gets exactly this again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The end.
    pub verdict: Verdict,
    /// Why, when not plainly approved; an approval may carry a warning here.
    pub reason: Option<Reason>,
    /// Which way a deposit went.
    pub strategy: Option<Strategy>,
    /// The payments it touched, as they stood at the end.
    pub payments: Vec<Payment>,
    /// The order as it stood at the end.
    pub order: Option<OrderVersion>,
    /// What was taken by this operation.
    pub captured: Option<Money>,
    /// What was promised by this operation and is taken when the processor can be reached again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued: Option<Money>,
    /// What was given back by this operation.
    pub refunded: Option<Money>,
    /// What is held for later.
    pub secured: Option<Money>,
    /// What remains to be paid before the goods may go.
    pub balance_due: Option<Money>,
    /// What could not be given back and still has to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_due: Option<Money>,
    /// Receipts that the terminal sent.
    pub receipts: Vec<Receipt>,
    /// Tenders of the order that were passed over, because they cannot be captured from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    /// A terminal's batch beside the books.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciliation: Option<Box<Reconciliation>>,
}

/// A tender that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Its payment.
    pub payment: PaymentId,
    /// Why.
    pub reason: Reason,
}

impl Outcome {
    /// An outcome with nothing but its end.
    #[must_use]
    pub const fn new(verdict: Verdict, reason: Option<Reason>) -> Self {
        Self {
            verdict,
            reason,
            strategy: None,
            payments: Vec::new(),
            order: None,
            captured: None,
            queued: None,
            refunded: None,
            secured: None,
            balance_due: None,
            refund_due: None,
            receipts: Vec::new(),
            skipped: Vec::new(),
            reconciliation: None,
        }
    }
}

/// The end of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It happened.
    Approved,
    /// The issuer, the processor or the terminal said no.
    Declined,
    /// The cardholder or the cashier stopped it.
    Cancelled,
    /// It certainly did not happen, for technical reasons.
    Failed,
}

/// An order at a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderVersion {
    /// The order.
    pub id: OrderId,
    /// Its version after the operation.
    pub version: u64,
}

/// How a deposit was secured (docs/deposit.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// All of the order was due now: a plain sale.
    PaidInFull,
    /// One authorization of everything, the deposit captured from it at once.
    SingleAuthorization,
    /// A sale of the deposit with a card token, then an authorization of the remainder by token.
    TokenAuthorization,
    /// A sale of the deposit; the remainder needs another card.
    SecondCard,
}

/// Why an operation ended as it did. The names are the stable codes of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Declined without a reason that we know.
    CardDeclined,
    /// Not enough money.
    InsufficientFunds,
    /// The card has expired.
    ExpiredCard,
    /// The card could not be read.
    CardNotReadable,
    /// This kind of card is not taken here.
    CardNotAccepted,
    /// Blocked, lost or stolen.
    CardBlocked,
    /// Wrong PIN.
    WrongPin,
    /// Too many wrong PINs.
    PinTriesExceeded,
    /// Above or below what is allowed.
    AmountNotAllowed,
    /// Currency not taken here.
    CurrencyNotAccepted,
    /// The terminal could not reach its host.
    HostUnreachable,
    /// The terminal does not know the reservation.
    ReservationUnknown,
    /// Reversed before.
    AlreadyReversed,
    /// The batch is closed, or it is not the last payment.
    ReversalNotPossible,
    /// Busy with something else.
    TerminalBusy,
    /// Needs an administrative step or a technician first.
    TerminalNotReady,
    /// The terminal or processor cannot do this.
    NotSupported,
    /// Printer out of paper or missing.
    PrinterNotReady,
    /// The authorization is no longer valid.
    AuthorizationExpired,
    /// The authorization is no longer valid, and the card gives no new one.
    AuthorizationNotRenewed,
    /// The processor does not know the authorization.
    AuthorizationUnknown,
    /// More than is left.
    ExceedsOpenAmount,
    /// The order's payment belongs to a merchant account that this station does not have.
    MerchantAccountUnknown,
    /// The tender's card type is not taken here.
    CardTypeUnknown,
    /// The tender's type is not taken here.
    TenderTypeUnknown,
    /// The processor captures only the whole authorization, and the card gives no other.
    OnlyWholeCapture,
    /// The line to the terminal could not be opened.
    TerminalUnreachable,
    /// The processor could not be reached.
    ProcessorUnreachable,
    /// Too much to be promised while the processor cannot be reached.
    ExceedsFloorLimit,
    /// Promised: it is captured when the processor can be reached again.
    AwaitingRetry,
    /// What was promised could not be captured.
    CaptureFailed,
    /// The terminal was asked afterwards and had not done it.
    NotCarriedOut,
    /// Stopped at the terminal or by the cashier.
    Aborted,
    /// The deposit stands; the remainder could not be held.
    RemainderDeclined,
    /// The goods are paid; what stays of the order could not be held anew.
    RestNotSecured,
    /// The deposit stands; this card gives no token, so another must secure the remainder.
    SecondCardNeeded,
    /// The card gives no reusable token; what was held on it is released.
    CardNotTokenizable,
    /// The card was authorized but the deposit could not be captured; the authorization was voided.
    DepositNotCaptured,
    /// The order's own tenders do not cover what is due.
    BalanceDue,
    /// The lines are cancelled, but not all could be given back.
    RefundDue,
    /// Nobody waited for it any more: it was taken, and given back.
    TakenBack,
    /// Nobody waited for it any more: it was taken, and could not be given back.
    NotTakenBack,
    /// The processor reviews the payment by hand.
    OnHold,
    /// The terminal counts otherwise than the books.
    TotalsDiffer,
    /// Anything else.
    Other,
}

impl From<DeclineReason> for Reason {
    fn from(reason: DeclineReason) -> Self {
        match reason {
            DeclineReason::IssuerDeclined => Self::CardDeclined,
            DeclineReason::InsufficientFunds => Self::InsufficientFunds,
            DeclineReason::ExpiredCard => Self::ExpiredCard,
            DeclineReason::CardNotReadable => Self::CardNotReadable,
            DeclineReason::CardNotAccepted => Self::CardNotAccepted,
            DeclineReason::CardBlocked => Self::CardBlocked,
            DeclineReason::WrongPin => Self::WrongPin,
            DeclineReason::PinTriesExceeded => Self::PinTriesExceeded,
            DeclineReason::AmountNotAllowed => Self::AmountNotAllowed,
            DeclineReason::CurrencyNotAccepted => Self::CurrencyNotAccepted,
            DeclineReason::HostUnreachable => Self::HostUnreachable,
            DeclineReason::ReservationUnknown => Self::ReservationUnknown,
            DeclineReason::AlreadyReversed => Self::AlreadyReversed,
            DeclineReason::ReversalNotPossible => Self::ReversalNotPossible,
            DeclineReason::TerminalBusy => Self::TerminalBusy,
            DeclineReason::TerminalNotReady => Self::TerminalNotReady,
            DeclineReason::NotSupported => Self::NotSupported,
            DeclineReason::PrinterNotReady => Self::PrinterNotReady,
            DeclineReason::Other => Self::Other,
        }
    }
}
