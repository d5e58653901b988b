//! An order on its way out, as `order.get` and a file of orders have it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::form::{CurrencyCode, Time, Word};
use crate::domain::order::Channel;

/// An order, in the form in which `order.put` takes it.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Order {
    pub(in crate::api) order_id: String,
    /// Grows with every change, here or elsewhere.
    pub(in crate::api) version: u64,
    #[schemars(with = "CurrencyCode")]
    pub(in crate::api) currency: &'static str,
    pub(in crate::api) channel: Word<Channel>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) placed_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) customer_reference: Option<String>,
    /// The last six digits, which are all that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) phone: Option<String>,
    /// Of a loyalty card, a pickup slip or anything else that is scanned or tapped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::api) tags: Vec<String>,
    pub(in crate::api) lines: Vec<Line>,
    /// What the lines that are not cancelled cost together, minor units.
    pub(in crate::api) total_minor: u64,
    /// What was to be paid when it was made, minor units.
    pub(in crate::api) deposit_minor: u64,
    /// What a store kept of the deposit for cancelled lines, minor units.
    #[serde(skip_serializing_if = "is_zero")]
    pub(in crate::api) kept_minor: u64,
    /// What the customer need not pay of it: given back for goods that are gone, or written off.
    #[serde(skip_serializing_if = "is_zero")]
    pub(in crate::api) waived_minor: u64,
    /// Its payments, in the sequence in which they are used.
    pub(in crate::api) tenders: Vec<Tender>,
}

/// One line of an order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OrderLine")]
pub(in crate::api) struct Line {
    pub(in crate::api) line_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) description: Option<String>,
    pub(in crate::api) amount_minor: u64,
    pub(in crate::api) fulfilment: Fulfilment,
    /// Where it is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) store: Option<String>,
    pub(in crate::api) state: LineState,
}

/// How a line reaches the customer.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(extend("x-extensible" = true))]
pub(in crate::api) enum Fulfilment {
    /// Taken along at once.
    CarryOut,
    /// Fetched at a store.
    Pickup,
    /// Sent.
    Ship,
}

/// Where a line is.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(extend("x-extensible" = true))]
pub(in crate::api) enum LineState {
    /// It waits.
    Open,
    /// It was handed over.
    Fulfilled,
    /// It will not be.
    Cancelled,
}

/// A tender of an order: all that another store needs to go on with its payment. Tokens are told only
/// with `include_tokens`. Amounts are minor units.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Tender {
    pub(in crate::api) payment_id: String,
    /// In an order of the call centre only those that are marked pay.
    pub(in crate::api) prepayment: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) tender_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) card_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) merchant_account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) masked_pan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) brand: Option<String>,
    /// When the authorization was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) authorized_at: Option<Time>,
    /// When the authorization ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) expires_at: Option<Time>,
    /// The payment that ended and that this one was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) replaces: Option<String>,
    /// Reusable reference to the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) card_token: Option<String>,
    /// Reference to the authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) auth_token: Option<String>,
    /// Payment account reference: the same for a card and for the phones and watches that stand for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) par: Option<String>,
    pub(in crate::api) authorized_minor: u64,
    pub(in crate::api) captured_minor: u64,
    pub(in crate::api) voided_minor: u64,
    pub(in crate::api) refunded_minor: u64,
    /// What this store has promised of it and waits to be captured.
    #[serde(skip_serializing_if = "is_zero")]
    pub(in crate::api) queued_minor: u64,
    /// How much of `voided_minor` was still held when the authorization ended.
    #[serde(skip_serializing_if = "is_zero")]
    pub(in crate::api) lapsed_minor: u64,
    /// The processor reviews it by hand.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::api) on_hold: bool,
    /// Each capture, with the reference by which it is refunded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::api) captures: Vec<Capture>,
    /// Numbers on the receipt of the terminal that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) terminal: Option<TenderTerminal>,
}

/// One capture of a tender. Amounts are minor units.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Capture {
    pub(in crate::api) amount_minor: u64,
    pub(in crate::api) refunded_minor: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) capture_token: Option<String>,
}

/// Numbers on the receipt of the terminal that made a tender.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct TenderTerminal {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) receipt_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) trace_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) authorization_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) terminal_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) merchant_id: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(minor: &u64) -> bool {
    *minor == 0
}
