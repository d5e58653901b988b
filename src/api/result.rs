//! Results of the methods, as they stand on the wire. What is serialized here is what the schema says.

mod app;
mod batch;
mod order;
mod station;

pub(super) use app::{AppRow, Apps, Invited, Paired, Welcome};
pub(super) use batch::Reconciliation;
pub(super) use order::{Capture, Fulfilment, Line, LineState, Order, Tender, TenderTerminal};
pub(super) use station::{
    HealthRow, HealthState, Lease, Reader, Released, StationInfo, Stopping, Terminal, Terminals,
};

use schemars::JsonSchema;
use serde::Serialize;

use super::form::{CodeWord, CurrencyCode, Time, Word};
use crate::domain::order::Progress;
use crate::domain::outcome::{Strategy, Verdict};
use crate::domain::payment::{Action, Status};
use crate::domain::tap::MediumKind;
use crate::outcome::code::{NextAction, RetrySafety};
use crate::outcome::foreign::State;
use firmware_protocols::vocabulary::terminal::ReceiptKind;

/// Nothing more to say: it is done.
#[derive(Serialize, JsonSchema)]
pub(super) struct Done {}

/// A description of this API in OpenRPC.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "stands for the document, which is put together as JSON"
)]
#[schemars(extend("additionalProperties" = true))]
pub(super) struct Discovered {
    openrpc: String,
    info: serde_json::Map<String, serde_json::Value>,
    methods: Vec<serde_json::Value>,
}

/// Why, and what to say and do.
#[derive(Serialize, JsonSchema)]
pub(super) struct Told {
    pub(super) code: CodeWord,
    /// A sentence that the customer may see: nothing about how the shop works inside.
    pub(super) customer_message: String,
    pub(super) next_action: Word<NextAction>,
    /// Whether the same request can succeed later.
    pub(super) retryable: bool,
    pub(super) retry_safety: Word<RetrySafety>,
    pub(super) refs: Refs,
}

/// The code that fits best in each other system that has one.
#[derive(Default, Serialize, JsonSchema)]
pub(super) struct Refs {
    /// Dynamics 365 Commerce.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) d365: Option<&'static str>,
    /// BRP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) brp: Option<&'static str>,
    /// Dintero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dintero: Option<&'static str>,
    /// OnlineFundraising.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) onlinefundraising: Option<FundraisingRef>,
}

/// A code of OnlineFundraising with the state that goes with it.
#[derive(Serialize, JsonSchema)]
pub(super) struct FundraisingRef {
    pub(super) code: &'static str,
    /// In that system's own spelling.
    #[schemars(with = "Option<String>")]
    pub(super) state: Option<State>,
}

/// How an operation ended; `in_doubt` means that it may have happened: do not take it again, the end
/// comes as an event.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Outcome", extend("x-extensible" = true))]
pub(super) enum Ending {
    /// It happened.
    Approved,
    /// The issuer, the processor or the terminal said no.
    Declined,
    /// The cardholder or the cashier stopped it.
    Cancelled,
    /// It certainly did not happen, for technical reasons.
    Failed,
    /// It may have happened; the station is finding out.
    InDoubt,
}

impl From<Verdict> for Ending {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approved => Self::Approved,
            Verdict::Declined => Self::Declined,
            Verdict::Cancelled => Self::Cancelled,
            Verdict::Failed => Self::Failed,
        }
    }
}

/// How an operation ended, in words and numbers.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OperationResult")]
pub(super) struct Ended {
    /// Support reference.
    pub(super) operation_id: String,
    pub(super) outcome: Ending,
    #[serde(flatten)]
    pub(super) told: Told,
    /// A sentence for the cashier, in the language of the session.
    pub(super) message: String,
    /// How a deposit was secured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) strategy: Option<Word<Strategy>>,
    /// What was taken now, minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) captured_minor: Option<u64>,
    /// What is taken when the processor is back, minor units (docs/offline.md).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) queued_minor: Option<u64>,
    /// What was given back now, minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refunded_minor: Option<u64>,
    /// What is held for later, minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secured_minor: Option<u64>,
    /// What is still to be paid before the goods may go, minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) balance_due_minor: Option<u64>,
    /// What could not be given back yet, minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refund_due_minor: Option<u64>,
    /// Of the amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<CurrencyCode>")]
    pub(super) currency: Option<&'static str>,
    /// The payments that it touched, as `payment.get` gives them; absent while in doubt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payments: Option<Vec<Payment>>,
    /// The order, as it stood at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order: Option<OrderVersion>,
    /// Tenders that could not be captured from here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) skipped: Vec<Skipped>,
    /// Of an end of day: what the terminal and the journal count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reconciliation: Option<Reconciliation>,
    /// What the terminal printed, card numbers masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) receipts: Vec<Receipt>,
}

/// An order at a version.
#[derive(Serialize, JsonSchema)]
pub(super) struct OrderVersion {
    pub(super) order_id: String,
    pub(super) version: u64,
}

/// A tender that cannot be captured from here, and why.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SkippedTender")]
pub(super) struct Skipped {
    pub(super) payment_id: String,
    pub(super) code: CodeWord,
}

/// A printed receipt, card numbers masked.
#[derive(Serialize, JsonSchema)]
pub(super) struct Receipt {
    pub(super) kind: Word<ReceiptKind>,
    /// Lines, without layout.
    pub(super) lines: Vec<String>,
}

/// A payment without its tokens. Amounts are minor units.
#[derive(Serialize, JsonSchema)]
pub(super) struct Payment {
    pub(super) payment_id: String,
    /// The order that it belongs to.
    pub(super) order_id: Option<String>,
    /// The merchant account that takes it.
    pub(super) merchant_account: Option<String>,
    pub(super) status: Word<Status>,
    /// What may be done with it now.
    pub(super) actions: Vec<Word<Action>>,
    #[schemars(with = "CurrencyCode")]
    pub(super) currency: &'static str,
    pub(super) authorized_minor: u64,
    pub(super) captured_minor: u64,
    pub(super) voided_minor: u64,
    pub(super) refunded_minor: u64,
    /// What waits to be captured when the processor is back.
    pub(super) queued_minor: u64,
    /// What was promised and could not be captured.
    pub(super) uncaptured_minor: u64,
    /// At most the first six and the last four digits.
    pub(super) masked_pan: Option<String>,
    pub(super) brand: Option<String>,
    /// Whether a reusable token of the card is kept.
    pub(super) has_card_token: bool,
    /// The payment that ended and that this one was made for.
    pub(super) replaces: Option<String>,
    /// As on the receipt.
    pub(super) receipt_number: Option<String>,
    /// As on the receipt.
    pub(super) trace_number: Option<String>,
    /// As on the receipt.
    pub(super) authorization_code: Option<String>,
    /// As on the receipt.
    pub(super) terminal_id: Option<String>,
    pub(super) authorized_at: Option<Time>,
    /// When the authorization ends.
    pub(super) expires_at: Option<Time>,
}

/// How an operation stands.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Operation")]
pub(super) struct OperationRow {
    pub(super) operation_id: String,
    /// The method that was called.
    pub(super) method: String,
    pub(super) started_at: Time,
    pub(super) state: OperationState,
    /// Once it has ended, or is in doubt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) result: Option<Ended>,
    /// While it is in doubt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) doubt: Option<DoubtRow>,
}

/// Where an operation is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(extend("x-extensible" = true))]
pub(super) enum OperationState {
    Running,
    InDoubt,
    Finished,
}

/// What a person needs who has to say how an operation ended.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Doubt")]
pub(super) struct DoubtRow {
    /// The terminal that was asked, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) terminal: Option<String>,
    /// The merchant account that was asked, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) merchant_account: Option<String>,
    /// What was asked.
    pub(super) asked: String,
    pub(super) amount_minor: Option<u64>,
    #[schemars(with = "Option<CurrencyCode>")]
    pub(super) currency: Option<&'static str>,
    /// How often it was asked in vain how it ended.
    pub(super) inquiries: u32,
    /// Of a terminal: its last transaction before this one.
    pub(super) transaction_before: Option<TransactionRow>,
    /// Of a terminal: its last transaction as it told it last.
    pub(super) last_transaction: Option<TransactionRow>,
    /// For `operation.resolve`: names what was shown.
    pub(super) evidence: String,
    /// Nobody waits for it any more.
    pub(super) is_parked: bool,
}

/// A transaction of a terminal, as on its receipt.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Transaction")]
pub(super) struct TransactionRow {
    pub(super) receipt_number: Option<String>,
    pub(super) trace_number: Option<String>,
    /// As the terminal writes it.
    pub(super) date: Option<String>,
    /// As the terminal writes it.
    pub(super) time: Option<String>,
}

/// What some lines of an order cost now. Amounts are minor units.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Quote")]
pub(super) struct QuoteRow {
    /// For `pickup.capture`.
    pub(super) order_version: u64,
    /// The lines that it is about.
    pub(super) lines: Vec<String>,
    #[schemars(with = "CurrencyCode")]
    pub(super) currency: &'static str,
    /// What the lines cost, less what was paid for them.
    pub(super) due_minor: u64,
    /// What can be captured from here for it.
    pub(super) secured_minor: u64,
    /// What was paid on the order.
    pub(super) paid_minor: u64,
    /// What waits to be captured.
    pub(super) queued_minor: u64,
    /// What neither is paid nor can be captured.
    pub(super) balance_minor: u64,
    /// The payments that hold it, in the sequence in which they are captured.
    pub(super) secured_by: Vec<SecuredBy>,
    /// Tenders that cannot be captured from here.
    pub(super) unusable: Vec<Skipped>,
}

/// A payment that secures lines of an order.
#[derive(Serialize, JsonSchema)]
pub(super) struct SecuredBy {
    pub(super) payment_id: String,
    /// What it still holds, minor units.
    pub(super) open_minor: u64,
    pub(super) masked_pan: Option<String>,
    pub(super) expires_at: Option<Time>,
}

/// What was held against a reader.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[schemars(extend("x-extensible" = true))]
pub(super) enum TapResult {
    /// Something was held against it.
    Tapped {
        /// For `order.find` and `nfc.bind`.
        tap: String,
        reader: String,
        media: Vec<MediumRead>,
    },
    /// `nfc.abort` was called.
    Aborted,
    /// Nobody held anything there in time.
    TimedOut,
}

/// One thing that was held against a reader, as everybody may know it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Medium {
    pub(super) kind: Word<MediumKind>,
    /// It is recognised when it comes again.
    pub(super) lasting: bool,
    /// It was taken away too early.
    pub(super) interrupted: bool,
    /// Whose it is, by `nfc.bind`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_reference: Option<String>,
}

/// One thing that was held against a reader, with what it says, for the app that asked.
#[derive(Serialize, JsonSchema)]
pub(super) struct MediumRead {
    #[serde(flatten)]
    pub(super) medium: Medium,
    /// Of a tag: its identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uid: Option<String>,
    /// Texts that it holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) texts: Vec<String>,
    /// Addresses that it holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) uris: Vec<String>,
}

/// How many were waiting for a tap.
#[derive(Serialize, JsonSchema)]
pub(super) struct EndedReads {
    pub(super) ended: usize,
}

/// Where the events begin.
#[derive(Serialize, JsonSchema)]
pub(super) struct Subscribed {
    /// `seq` of the last event there is.
    pub(super) last_seq: u64,
    /// How many come first that were missed.
    pub(super) replaying: u64,
}

/// Orders that fit, or the work list when `attention` was asked for.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum FoundOrders {
    /// Newest first.
    Orders {
        orders: Vec<Hit>,
        /// Whether there are more.
        more: bool,
    },
    /// What ends first first.
    Attention {
        attention: Vec<AttentionRow>,
        /// Whether there are more.
        more: bool,
    },
}

/// An order that was found. No token and no phone number is told. Amounts are minor units.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OrderHit")]
pub(super) struct Hit {
    pub(super) order_id: String,
    pub(super) version: u64,
    pub(super) channel: Word<crate::domain::order::Channel>,
    pub(super) status: Word<Progress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_reference: Option<String>,
    /// When it was made, or first came here.
    pub(super) placed_at: Time,
    /// How many lines it has.
    pub(super) lines: usize,
    /// How many of them wait.
    pub(super) lines_open: usize,
    #[schemars(with = "CurrencyCode")]
    pub(super) currency: &'static str,
    pub(super) total_minor: u64,
    /// What its tenders hold and can be captured from here.
    pub(super) secured_minor: u64,
    pub(super) paid_minor: u64,
}

/// Why somebody should look at a payment.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(extend("x-extensible" = true))]
pub(super) enum Why {
    /// The authorization ends soon, or has ended, and lines of its order wait for the money.
    Expiring,
    /// A capture waits for its processor.
    Queued,
    /// Goods are gone, and what was promised could not be captured.
    CaptureFailed,
    /// The processor reviews it by hand.
    OnHold,
}

/// A payment that somebody should look at.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Attention")]
pub(super) struct AttentionRow {
    pub(super) why: Why,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order_id: Option<String>,
    pub(super) payment_id: String,
    #[schemars(with = "CurrencyCode")]
    pub(super) currency: &'static str,
    /// What it still holds, waits for, or failed to take: minor units.
    pub(super) amount_minor: u64,
    /// When the authorization ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Time>,
    /// Of `queued`: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) queued_at: Option<Time>,
    /// Of `queued`: absent while it is being tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_try_at: Option<Time>,
    /// Of `queued`: the operation that goes on with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operation_id: Option<String>,
    /// Of `queued`: it may have been carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) in_doubt: Option<bool>,
}
