//! Parameters of the methods, as they stand on the wire. Unknown fields are refused, so that a
//! misspelt one does not go unnoticed.

use std::borrow::Cow;

use firmware_protocols::vocabulary::Currency;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use crate::domain::app::Role;
use crate::domain::doubt::Finding;

use super::form::{CurrencyCode, Listed as _};
use super::text::{Amount, Count, Phone, Prose, Text};

/// A JSON-RPC 2.0 request.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) jsonrpc: Option<String>,
    /// Absent in a notification; anything but text, a whole number or null is no valid id.
    #[serde(default, deserialize_with = "present")]
    pub(super) id: Option<Value>,
    pub(super) method: Option<Value>,
    #[serde(default)]
    pub(super) params: Value,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Hello {
    /// From `session.pair`. Once it was shown, another language needs none.
    pub(super) key: Option<Key>,
    /// For sentences: `en`, `nb`, `da`, `sv`, `lt`, `de`. That of the station without it.
    pub(super) language: Option<Text>,
}

/// The key of an app. It prints nothing of itself, and an error never repeats it.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub(super) struct Key(pub(super) String);

/// `session.pair`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    /// As `posd pair` shows it.
    pub(super) code: Text,
}

/// `app.invite`: a page in a browser has an origin.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppInvite {
    pub(super) app: Text,
    /// `cashier` without it.
    #[schemars(schema_with = "Role::choice")]
    #[serde(default)]
    pub(super) role: Option<Role>,
    /// Of its page, when it runs in a browser: scheme, host and port.
    pub(super) origin: Option<Text>,
}

/// `app.set_role`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppSetRole {
    pub(super) app: Text,
    #[schemars(schema_with = "Role::choice")]
    pub(super) role: Role,
}

/// `app.revoke`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppRevoke {
    pub(super) app: Text,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// A terminal by its name, or whichever is free of a pool: `"till-1"`, `{"pool": "counter"}`.
pub(super) enum Place {
    Terminal(Text),
    Pool(Text),
}

impl JsonSchema for Place {
    fn schema_name() -> Cow<'static, str> {
        "Place".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let name = generator.subschema_for::<Text>();
        json_schema!({
            "description": "A terminal by its name, or whichever is free of a pool.",
            "anyOf": [
                name,
                {
                    "type": "object", "properties": {"pool": name}, "required": ["pool"],
                    "additionalProperties": false,
                },
            ],
        })
    }
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
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sale {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    /// May be left out when the station has one.
    pub(super) terminal: Option<Place>,
    pub(super) amount_minor: Amount,
    #[schemars(with = "CurrencyCode")]
    pub(super) currency: Currency,
    #[serde(default)]
    /// Keep a reusable token of the card.
    pub(super) tokenize: bool,
    /// What is paid: a basket, a receipt.
    pub(super) reference: Option<Text>,
}

/// `payment.capture`, `payment.refund`: without an amount, all of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUp {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) payment_id: Text,
    pub(super) amount_minor: Option<Amount>,
    /// Must be there with `amount_minor`.
    #[schemars(with = "Option<CurrencyCode>")]
    pub(super) currency: Option<Currency>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Void {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) payment_id: Text,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DepositTake {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    /// May be left out when the station has one.
    pub(super) terminal: Option<Place>,
    pub(super) order: Order,
    /// What is paid now; the rest is held.
    pub(super) deposit_minor: Count,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DepositTokenize {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) order_id: Text,
    /// May be left out when the station has one.
    pub(super) terminal: Option<Place>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderPut {
    pub(super) idempotency_key: Option<Text>,
    pub(super) order: Order,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PickupCapture {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) order_id: Text,
    /// The version that the app has seen.
    pub(super) order_version: u64,
    /// The lines that are handed over; without any, what is missing for those that are gone is taken.
    pub(super) lines: Vec<Text>,
    #[serde(rename = "use")]
    pub(super) pays: PickupUse,
    /// May be left out when the station has one.
    pub(super) terminal: Option<Place>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderShip {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) order_id: Text,
    pub(super) order_version: u64,
    pub(super) lines: Vec<Text>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderCancel {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) order_id: Text,
    pub(super) order_version: u64,
    /// All that wait when absent.
    pub(super) lines: Option<Vec<Text>>,
    pub(super) deposit: DepositShare,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum DepositShare {
    Refund,
    Keep,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum PickupUse {
    Available,
    Other,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PickupQuote {
    pub(super) order_id: Text,
    /// All that wait without them.
    #[serde(default)]
    pub(super) lines: Vec<Text>,
}

/// `payment.write_off`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentWriteOff {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) payment_id: Text,
    /// Why, and who says so; it stays in the journal.
    pub(super) reason: Prose,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentGet {
    pub(super) payment_id: Text,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderGet {
    pub(super) order_id: Text,
    /// With tokens the answer is exactly what `order.put` of another store takes.
    #[serde(default)]
    pub(super) include_tokens: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationGet {
    pub(super) idempotency_key: Option<Text>,
    pub(super) operation_id: Option<Text>,
}

/// `operation.resolve`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationResolve {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) operation_id: Text,
    #[schemars(schema_with = "Finding::choice")]
    pub(super) finding: Finding,
    /// From `operation.get`, as it was shown.
    pub(super) evidence: Text,
    /// Why, and who says so; it stays in the journal.
    pub(super) reason: Prose,
}

/// `operation.park`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationPark {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    pub(super) operation_id: Text,
    pub(super) reason: Prose,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalTotals {
    /// May be left out when the station has one.
    pub(super) terminal: Option<Text>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalReconcile {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    /// May be left out when the station has one.
    pub(super) terminal: Option<Text>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalAbort {
    /// May be left out when the station has one.
    pub(super) terminal: Option<Text>,
}

/// `terminal.acquire`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalAcquire {
    /// May be left out when the station has one.
    pub(super) terminal: Option<Place>,
    /// Seconds that the lease lasts after each use, 1 to 3600; 120 without it.
    #[schemars(range(min = 1, max = 3_600))]
    pub(super) ttl_s: Option<u64>,
    #[serde(default, rename = "override")]
    /// Take it over from another app.
    pub(super) override_others: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalRelease {
    /// May be left out when the station has one.
    pub(super) terminal: Option<Text>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscribe {
    /// The place of the last event that the app has; only new ones when absent.
    pub(super) after: Option<u64>,
}

/// `order.find`: one way of searching, and what narrows it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderFind {
    pub(super) order_id: Option<Text>,
    /// Equal ones.
    pub(super) customer_reference: Option<Text>,
    /// At least the last four digits.
    pub(super) phone: Option<Phone>,
    /// Orders with that tag.
    pub(super) tag: Option<Text>,
    /// Orders of what was held against a contactless reader.
    pub(super) tap: Option<Text>,
    /// Orders with a tender of that card account.
    pub(super) par: Option<Text>,
    /// With `date`: a masked number, or its last four digits.
    pub(super) card: Option<Text>,
    /// Only those placed on that day, such as `2026-11-22`.
    pub(super) date: Option<Text>,
    /// The work list instead of a search.
    #[serde(default)]
    pub(super) attention: bool,
    /// With `attention`: authorizations that end within so many days; 3 without it.
    #[schemars(range(max = 366))]
    pub(super) within_days: Option<u32>,
    /// At most so many; 20 without it.
    #[schemars(range(min = 1, max = 100))]
    pub(super) limit: Option<u64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NfcRead {
    /// May be left out when the station has one.
    pub(super) reader: Option<Text>,
    /// How long to wait, milliseconds; 30000 without it.
    #[schemars(range(min = 1, max = 300_000))]
    pub(super) timeout_ms: Option<u64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NfcAbort {
    /// May be left out when the station has one.
    pub(super) reader: Option<Text>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NfcBind {
    /// Made by the app, one for each intent, and kept before it asks.
    pub(super) idempotency_key: Text,
    /// From `nfc.read` or the event `nfc_tapped`.
    pub(super) tap: Text,
    /// Must be there; `null` says nobody's.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schemars(schema_with = "nullable_text")]
    pub(super) customer_reference: Option<Text>,
}

/// An order, as `order.put` takes it and `order.get` gives it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OrderInput")]
pub(super) struct Order {
    pub(super) order_id: Text,
    #[serde(default = "first_version")]
    /// Grows with every change, here or elsewhere; at most 4294967295.
    pub(super) version: u64,
    #[schemars(with = "CurrencyCode")]
    pub(super) currency: Currency,
    #[serde(default)]
    pub(super) channel: Channel,
    /// When it was made.
    #[schemars(extend("format" = "date-time"))]
    pub(super) placed_at: Option<Text>,
    pub(super) customer_reference: Option<Text>,
    /// Written in any way; the last six digits are kept.
    pub(super) phone: Option<Phone>,
    #[serde(default)]
    /// Up to 8: of a loyalty card, a pickup slip or anything else that is scanned or tapped.
    #[schemars(length(max = 8))]
    pub(super) tags: Vec<Text>,
    /// At least one.
    pub(super) lines: Vec<Line>,
    /// What the lines cost together, for whoever wants that checked.
    pub(super) total_minor: Option<Count>,
    #[serde(default)]
    /// What was to be paid when it was made.
    pub(super) deposit_minor: Count,
    #[serde(default)]
    /// What a store kept of the deposit for cancelled lines.
    pub(super) kept_minor: Count,
    #[serde(default)]
    /// What the customer need not pay of it: given back for goods that are gone, or written off.
    pub(super) waived_minor: Count,
    #[serde(default)]
    /// Its payments, in the sequence in which they are used.
    pub(super) tenders: Vec<Tender>,
}

const fn first_version() -> u64 {
    1
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Channel {
    #[default]
    Store,
    Online,
    CallCenter,
}

/// One line of an order.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OrderLineInput")]
pub(super) struct Line {
    pub(super) line_id: Text,
    pub(super) description: Option<Prose>,
    pub(super) amount_minor: Count,
    #[serde(default)]
    pub(super) fulfilment: Fulfilment,
    /// Where it is fetched.
    pub(super) store: Option<Text>,
    #[serde(default)]
    pub(super) state: LineState,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Fulfilment {
    CarryOut,
    #[default]
    Pickup,
    Ship,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum LineState {
    #[default]
    Open,
    Fulfilled,
    Cancelled,
}

/// A tender of an order: its payment, with all that another store has to know of it. Amounts are minor
/// units.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TenderInput")]
pub(super) struct Tender {
    pub(super) payment_id: Option<Text>,
    pub(super) tender_type: Option<Text>,
    pub(super) card_type: Option<Text>,
    #[serde(default)]
    /// In an order of the call centre only those that are marked pay.
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
    /// How much of `voided_minor` was still held when the authorization ended.
    pub(super) lapsed_minor: Count,
    /// The payment that ended and that this one was made for.
    pub(super) replaces: Option<Text>,
    #[serde(default)]
    /// The processor reviews it by hand.
    pub(super) on_hold: bool,
    /// The terminal transaction that made it.
    pub(super) terminal: Option<TenderTerminal>,
    #[serde(default)]
    /// What another store has promised of it.
    pub(super) queued_minor: Count,
    /// Reusable reference to the card.
    pub(super) card_token: Option<Text>,
    /// Reference to the authorization; must be there when money is held.
    pub(super) auth_token: Option<Text>,
    /// Payment account reference: 29 capital letters and digits.
    #[schemars(regex(pattern = "^[A-Z0-9]{29}$"))]
    pub(super) par: Option<Text>,
    /// At most the first six and the last four digits.
    pub(super) masked_pan: Option<Text>,
    pub(super) brand: Option<Text>,
    /// When the authorization ends.
    #[schemars(extend("format" = "date-time"))]
    pub(super) expires_at: Option<Text>,
    /// When the authorization was given.
    #[schemars(extend("format" = "date-time"))]
    pub(super) authorized_at: Option<Text>,
}

/// One capture of a tender.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaptureInput")]
pub(super) struct TenderCapture {
    pub(super) amount_minor: Amount,
    #[serde(default)]
    pub(super) refunded_minor: Count,
    pub(super) capture_token: Option<Text>,
}

/// Numbers on the receipt of the terminal that made a tender.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TenderTerminalInput")]
pub(super) struct TenderTerminal {
    pub(super) receipt_number: Option<Text>,
    pub(super) trace_number: Option<Text>,
    pub(super) date: Option<Text>,
    pub(super) time: Option<Text>,
    pub(super) authorization_code: Option<Text>,
    pub(super) terminal_id: Option<Text>,
    pub(super) merchant_id: Option<Text>,
}

fn nullable_text(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Option<Text>>()
}
