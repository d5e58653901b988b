//! What the control port of a terminal understands and tells, as values.

use firmware_protocols::time::Duration;
use firmware_protocols::zvt::message::{Input, Key};
use serde_json::{Value, json};

use super::payment::trace_number;
use super::receipt::masked;
use super::{Fault, FaultKind, Gesture, Pressed, RebootPoint, Record, Terminal, Typing};
use crate::calendar::Calendar;
use crate::processor::{Invalid, number, text_field};
use crate::scenario::{self, Scenario};
use crate::wallet::{self, Card};

/// What `POST /fault` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Something is to go wrong later.
    Fault(Fault),
    /// The power goes now.
    Reboot,
    /// Nothing is to go wrong any more.
    Clear,
}

/// What `GET /state` says.
#[must_use]
pub fn state(terminal: &Terminal) -> Value {
    let face = terminal.face();
    let transactions: Vec<Value> = terminal.store().records().iter().map(transaction).collect();
    json!({
        "presentations": face.presentations,
        "display": face.display,
        "amount": terminal.amount().map(|money| money.to_string()),
        "digits": terminal.config.currency.exponent().unwrap_or(0),
        "typing": typing(terminal.typing()),
        "typed": terminal.typed(),
        "tries_left": tries_left(terminal.typing()),
        "busy": terminal.is_busy(),
        "waits_for_card": terminal.waits_for_card(),
        "waits_for_input": terminal.waits_for_input(),
        "receipts_printed": face.receipts_printed,
        "card": face.card.name,
        "batches_closed": terminal.store().batches_closed(),
        "hold": face.hold,
        "paper": face.paper,
        "locked": terminal.locked().map(|code| format!("{code:02X}")),
        "transactions": transactions,
    })
}

/// `POST /card`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn card(body: &Value) -> Result<&'static Card, Invalid> {
    let name = text_field(body, "name")?;
    wallet::card(&name).ok_or(Invalid {
        field: "name",
        reason: "must be a test card, such as visa-approve, mc-approve, decline, \
                 insufficient-funds, expired, no-token, pin, pin-wrong, slow, low-limit, \
                 lost-token or unreadable",
    })
}

/// `POST /present`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn optional_card(body: &Value) -> Result<Option<&'static Card>, Invalid> {
    match body.get("name") {
        None | Some(Value::Null) => Ok(None),
        Some(_) => card(body).map(Some),
    }
}

/// `how` of `POST /present`.
///
/// # Errors
///
/// [`Invalid`] when it is none.
pub fn gesture(body: &Value) -> Result<Option<Gesture>, Invalid> {
    match body.get("how") {
        None | Some(Value::Null) => Ok(None),
        Some(_) => match Gesture::named(&text_field(body, "how")?) {
            Some(gesture) => Ok(Some(gesture)),
            None => Err(Invalid {
                field: "how",
                reason: "must be tap, insert or swipe",
            }),
        },
    }
}

/// `POST /key`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn key(body: &Value) -> Result<Pressed, Invalid> {
    Pressed::named(&text_field(body, "key")?).ok_or(Invalid {
        field: "key",
        reason: "must be a digit, ok, clear, stop, function, up, down, f1, f2, f3 or f4",
    })
}

/// What `GET /wallet` says: no number in full.
#[must_use]
pub fn cards() -> Value {
    let card = |card: &Card| {
        json!({
            "name": card.name,
            "brand": card.brand.name(),
            "number": masked(card).as_str(),
            "asks_for_pin": card.pin.is_some(),
        })
    };
    wallet::WALLET.iter().map(card).collect()
}

/// What can be let go wrong by hand, in the order of the buttons: a name for people, and the body of
/// `POST /fault`.
const FAULTS: [(&str, &str); 17] = [
    ("Approval never delivered", r#"{"kind": "lose_result"}"#),
    ("Result lost on the line", r#"{"kind": "lose_on_line"}"#),
    ("Completion lost", r#"{"kind": "lose_completion"}"#),
    ("Late result (5 s)", r#"{"kind": "late", "ms": 5000}"#),
    ("Busy", r#"{"kind": "busy"}"#),
    ("Mute", r#"{"kind": "mute"}"#),
    ("Deaf (5 s)", r#"{"kind": "deaf", "ms": 5000}"#),
    ("Refuse a frame (NAK)", r#"{"kind": "nak"}"#),
    ("Flip a bit", r#"{"kind": "corrupt"}"#),
    ("Drop a message", r#"{"kind": "drop"}"#),
    ("Double a message", r#"{"kind": "double"}"#),
    ("Split a message", r#"{"kind": "split"}"#),
    ("Noise on the line", r#"{"kind": "noise"}"#),
    (
        "Leave a payment out of the totals",
        r#"{"kind": "miscount"}"#,
    ),
    ("Reboot now", r#"{"kind": "reboot", "at": "now"}"#),
    (
        "Reboot after approval",
        r#"{"kind": "reboot", "at": "before_result"}"#,
    ),
    ("Clear all faults", r#"{"kind": "clear"}"#),
];

/// What `GET /faults` says.
#[must_use]
pub fn faults() -> Value {
    let fault = |(name, body): &(&str, &str)| {
        let fault = serde_json::from_str(body).unwrap_or(Value::Null);
        json!({ "name": name, "fault": fault })
    };
    FAULTS.iter().map(fault).collect()
}

/// What `GET /scenarios` says.
#[must_use]
pub fn scenarios() -> Value {
    let preset =
        |preset: &scenario::Preset| json!({ "name": preset.name, "summary": preset.summary() });
    scenario::PRESETS.iter().map(preset).collect()
}

/// `POST /hold`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn hold(body: &Value) -> Result<bool, Invalid> {
    let hold = body.get("hold").and_then(Value::as_bool);
    hold.ok_or(Invalid {
        field: "hold",
        reason: "must be true or false",
    })
}

/// `POST /type`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn input(body: &Value) -> Result<Input, Invalid> {
    if body.get("digits").is_some() {
        let digits = text_field(body, "digits")?;
        let are_digits = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
        return are_digits
            .then(|| Input::Digits(digits.into_bytes()))
            .ok_or(Invalid {
                field: "digits",
                reason: "must be digits",
            });
    }
    let key = key_named(&text_field(body, "key")?);
    key.map(Input::Key).ok_or(Invalid {
        field: "key",
        reason: "must be ok, clear, stop, function, up, down, f1, f2, f3 or f4",
    })
}

/// The key of this word.
#[must_use]
pub fn key_named(word: &str) -> Option<Key> {
    Some(match word {
        "ok" => Key::Ok,
        "clear" => Key::Clear,
        "stop" => Key::Stop,
        "function" => Key::Function,
        "up" => Key::Up,
        "down" => Key::Down,
        "f1" => Key::Numbered(1),
        "f2" => Key::Numbered(2),
        "f3" => Key::Numbered(3),
        "f4" => Key::Numbered(4),
        _ => return None,
    })
}

/// `POST /scenario`: one that is there, by `name`, or one as `text`.
///
/// # Errors
///
/// What is wrong, with the line of each mistake.
pub fn scenario(body: &Value) -> Result<Scenario, String> {
    let named = |name: &str| {
        let found = scenario::preset(name);
        found.ok_or_else(|| format!("there is no such scenario; there are {}", preset_names()))
    };
    let (what, text) = match (body.get("name"), body.get("text")) {
        (Some(Value::String(name)), None) => (name.as_str(), named(name)?.text),
        (None, Some(Value::String(text))) => ("line", text.as_str()),
        _ => return Err("give the name of a scenario that is there, or a text".to_owned()),
    };
    scenario::read(text).map_err(|problems| {
        let lines = problems.iter().map(|problem| format!("{what} {problem}"));
        lines.collect::<Vec<_>>().join("\n")
    })
}

/// The scenarios that are there.
#[must_use]
pub fn preset_names() -> String {
    let names = scenario::PRESETS.iter().map(|preset| preset.name);
    names.collect::<Vec<_>>().join(", ")
}

/// `POST /fault`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn fault(body: &Value) -> Result<Order, Invalid> {
    let count = number(body, "count", Some(1))?;
    let ms = |missing| milliseconds(body, Some(missing)).map(Duration::from_millis);
    let kind = match text_field(body, "kind")?.as_str() {
        "clear" => return Ok(Order::Clear),
        "reboot" => match reboot_point(body)? {
            Some(point) => FaultKind::Reboot(point),
            None => return Ok(Order::Reboot),
        },
        word => FaultKind::named(word, ms(3000)?).ok_or(Invalid {
            field: "kind",
            reason: "must be lose_result, lose_on_line, lose_completion, reboot, busy, mute, \
                     late, deaf, nak, corrupt, drop, double, split, noise, miscount or clear",
        })?,
    };
    Ok(Order::Fault(Fault { kind, count }))
}

/// The field `ms`.
///
/// # Errors
///
/// [`Invalid`] when it is no number.
pub fn milliseconds(body: &Value, missing: Option<u64>) -> Result<u64, Invalid> {
    number(body, "ms", missing)
}

/// `None` is at once.
fn reboot_point(body: &Value) -> Result<Option<RebootPoint>, Invalid> {
    match text_field(body, "at")?.as_str() {
        "now" => Ok(None),
        word => RebootPoint::named(word).map(Some).ok_or(Invalid {
            field: "at",
            reason: "must be now, before_card, after_card, before_result, before_ack or \
                     after_result",
        }),
    }
}

const fn typing(typing: Typing) -> &'static str {
    match typing {
        Typing::Pin(_) => "pin",
        Typing::Digits => "digits",
        Typing::Key => "key",
        Typing::Stop => "stop",
        Typing::Nothing => "nothing",
    }
}

const fn tries_left(typing: Typing) -> Option<u8> {
    match typing {
        Typing::Pin(left) => Some(left),
        Typing::Digits | Typing::Key | Typing::Stop | Typing::Nothing => None,
    }
}

fn transaction(record: &Record) -> Value {
    json!({
        "kind": record.kind.word(),
        "amount_minor": record.money.minor,
        "currency": record.money.currency.code(),
        "receipt": format!("{:04}", record.receipt),
        "trace": trace_number(record.trace),
        "authorization_code": record.authorization_code,
        "card": record.card.map(|card| card.name),
        "reserved_minor": record.reserved_minor,
        "at": Calendar::at(record.at).rfc3339(),
        "final": record.is_final,
        "reversed": record.is_reversed,
        "taken_back": record.is_forgotten,
        "submitted": record.is_submitted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faults_that_are_offered_are_those_that_are_understood() {
        let offered = faults();
        let mut kinds = Vec::new();
        for row in offered.as_array().unwrap() {
            assert!(fault(&row["fault"]).is_ok(), "{row}");
            kinds.push(row["fault"]["kind"].as_str().unwrap());
        }
        let words = FaultKind::WORDS.split([' ', ',']);
        for word in words.filter(|word| !word.is_empty() && *word != "or") {
            assert!(kinds.contains(&word), "{word} is offered nowhere");
        }
    }
}
