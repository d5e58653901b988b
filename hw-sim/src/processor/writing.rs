//! Answers and books into JSON, and a terminal's request as its host gets it.

use serde_json::{Map, Value, json};

use crate::bank::{Answer, Authorization, Bank, Origin, Phase, Request, Status};
use crate::bank::{Capture, TerminalTransaction};
use crate::calendar::Calendar;

/// HTTP status of a request that was carried out, declined ones included.
#[must_use]
pub const fn status_code() -> u16 {
    201
}

/// The body that answers `request`.
#[must_use]
pub fn answer(request: &Request, answer: &Answer) -> Value {
    let mut body = Map::new();
    let made = match request {
        Request::Authorize { .. } | Request::Terminal(_) => "authorization",
        Request::Capture { .. } => "capture",
        Request::Void { .. } => "void",
        Request::Increment { .. } => "increment",
        Request::Refund { .. } => "refund",
    };
    put(&mut body, made, answer.made.as_deref());
    let (status, decline) = match answer.status {
        Status::Approved => ("approved", None),
        Status::Declined(decline) => ("declined", Some(decline.word())),
        Status::OnHold => ("on_hold", None),
    };
    put(&mut body, "status", Some(status));
    put(&mut body, "decline", decline);
    body.insert("amount_minor".to_owned(), answer.money.minor.into());
    put(&mut body, "currency", Some(answer.money.currency.code()));
    let expires_at = answer.expires_at.map(rfc3339);
    put(&mut body, "expires_at", expires_at.as_deref());
    let code = answer.authorization_code.as_deref();
    put(&mut body, "authorization_code", code);
    put(&mut body, "token", answer.token.as_deref());
    Value::Object(body)
}

/// What `GET /v1/authorizations/{ref}` says.
#[must_use]
pub fn authorization(one: &Authorization) -> Value {
    let status = match one.phase {
        Phase::Approved => "approved",
        Phase::OnHold(_) => "on_hold",
        Phase::Rejected => "rejected",
        Phase::Expired => "expired",
    };
    let movements: Vec<Value> = one
        .movements
        .iter()
        .map(|movement| {
            json!({
                "kind": movement.kind.word(),
                "amount_minor": movement.amount_minor,
                "key": movement.key,
            })
        })
        .collect();
    let mut body = json!({
        "id": one.id(),
        "status": status,
        "merchant": one.merchant,
        "card": one.card,
        "origin": match one.origin {
            Origin::Terminal => "terminal",
            Origin::Processor => "processor",
        },
        "currency": one.currency.code(),
        "authorized_minor": one.authorized,
        "captured_minor": one.captured,
        "voided_minor": one.voided,
        "expired_minor": one.expired,
        "refunded_minor": one.refunded,
        "authorization_code": one.authorization_code,
        "expires_at": rfc3339(one.expires_at),
        "movements": movements,
    });
    if let (Some(reference), Value::Object(body)) = (&one.reference, &mut body) {
        put(body, "reference", Some(reference));
    }
    body
}

/// What `GET /books` says.
#[must_use]
pub fn books(bank: &Bank) -> Value {
    let authorizations: Vec<Value> = bank.authorizations().map(authorization).collect();
    let captures: Vec<Value> = bank.captures().map(capture).collect();
    let credits: Vec<Value> = bank
        .credits()
        .map(|credit| {
            json!({
                "id": credit.id(),
                "merchant": credit.merchant,
                "card": credit.card,
                "amount_minor": credit.money.minor,
                "currency": credit.money.currency.code(),
                "key": credit.key,
                "reversed": credit.is_reversed,
            })
        })
        .collect();
    let declined: Vec<Value> = bank
        .refused()
        .map(|refused| {
            json!({
                "operation": format!("{:?}", refused.operation).to_lowercase(),
                "merchant": refused.merchant,
                "amount_minor": refused.money.minor,
                "currency": refused.money.currency.code(),
                "decline": refused.decline.word(),
                "key": refused.key,
            })
        })
        .collect();
    let totals: Map<String, Value> = bank
        .totals()
        .into_iter()
        .map(|(code, captured, refunded, held)| {
            let sums = json!({
                "captured_minor": captured,
                "refunded_minor": refunded,
                "held_minor": held,
            });
            (code.to_owned(), sums)
        })
        .collect();
    json!({
        "authorizations": authorizations,
        "captures": captures,
        "credits": credits,
        "declined": declined,
        "totals": totals,
    })
}

/// The body of a terminal's request to its host.
#[must_use]
pub fn terminal_request(asked: &TerminalTransaction) -> Value {
    let original = asked.original.as_ref().map(
        |(trace_number, code)| json!({ "trace_number": trace_number, "authorization_code": code }),
    );
    json!({
        "merchant": asked.merchant,
        "terminal_id": asked.terminal_id,
        "trace_number": asked.trace_number,
        "kind": asked.kind.word(),
        "amount_minor": asked.money.minor,
        "currency": asked.money.currency.code(),
        "card": asked.card,
        "original": original,
        "want_token": asked.want_token,
    })
}

fn capture(one: &Capture) -> Value {
    json!({
        "id": one.id(),
        "authorization": format!("au_{:06}", one.authorization),
        "amount_minor": one.amount_minor,
        "refunded_minor": one.refunded_minor,
        "reversed": one.is_reversed,
    })
}

fn put(body: &mut Map<String, Value>, field: &str, text: Option<&str>) {
    if let Some(text) = text {
        body.insert(field.to_owned(), text.into());
    }
}

fn rfc3339(seconds: u64) -> String {
    Calendar::at(seconds).rfc3339()
}
