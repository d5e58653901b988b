//! JSON bodies into requests. Whatever is wrong is named: the field, and what it should be.

use firmware_protocols::vocabulary::{Currency, Money};
use serde_json::Value;

use super::fault::{Fault, FaultKind};
use crate::bank::{Operation, Request, TerminalKind, TerminalTransaction};
use crate::terminal::HostAnswer;
use crate::wallet::{self, Decline};

/// A body that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field, `body` for the whole.
    pub field: &'static str,
    /// What it should be.
    pub reason: &'static str,
}

impl Invalid {
    const fn new(field: &'static str, reason: &'static str) -> Self {
        Self { field, reason }
    }

    /// As answered with status 400.
    #[must_use]
    pub fn body(self) -> Value {
        serde_json::json!({
            "error": "invalid_request",
            "field": self.field,
            "message": format!("{} {}", self.field, self.reason),
        })
    }
}

/// The object in a body.
///
/// # Errors
///
/// [`Invalid`] when it is not a JSON object.
pub fn parse(body: &[u8]) -> Result<Value, Invalid> {
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) | Err(_) => Err(Invalid::new("body", "must be a JSON object")),
    }
}

/// `POST /v1/authorizations`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn authorize(body: &Value) -> Result<Request, Invalid> {
    Ok(Request::Authorize {
        merchant: text_field(body, "merchant")?,
        card_token: text_field(body, "card_token")?,
        money: positive(money(body)?)?,
        reference: optional_text(body, "reference")?,
    })
}

/// `POST /v1/authorizations/{ref}/captures`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn capture(authorization: String, body: &Value) -> Result<Request, Invalid> {
    Ok(Request::Capture {
        authorization,
        merchant: text_field(body, "merchant")?,
        money: positive(money(body)?)?,
    })
}

/// `POST /v1/authorizations/{ref}/voids`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn void(authorization: String, body: &Value) -> Result<Request, Invalid> {
    Ok(Request::Void {
        authorization,
        merchant: text_field(body, "merchant")?,
        money: positive(money(body)?)?,
    })
}

/// `POST /v1/authorizations/{ref}/increments`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn increment(authorization: String, body: &Value) -> Result<Request, Invalid> {
    Ok(Request::Increment {
        authorization,
        merchant: text_field(body, "merchant")?,
        money: positive(money(body)?)?,
    })
}

/// `POST /v1/captures/{ref}/refunds`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn refund(capture: String, body: &Value) -> Result<Request, Invalid> {
    Ok(Request::Refund {
        capture,
        merchant: text_field(body, "merchant")?,
        money: positive(money(body)?)?,
    })
}

/// `POST /v1/terminal/transactions`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn terminal_transaction(body: &Value) -> Result<Request, Invalid> {
    const KINDS: &str = "must be sale, authorize, capture, reduce, void, reverse or refund";
    let kind = text_field(body, "kind")?;
    let kind = TerminalKind::from_word(&kind).ok_or(Invalid::new("kind", KINDS))?;
    let money = money(body)?;
    let card = optional_text(body, "card")?;
    let original = match body.get("original") {
        None | Some(Value::Null) => None,
        Some(original) => Some((
            text_field(original, "trace_number")?,
            text_field(original, "authorization_code")?,
        )),
    };
    if kind.reads_card() {
        positive(money)?;
        card.as_ref()
            .ok_or(Invalid::new("card", "is needed for this kind"))?;
    } else if original.is_none() {
        return Err(Invalid::new("original", "is needed for this kind"));
    }
    let want_token = match body.get("want_token") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(want)) => *want,
        Some(_) => return Err(Invalid::new("want_token", "must be true or false")),
    };
    Ok(Request::Terminal(TerminalTransaction {
        merchant: text_field(body, "merchant")?,
        terminal_id: text_field(body, "terminal_id")?,
        trace_number: text_field(body, "trace_number")?,
        kind,
        money,
        card,
        original,
        want_token,
    }))
}

/// The answer to a terminal's question, as its host gave it; `None` when it makes no sense.
#[must_use]
pub fn host_answer(body: &Value) -> Option<HostAnswer> {
    match body.get("status")?.as_str()? {
        "approved" => Some(HostAnswer::Approved {
            authorization_code: text_field(body, "authorization_code").ok()?,
            token: optional_text(body, "token").ok()?,
        }),
        "declined" => {
            let word = text_field(body, "decline").ok()?;
            let decline = Decline::from_word(&word).unwrap_or(Decline::IssuerDeclined);
            Some(HostAnswer::Declined(decline))
        }
        _ => None,
    }
}

/// `POST /control/faults`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn fault(body: &Value) -> Result<Fault, Invalid> {
    const KINDS: &str = "must be drop_answer, error_500, error_before or delay";
    let kind = match text_field(body, "do")?.as_str() {
        "drop_answer" => FaultKind::DropAnswer,
        "error_500" => FaultKind::ErrorAfter,
        "error_before" => FaultKind::ErrorBefore,
        "delay" => FaultKind::Delay(number(body, "delay_ms", None)?),
        _ => return Err(Invalid::new("do", KINDS)),
    };
    let count = number(body, "count", Some(1))?;
    let on = operation(body)?;
    Ok(Fault { on, kind, count })
}

/// `POST /control/decline`: on what, why, how often.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn decline_rule(body: &Value) -> Result<(Option<Operation>, Decline, u64), Invalid> {
    let decline = match optional_text(body, "decline")? {
        None => Decline::IssuerDeclined,
        Some(word) => Decline::from_word(&word).ok_or(Invalid::new(
            "decline",
            "must be a word of the table of declines",
        ))?,
    };
    Ok((operation(body)?, decline, number(body, "count", Some(1))?))
}

/// `POST /control/review`: the authorization, and whether it is approved.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn review(body: &Value) -> Result<(String, bool), Invalid> {
    let is_approved = match text_field(body, "decision")?.as_str() {
        "approve" => true,
        "reject" => false,
        _ => return Err(Invalid::new("decision", "must be approve or reject")),
    };
    Ok((text_field(body, "authorization")?, is_approved))
}

/// `POST /control/limit`: the card, and its new limit.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn limit(body: &Value) -> Result<(&'static str, u64), Invalid> {
    let name = text_field(body, "card")?;
    let card = wallet::card(&name).ok_or(Invalid::new("card", "must be a test card"))?;
    Ok((card.name, number(body, "limit_minor", None)?))
}

/// A text that must be there and not empty.
///
/// # Errors
///
/// [`Invalid`] names the field.
pub fn text_field(body: &Value, field: &'static str) -> Result<String, Invalid> {
    match body.get(field) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(_) => Err(Invalid::new(field, "must be a text that is not empty")),
        None => Err(Invalid::new(field, "is missing")),
    }
}

/// A text that may be missing.
///
/// # Errors
///
/// [`Invalid`] names the field.
pub fn optional_text(body: &Value, field: &'static str) -> Result<Option<String>, Invalid> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text_field(body, field).map(Some),
    }
}

/// A whole number that is not negative; `missing` where there is none.
///
/// # Errors
///
/// [`Invalid`] names the field.
pub fn number(body: &Value, field: &'static str, missing: Option<u64>) -> Result<u64, Invalid> {
    match (body.get(field), missing) {
        (None | Some(Value::Null), Some(missing)) => Ok(missing),
        (None, None) => Err(Invalid::new(field, "is missing")),
        (Some(value), _) => value
            .as_u64()
            .ok_or(Invalid::new(field, "must be a whole number, not negative")),
    }
}

fn money(body: &Value) -> Result<Money, Invalid> {
    let minor = number(body, "amount_minor", None)?;
    let code = text_field(body, "currency")?;
    let currency = Currency::from_code(&code).ok_or(Invalid::new(
        "currency",
        "must be an ISO 4217 code such as NOK",
    ))?;
    Ok(Money::new(minor, currency))
}

fn positive(money: Money) -> Result<Money, Invalid> {
    if money.is_zero() {
        return Err(Invalid::new("amount_minor", "must be more than 0"));
    }
    Ok(money)
}

fn operation(body: &Value) -> Result<Option<Operation>, Invalid> {
    const OPERATIONS: &str =
        "must be authorize, capture, void, increment, refund, terminal, inquire or any";
    Ok(Some(match text_field(body, "on")?.as_str() {
        "authorize" => Operation::Authorize,
        "capture" => Operation::Capture,
        "void" => Operation::Void,
        "increment" => Operation::Increment,
        "refund" => Operation::Refund,
        "terminal" => Operation::Terminal,
        "inquire" => Operation::Inquire,
        "any" => return Ok(None),
        _ => return Err(Invalid::new("on", OPERATIONS)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_wrong_is_named() {
        let good =
            json!({"merchant": "m", "card_token": "t", "amount_minor": 1, "currency": "NOK"});
        assert!(authorize(&good).is_ok());
        for (field, value) in [
            ("merchant", json!("")),
            ("merchant", json!(7)),
            ("card_token", Value::Null),
            ("amount_minor", json!(-1)),
            ("amount_minor", json!(0)),
            ("amount_minor", json!(1.5)),
            ("amount_minor", json!("1")),
            ("currency", json!("kroner")),
            ("reference", json!([])),
        ] {
            let mut bad = good.clone();
            bad[field] = value.clone();
            let invalid = authorize(&bad).expect_err(field);
            assert_eq!(invalid.field, field, "{value}");
        }
        assert_eq!(parse(b"[]").map_err(|invalid| invalid.field), Err("body"));
        assert_eq!(parse(b"{").map_err(|invalid| invalid.field), Err("body"));
    }

    #[test]
    fn terminal_transactions_need_a_card_or_an_original() {
        let body = |kind: &str| {
            json!({"merchant": "m", "terminal_id": "1", "trace_number": "2", "kind": kind,
                "amount_minor": 1, "currency": "NOK"})
        };
        let field = |body: Value| terminal_transaction(&body).map_err(|invalid| invalid.field);
        assert_eq!(field(body("sale")), Err("card"));
        assert_eq!(field(body("void")), Err("original"));
        assert_eq!(field(body("gift")), Err("kind"));
        let mut sale = body("sale");
        sale["card"] = json!("pin");
        assert!(field(sale).is_ok());
    }
}
