//! What a terminal is asked and what it says, whatever its protocol.

use alloc::string::String;
use alloc::vec::Vec;

use super::card::{Card, CardToken};
use super::money::{Currency, Money};

/// One thing asked of a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum TerminalRequest {
    /// Take `amount` from a card now.
    Sale {
        /// What to take.
        amount: Money,
        /// Whether to ask for a reusable card token too.
        want_token: bool,
    },
    /// Hold `amount` on a card.
    Authorize {
        /// What to hold.
        amount: Money,
        /// Whether to ask for a reusable card token too.
        want_token: bool,
    },
    /// Take `amount` of what a reservation made at this terminal holds; the rest is released.
    CaptureReservation {
        /// The reservation.
        reservation: Reservation,
        /// What to take.
        amount: Money,
    },
    /// Release `unused` of a reservation and take the rest.
    ReduceReservation {
        /// The reservation.
        reservation: Reservation,
        /// What is not used.
        unused: Money,
    },
    /// Release a reservation whole.
    VoidReservation {
        /// The reservation.
        reservation: Reservation,
    },
    /// Undo a completed sale of this batch.
    Reverse {
        /// Receipt number of the sale.
        receipt_number: String,
        /// Amount of the sale.
        amount: Money,
    },
    /// Pay `amount` to a card.
    Refund {
        /// What to pay.
        amount: Money,
    },
    /// Wait until the terminal is idle and ask for its last stored transaction. Moves no money.
    Inquire,
    /// Ask how the terminal is. Moves no money, disturbs nothing.
    Status,
    /// Ask for the receipt numbers of open reservations. Moves no money.
    OpenReservations,
    /// Ask for the totals of the open batch. Moves no money, closes nothing.
    Totals,
    /// Close the batch and report its totals. Moves no customer's money.
    Reconcile,
}

impl TerminalRequest {
    /// Whether a second sending could move money a second time.
    #[must_use]
    pub const fn moves_money(&self) -> bool {
        match self {
            Self::Sale { .. }
            | Self::Authorize { .. }
            | Self::CaptureReservation { .. }
            | Self::ReduceReservation { .. }
            | Self::VoidReservation { .. }
            | Self::Reverse { .. }
            | Self::Refund { .. }
            | Self::Reconcile => true,
            Self::Inquire | Self::Status | Self::OpenReservations | Self::Totals => false,
        }
    }
}

/// How a terminal knows a reservation that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Reservation {
    /// Receipt number, with leading zeros.
    pub receipt_number: String,
    /// Trace number, with leading zeros.
    pub trace_number: Option<String>,
    /// Approval code of the issuer.
    pub authorization_code: Option<String>,
    /// What it holds.
    pub amount: Money,
}

/// What a session tells the station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalEvent {
    /// The terminal knows us and is idle; requests may start.
    Ready {
        /// What it says of itself.
        identity: Identity,
        /// Its last stored transaction of any kind; `None` when it has none or keeps none.
        last: Option<Transaction>,
    },
    /// Something that the cashier should see, such as "insert card".
    Prompt(Prompt),
    /// A receipt is complete.
    Receipt(Receipt),
    /// The outcome of the running request, not yet acknowledged: make it durable, then call
    /// `Link::acknowledge`. May come more than once for one request; the last one counts.
    Result(Transaction),
    /// The running request is over. Comes exactly once for each started request.
    Finished(Ending),
}

/// How a request to a terminal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The terminal carried it out.
    Completed(Report),
    /// The issuer or the terminal said no. Nothing was moved.
    Declined {
        /// Why.
        reason: DeclineReason,
        /// The protocol's own result code, for support.
        code: u16,
    },
    /// The cardholder, the cashier or a timeout at the terminal stopped it. Nothing was moved.
    Aborted,
    /// The terminal refused to begin. Nothing was moved.
    Refused {
        /// Why.
        reason: DeclineReason,
        /// The protocol's own error code, for support.
        code: u16,
    },
    /// Not one byte of it was sent. Nothing was moved.
    NotSent,
    /// It may have been carried out: inquire.
    InDoubt,
}

/// What came out of a request that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// Of a request that moves money: the approved transaction.
    Approved(Transaction),
    /// Of [`TerminalRequest::Inquire`]: the last stored transaction, `None` when none is stored.
    LastTransaction(Option<Transaction>),
    /// Of [`TerminalRequest::Status`].
    Status(Identity),
    /// Of [`TerminalRequest::OpenReservations`]: receipt numbers.
    OpenReservations(Vec<String>),
    /// Of [`TerminalRequest::Totals`]: what the open batch holds.
    Totals(Totals),
    /// Of [`TerminalRequest::Reconcile`]: what the batch held that is closed now.
    Reconciled(Totals),
}

/// What a terminal says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Identity {
    /// Terminal id, with leading zeros.
    pub terminal_id: Option<String>,
    /// Software version, where told.
    pub software: Option<String>,
    /// Status code of the protocol, 0 when all is well (ZVT: chapter "terminal status").
    pub status: u8,
}

/// One transaction as the terminal reports it. Numbers are as on the receipt, zeros kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Approved or not.
    pub verdict: Verdict,
    /// Amount in minor units.
    pub amount_minor: Option<u64>,
    /// Currency, where told.
    pub currency: Option<Currency>,
    /// Receipt number.
    pub receipt_number: Option<String>,
    /// Trace number.
    pub trace_number: Option<String>,
    /// Approval code of the issuer.
    pub authorization_code: Option<String>,
    /// Terminal id.
    pub terminal_id: Option<String>,
    /// Merchant's contract number.
    pub merchant_id: Option<String>,
    /// Date on the terminal's clock, `MMDD`.
    pub date: Option<String>,
    /// Time on the terminal's clock, `HHMMSS`.
    pub time: Option<String>,
    /// The card.
    pub card: Option<Card>,
    /// Reusable card token, where asked for and given.
    pub token: Option<CardToken>,
    /// Transaction-sync value to echo in the next command (ZVT tag 1F1F).
    pub sync: Option<SyncId>,
}

/// Whether a transaction was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Verdict {
    /// Money was moved or held.
    Approved,
    /// Nothing was.
    Declined {
        /// Why.
        reason: DeclineReason,
        /// The protocol's own result code.
        code: u16,
    },
}

/// A terminal's transaction-sync value, opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SyncId(pub Vec<u8>);

/// Why the terminal or the issuer said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum DeclineReason {
    /// The issuer declined, without a reason that we know.
    IssuerDeclined,
    /// Not enough money.
    InsufficientFunds,
    /// The card has expired.
    ExpiredCard,
    /// The card could not be read, or its data is wrong.
    CardNotReadable,
    /// This kind of card is not taken here.
    CardNotAccepted,
    /// The card is blocked, lost or stolen.
    CardBlocked,
    /// Wrong PIN.
    WrongPin,
    /// Too many wrong PINs.
    PinTriesExceeded,
    /// Above or below what is allowed.
    AmountNotAllowed,
    /// The currency is not taken here.
    CurrencyNotAccepted,
    /// The terminal could not reach its host.
    HostUnreachable,
    /// The reservation is not known to the terminal.
    ReservationUnknown,
    /// The payment was reversed before.
    AlreadyReversed,
    /// The payment cannot be reversed (batch closed, or not the last one).
    ReversalNotPossible,
    /// The terminal is busy, or not idle yet.
    TerminalBusy,
    /// The terminal needs a technician or an administrative step first.
    TerminalNotReady,
    /// The terminal does not know this function.
    NotSupported,
    /// Printer out of paper or not there.
    PrinterNotReady,
    /// A code without an entry here; the number goes with it.
    Other,
}

/// What the cashier should see while a payment runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Prompt {
    /// What it means.
    pub kind: PromptKind,
    /// The terminal's own text, where it sent one.
    pub text: Option<String>,
}

/// The meaning of a [`Prompt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum PromptKind {
    /// Insert, tap or swipe a card.
    PresentCard,
    /// Enter the PIN.
    EnterPin,
    /// Wrong PIN, try again.
    WrongPin,
    /// Confirm the amount or choose something at the terminal.
    Confirm,
    /// The terminal works or asks its host.
    Processing,
    /// Take the card out.
    RemoveCard,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// An automatic reversal is running.
    Reversing,
    /// Anything else; see the text.
    Other,
}

/// A printed receipt, masked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Receipt {
    /// For whom.
    pub kind: ReceiptKind,
    /// Lines, without layout.
    pub lines: Vec<String>,
}

/// For whom a receipt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum ReceiptKind {
    /// The merchant keeps it.
    Merchant,
    /// The customer gets it.
    Customer,
    /// End of day and the like.
    Administration,
    /// The terminal did not say.
    Unknown,
}

/// Totals of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Totals {
    /// Grand total in minor units, where told.
    pub total_minor: Option<u64>,
    /// First receipt number of the batch.
    pub first_receipt: Option<String>,
    /// Last receipt number of the batch.
    pub last_receipt: Option<String>,
    /// Per card group: name, count, total in minor units.
    pub groups: Vec<(String, u32, u64)>,
}

impl Totals {
    /// Whether the terminal has said that the batch holds nothing. Saying nothing is not that.
    #[must_use]
    pub fn are_empty(&self) -> bool {
        let mut groups = self.groups.iter();
        let is_told = self.total_minor.is_some() || !self.groups.is_empty();
        let is_nothing = self.total_minor.unwrap_or(0) == 0;
        is_told && is_nothing && groups.all(|(_, count, sum)| *count == 0 && *sum == 0)
    }
}
