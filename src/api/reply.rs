//! Results of the methods, as they stand on the wire.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::{Receipt, ReceiptKind};
use serde_json::{Map, Value, json};

use super::call::{Answer, Found, Health, Standing, TerminalRow};
use super::error::{tell, word};
use super::{Gateway, attention, nfc, order, search};
use crate::clock;
use crate::domain::doubt::Doubt;
use crate::domain::id::{LineId, OperationId};
use crate::domain::operation::Call;
use crate::domain::outcome::{Outcome, Skipped};
use crate::domain::payment::Payment;
use crate::domain::quote::Quote;
use crate::domain::terminal::TransactionMark;
use crate::outcome::code::Code;
use crate::outcome::text::{Facts, Language};

/// The result of a method that moves money.
pub(super) fn answer(answer: &Answer, language: Language) -> Value {
    match answer {
        Answer::Finished { operation, outcome } => finished(operation, outcome, language),
        Answer::InDoubt { operation } => in_doubt(operation, language),
    }
}

impl Gateway {
    /// The result of a method that only asks.
    pub(super) fn found(&self, found: Found, include_tokens: bool, language: Language) -> Value {
        match found {
            Found::Payment(payment) => self::payment(&payment),
            Found::Order(order, payments) => {
                let tokens = include_tokens.then_some(&*self.vault);
                order::write(&order, &payments, tokens)
            }
            Found::Orders { hits, more } => search::write(&hits, more),
            Found::Attention { rows, more } => attention::write(&rows, more),
            Found::Quote {
                version,
                lines,
                quote,
                payments,
            } => self::quote(version, &lines, &quote, &payments),
            Found::Operation {
                id,
                method,
                started_at,
                standing,
            } => {
                let mut row = operation(&id, standing, language);
                row.insert("method".to_owned(), method.into());
                let started_at = clock::format_utc(started_at);
                row.insert("started_at".to_owned(), started_at.into());
                Value::Object(row)
            }
            Found::Terminals(rows) => {
                json!({ "terminals": rows.iter().map(terminal).collect::<Vec<_>>() })
            }
            Found::Info { station } => json!({
                "station": station,
                "version": env!("CARGO_PKG_VERSION"),
                "terminals": self.terminals.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
            }),
            Found::Health(health) => self::health(&health),
            Found::Events(_) => Value::Null,
        }
    }
}

fn quote(version: u64, lines: &[LineId], quote: &Quote, payments: &[Payment]) -> Value {
    let is_usable = |payment: &&Payment| {
        let mut unusable = quote.unusable.iter();
        !unusable.any(|skipped| skipped.payment == payment.id)
    };
    let secured_by = payments.iter().filter(is_usable).map(|payment| {
        json!({
            "payment_id": payment.id.as_str(),
            "open_minor": payment.open().minor,
            "masked_pan": payment.card.as_ref().and_then(masked_pan),
            "expires_at": payment.expires_at.map(clock::format_utc),
        })
    });
    let secured_by: Vec<Value> = secured_by.collect();
    json!({
        "order_version": version,
        "lines": lines.iter().map(|line| line.as_str()).collect::<Vec<_>>(),
        "currency": quote.due.currency.code(),
        "due_minor": quote.due.minor,
        "secured_minor": quote.secured.minor,
        "paid_minor": quote.paid.minor,
        "queued_minor": quote.queued.minor,
        "balance_minor": quote.due.minor.saturating_sub(quote.secured.minor),
        "secured_by": secured_by,
        "unusable": quote.unusable.iter().map(skipped).collect::<Vec<_>>(),
    })
}

/// How an operation ended, in words and numbers.
fn finished(operation: &OperationId, outcome: &Outcome, language: Language) -> Value {
    let mut row = Map::new();
    row.insert("operation_id".to_owned(), operation.as_str().into());
    row.insert("outcome".to_owned(), word(&outcome.verdict));
    let code = outcome
        .reason
        .map_or_else(|| Code::from(outcome.verdict), Code::from);
    add_told(&mut row, code, language);
    if let Some(strategy) = &outcome.strategy {
        row.insert("strategy".to_owned(), word(strategy));
    }
    let amounts = [
        ("captured_minor", outcome.captured),
        ("queued_minor", outcome.queued),
        ("refunded_minor", outcome.refunded),
        ("secured_minor", outcome.secured),
        ("balance_due_minor", outcome.balance_due),
        ("refund_due_minor", outcome.refund_due),
    ];
    for (name, amount) in amounts {
        if let Some(Money { minor, currency }) = amount {
            row.insert(name.to_owned(), minor.into());
            row.insert("currency".to_owned(), currency.code().into());
        }
    }
    row.insert(
        "payments".to_owned(),
        outcome.payments.iter().map(payment).collect(),
    );
    if let Some(order) = &outcome.order {
        let order = json!({"order_id": order.id.as_str(), "version": order.version});
        row.insert("order".to_owned(), order);
    }
    if !outcome.skipped.is_empty() {
        row.insert(
            "skipped".to_owned(),
            outcome.skipped.iter().map(skipped).collect(),
        );
    }
    if !outcome.receipts.is_empty() {
        row.insert(
            "receipts".to_owned(),
            outcome.receipts.iter().map(receipt).collect(),
        );
    }
    Value::Object(row)
}

fn skipped(skipped: &Skipped) -> Value {
    json!({
        "payment_id": skipped.payment.as_str(),
        "code": Code::from(skipped.reason).name(),
    })
}

fn operation(id: &OperationId, standing: Standing, language: Language) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("operation_id".to_owned(), id.as_str().into());
    let (state, result) = match standing {
        Standing::Running => ("running", None),
        Standing::InDoubt(doubt) => {
            row.insert("doubt".to_owned(), self::doubt(&doubt));
            ("in_doubt", Some(in_doubt(id, language)))
        }
        Standing::Finished(outcome) => ("finished", Some(finished(id, &outcome, language))),
    };
    row.insert("state".to_owned(), state.into());
    if let Some(result) = result {
        row.insert("result".to_owned(), result);
    }
    row
}

fn in_doubt(operation: &OperationId, language: Language) -> Value {
    let mut row = Map::new();
    row.insert("operation_id".to_owned(), operation.as_str().into());
    row.insert("outcome".to_owned(), "in_doubt".into());
    add_told(&mut row, Code::InDoubt, language);
    Value::Object(row)
}

/// What a person needs who has to say how it ended.
fn doubt(doubt: &Doubt) -> Value {
    let (place, name) = match &doubt.call {
        Call::Terminal { terminal, .. } => ("terminal", terminal.as_str()),
        Call::Processor { account, .. } => ("merchant_account", account.as_str()),
    };
    let amount = doubt.call.amount();
    json!({
        place: name,
        "asked": doubt.call.name(),
        "amount_minor": amount.map(|amount| amount.minor),
        "currency": amount.map(|amount| amount.currency.code()),
        "inquiries": doubt.inquiries,
        "transaction_before": doubt.before.as_ref().map(mark),
        "last_transaction": doubt.last.as_ref().map(mark),
        "evidence": doubt.evidence(),
        "is_parked": doubt.is_parked,
    })
}

fn mark(mark: &TransactionMark) -> Value {
    json!({
        "receipt_number": mark.receipt_number,
        "trace_number": mark.trace_number,
        "date": mark.date,
        "time": mark.time,
    })
}

fn add_told(row: &mut Map<String, Value>, code: Code, language: Language) {
    let message = tell(row, code, language, &Facts::default());
    row.insert("message".to_owned(), message.into());
}

/// A payment without its tokens.
fn payment(payment: &Payment) -> Value {
    let terminal = payment.terminal.as_ref();
    json!({
        "payment_id": payment.id.as_str(),
        "order_id": payment.order.as_ref().map(crate::domain::id::OrderId::as_str),
        "merchant_account": payment.account.as_ref().map(crate::domain::id::MerchantAccountId::as_str),
        "status": word(&payment.status()),
        "actions": payment.actions().iter().map(word).collect::<Vec<_>>(),
        "currency": payment.currency.code(),
        "authorized_minor": payment.authorized,
        "captured_minor": payment.captured,
        "voided_minor": payment.voided,
        "refunded_minor": payment.refunded,
        "queued_minor": payment.queued,
        "uncaptured_minor": payment.uncaptured,
        "masked_pan": payment.card.as_ref().and_then(masked_pan),
        "brand": payment.card.as_ref().and_then(|card| card.brand.as_deref()),
        "has_card_token": payment.card_token.is_some(),
        "replaces": payment.replaces.as_ref().map(crate::domain::id::PaymentId::as_str),
        "receipt_number": terminal.and_then(|terminal| terminal.mark.receipt_number.as_deref()),
        "trace_number": terminal.and_then(|terminal| terminal.mark.trace_number.as_deref()),
        "authorization_code": terminal.and_then(|terminal| terminal.authorization_code.as_deref()),
        "terminal_id": terminal.and_then(|terminal| terminal.terminal_id.as_deref()),
        "authorized_at": payment.authorized_at.map(clock::format_utc),
        "expires_at": payment.expires_at.map(clock::format_utc),
    })
}

fn receipt(receipt: &Receipt) -> Value {
    let kind = match receipt.kind {
        ReceiptKind::Merchant => "merchant",
        ReceiptKind::Customer => "customer",
        ReceiptKind::Administration => "administration",
        ReceiptKind::Unknown => "unknown",
    };
    json!({"kind": kind, "lines": receipt.lines})
}

fn terminal(row: &TerminalRow) -> Value {
    json!({
        "terminal": row.id.as_str(),
        "connected": row.connected,
        "cause": row.cause,
        "operation_id": row.operation.as_ref().map(OperationId::as_str),
        "leased_to": row.lease.as_ref().map(|lease| lease.app.as_str()),
        "leased_until": row.lease.as_ref().map(|lease| clock::format_utc(lease.until)),
    })
}

/// A clock that is corrected now and then may step back so far, and nobody needs to hear of it.
const CLOCK_TOLERANCE_S: i64 = 60;

fn health(health: &Health) -> Value {
    let in_doubt: Vec<&str> = health.in_doubt.iter().map(OperationId::as_str).collect();
    let down = health.terminals.iter().any(|terminal| !terminal.connected);
    let clock_behind_s = health.clock_behind_ms.checked_div(1000).unwrap_or(0);
    let set_back = clock_behind_s > CLOCK_TOLERANCE_S;
    let unread = health.readers.iter().any(|reader| !reader.connected);
    let is_well = in_doubt.is_empty() && !down && !unread && !set_back;
    let state = match (&health.journal, is_well) {
        (Some(_), _) => "failed",
        (None, false) => "degraded",
        (None, true) => "ok",
    };
    json!({
        "state": state,
        "journal": health.journal.as_deref().unwrap_or("ok"),
        "clock": if set_back {
            format!("{clock_behind_s} s behind what was recorded last: was it set back?")
        } else {
            "ok".to_owned()
        },
        "terminals": health.terminals.iter().map(terminal).collect::<Vec<_>>(),
        "readers": health.readers.iter().map(nfc::reader).collect::<Vec<_>>(),
        "in_doubt": in_doubt,
        "running": health.running,
        "queued": health.queued,
    })
}

fn masked_pan(card: &firmware_protocols::vocabulary::card::Card) -> Option<&str> {
    card.masked_pan
        .as_ref()
        .map(firmware_protocols::vocabulary::card::MaskedPan::as_str)
}
