//! Parameters of the methods, as they stand on the wire. Unknown fields are refused, so that a
//! misspelt one does not go unnoticed.

use firmware_protocols::vocabulary::Currency;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::app::Role;
use crate::domain::doubt::Finding;

use super::text::{Amount, Count, Text};

/// A JSON-RPC 2.0 request.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) jsonrpc: Option<String>,
    /// Absent in a notification; anything but text, a number or null is no valid id.
    #[serde(default, deserialize_with = "present")]
    pub(super) id: Option<Value>,
    pub(super) method: Option<Value>,
    #[serde(default)]
    pub(super) params: Value,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hello {
    pub(super) key: Option<Key>,
    pub(super) language: Option<Text>,
}

/// The key of an app. It prints nothing of itself, and an error never repeats it.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Key(pub(super) String);

/// `session.pair`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    pub(super) code: Text,
}

/// `app.invite`: a page in a browser has an origin.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppInvite {
    pub(super) app: Text,
    pub(super) role: Option<Role>,
    pub(super) origin: Option<Text>,
}

/// `app.set_role`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppSetRole {
    pub(super) app: Text,
    pub(super) role: Role,
}

/// `app.revoke`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppRevoke {
    pub(super) app: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// A terminal by its name, or whichever is free of a pool: `"till-1"`, `{"pool": "counter"}`.
pub(super) enum Place {
    Terminal(Text),
    Pool(Text),
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Pool {
            pool: Text,
        }
        let value = Value::deserialize(deserializer)?;
        let read = if value.is_object() {
            Pool::deserialize(value).map(|it| Self::Pool(it.pool))
        } else {
            Text::deserialize(value).map(Self::Terminal)
        };
        read.map_err(serde::de::Error::custom)
    }
}

/// `payment.sale`, `payment.authorize`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sale {
    pub(super) idempotency_key: Text,
    pub(super) terminal: Option<Place>,
    pub(super) amount_minor: Amount,
    pub(super) currency: Currency,
    #[serde(default)]
    pub(super) tokenize: bool,
    /// What is paid: a basket, a receipt.
    pub(super) reference: Option<Text>,
}

/// `payment.capture`, `payment.refund`: without an amount, all of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUp {
    pub(super) idempotency_key: Text,
    pub(super) payment_id: Text,
    pub(super) amount_minor: Option<Amount>,
    pub(super) currency: Option<Currency>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Void {
    pub(super) idempotency_key: Text,
    pub(super) payment_id: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DepositTake {
    pub(super) idempotency_key: Text,
    pub(super) terminal: Option<Place>,
    pub(super) order: Order,
    pub(super) deposit_minor: Count,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DepositTokenize {
    pub(super) idempotency_key: Text,
    pub(super) order_id: Text,
    pub(super) terminal: Option<Place>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderPut {
    pub(super) idempotency_key: Option<Text>,
    pub(super) order: Order,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PickupCapture {
    pub(super) idempotency_key: Text,
    pub(super) order_id: Text,
    pub(super) order_version: u64,
    pub(super) lines: Vec<Text>,
    #[serde(rename = "use")]
    pub(super) pays: PickupUse,
    pub(super) terminal: Option<Place>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderShip {
    pub(super) idempotency_key: Text,
    pub(super) order_id: Text,
    pub(super) order_version: u64,
    pub(super) lines: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderCancel {
    pub(super) idempotency_key: Text,
    pub(super) order_id: Text,
    pub(super) order_version: u64,
    /// All that wait when absent.
    pub(super) lines: Option<Vec<Text>>,
    pub(super) deposit: DepositShare,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DepositShare {
    Refund,
    Keep,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PickupUse {
    Available,
    Other,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PickupQuote {
    pub(super) order_id: Text,
    #[serde(default)]
    pub(super) lines: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentGet {
    pub(super) payment_id: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderGet {
    pub(super) order_id: Text,
    /// With tokens the answer is exactly what `order.put` of another store takes.
    #[serde(default)]
    pub(super) include_tokens: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationGet {
    pub(super) idempotency_key: Option<Text>,
    pub(super) operation_id: Option<Text>,
}

/// `operation.resolve`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationResolve {
    pub(super) idempotency_key: Text,
    pub(super) operation_id: Text,
    pub(super) finding: Finding,
    /// From `operation.get`, as it was shown.
    pub(super) evidence: Text,
    pub(super) reason: Text,
}

/// `operation.park`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationPark {
    pub(super) idempotency_key: Text,
    pub(super) operation_id: Text,
    pub(super) reason: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalAbort {
    pub(super) terminal: Option<Text>,
}

/// `terminal.acquire`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalAcquire {
    pub(super) terminal: Option<Place>,
    pub(super) ttl_s: Option<u64>,
    #[serde(default, rename = "override")]
    pub(super) override_others: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalRelease {
    pub(super) terminal: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscribe {
    /// The place of the last event that the app has; only new ones when absent.
    pub(super) after: Option<u64>,
}

/// `order.find`: one way of searching, and what narrows it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderFind {
    pub(super) order_id: Option<Text>,
    pub(super) customer_reference: Option<Text>,
    pub(super) phone: Option<Text>,
    pub(super) tag: Option<Text>,
    pub(super) tap: Option<Text>,
    pub(super) par: Option<Text>,
    pub(super) card: Option<Text>,
    pub(super) date: Option<Text>,
    #[serde(default)]
    pub(super) attention: bool,
    pub(super) within_days: Option<u32>,
    pub(super) limit: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NfcRead {
    pub(super) reader: Option<Text>,
    pub(super) timeout_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NfcAbort {
    pub(super) reader: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NfcBind {
    pub(super) idempotency_key: Text,
    pub(super) tap: Text,
    /// Must be there; `null` says nobody's.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) customer_reference: Option<Text>,
}

/// An order, as `order.put` takes it and `order.get` gives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) order_id: Text,
    #[serde(default = "first_version")]
    pub(super) version: u64,
    pub(super) currency: Currency,
    #[serde(default)]
    pub(super) channel: Channel,
    pub(super) placed_at: Option<Text>,
    pub(super) customer_reference: Option<Text>,
    pub(super) phone: Option<Text>,
    #[serde(default)]
    pub(super) tags: Vec<Text>,
    pub(super) lines: Vec<Line>,
    /// What the lines cost together, for whoever wants that checked.
    pub(super) total_minor: Option<Count>,
    #[serde(default)]
    pub(super) deposit_minor: Count,
    #[serde(default)]
    pub(super) kept_minor: Count,
    #[serde(default)]
    pub(super) tenders: Vec<Tender>,
}

const fn first_version() -> u64 {
    1
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Channel {
    #[default]
    Store,
    Online,
    CallCenter,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) line_id: Text,
    pub(super) description: Option<Text>,
    pub(super) amount_minor: Count,
    #[serde(default)]
    pub(super) fulfilment: Fulfilment,
    pub(super) store: Option<Text>,
    #[serde(default)]
    pub(super) state: LineState,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fulfilment {
    CarryOut,
    #[default]
    Pickup,
    Ship,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LineState {
    #[default]
    Open,
    Fulfilled,
    Cancelled,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tender {
    pub(super) payment_id: Option<Text>,
    pub(super) tender_type: Option<Text>,
    pub(super) card_type: Option<Text>,
    #[serde(default)]
    pub(super) prepayment: bool,
    pub(super) merchant_account: Option<Text>,
    #[serde(default)]
    pub(super) authorized_minor: Count,
    #[serde(default)]
    pub(super) captured_minor: Count,
    #[serde(default)]
    pub(super) voided_minor: Count,
    #[serde(default)]
    pub(super) refunded_minor: Count,
    /// Each capture with its own reference; one of all that was captured when absent.
    pub(super) captures: Option<Vec<TenderCapture>>,
    #[serde(default)]
    pub(super) lapsed_minor: Count,
    pub(super) replaces: Option<Text>,
    #[serde(default)]
    pub(super) on_hold: bool,
    /// The terminal transaction that made it.
    pub(super) terminal: Option<TenderTerminal>,
    #[serde(default)]
    pub(super) queued_minor: Count,
    pub(super) card_token: Option<Text>,
    pub(super) auth_token: Option<Text>,
    pub(super) par: Option<Text>,
    pub(super) masked_pan: Option<Text>,
    pub(super) brand: Option<Text>,
    pub(super) expires_at: Option<Text>,
    pub(super) authorized_at: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenderCapture {
    pub(super) amount_minor: Amount,
    #[serde(default)]
    pub(super) refunded_minor: Count,
    pub(super) capture_token: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenderTerminal {
    pub(super) receipt_number: Option<Text>,
    pub(super) trace_number: Option<Text>,
    pub(super) date: Option<Text>,
    pub(super) time: Option<Text>,
    pub(super) authorization_code: Option<Text>,
    pub(super) terminal_id: Option<Text>,
    pub(super) merchant_id: Option<Text>,
}
