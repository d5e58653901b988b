//! What the control port of a reader understands and tells, as values.

use firmware_protocols::time::Duration;
use serde_json::{Value, json};

use super::card::{Card, Kind, Uid};
use super::chip::{Chip, Fault};
use super::wallet;
use crate::processor::{Invalid, number, optional_text, text_field};

/// `POST /tap`: a card of the wallet, with something of it changed if wanted.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn tap(body: &Value) -> Result<Card, Invalid> {
    let invalid = |field, reason| Invalid { field, reason };
    let name = text_field(body, "name")?;
    let mut card = wallet::card(&name).ok_or(invalid("name", UNKNOWN))?;
    if let Some(uid) = optional_text(body, "uid")? {
        let uid = bytes(&uid).filter(|uid| matches!(uid.len(), 4 | 7 | 10));
        card.uid = Uid::Fixed(uid.ok_or(invalid("uid", "must be 4, 7 or 10 bytes in hex"))?);
    }
    let message = match (optional_text(body, "text")?, optional_text(body, "uri")?) {
        (Some(text), _) => Some(wallet::text(&text)),
        (None, Some(uri)) => Some(wallet::uri(&uri)),
        (None, None) => None,
    };
    let par = optional_text(body, "par")?;
    match (&mut card.kind, message, par) {
        (Kind::Ultralight(held) | Kind::Type4(held), Some(message), None) => *held = message,
        (Kind::Payment(held) | Kind::PaymentB(held), None, par @ Some(_)) => *held = par,
        (_, None, None) => {}
        (_, Some(_), _) => return Err(invalid("text", "belongs to ultralight, blank or type4")),
        (_, None, Some(_)) => return Err(invalid("par", "belongs to a payment card or a phone")),
    }
    let standard = u64::try_from(card.answer_delay.as_millis()).unwrap_or(u64::MAX);
    card.answer_delay = Duration::from_millis(number(body, "answer_ms", Some(standard))?);
    if body.get("leaves_after").is_some() {
        let after = number(body, "leaves_after", None)?;
        card.leaves_after = Some(u32::try_from(after).unwrap_or(u32::MAX));
    }
    Ok(card)
}

/// What `POST /fault` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// So many of the next commands go wrong.
    Fault(Fault, u32),
    /// Nothing is to go wrong any more.
    Clear,
}

/// `POST /fault`.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn fault(body: &Value) -> Result<Order, Invalid> {
    let count = u32::try_from(number(body, "count", Some(1))?).unwrap_or(u32::MAX);
    let fault = match text_field(body, "kind")?.as_str() {
        "clear" => return Ok(Order::Clear),
        "no_ack" => Fault::NoAck,
        "nack" => Fault::Nack,
        "silent" => Fault::Silent,
        "bad_checksum" => Fault::BadChecksum,
        "error_frame" => Fault::ErrorFrame,
        "truncate" => Fault::Truncate,
        "noise" => Fault::Noise,
        _ => {
            return Err(Invalid {
                field: "kind",
                reason: "must be no_ack, nack, silent, bad_checksum, error_frame, truncate, noise \
                         or clear",
            });
        }
    };
    Ok(Order::Fault(fault, count))
}

/// `POST /remove`: which card is taken away; all when none is named.
///
/// # Errors
///
/// [`Invalid`] names the first field that is wrong.
pub fn remove(body: &Value) -> Result<Option<String>, Invalid> {
    optional_text(body, "name")
}

/// What `GET /state` says.
#[must_use]
pub fn state(chip: &Chip) -> Value {
    json!({
        "asleep": chip.is_asleep(),
        "field": chip.has_field(),
        "cards": chip.cards().collect::<Vec<_>>(),
        "commands": chip.commands(),
        "waits_for_card": chip.waits_for_card(),
    })
}

/// What `GET /log` says: everything that was exchanged with a card, in order.
#[must_use]
pub fn log(chip: &Chip) -> Value {
    let rows = chip.log().iter().map(|row| {
        json!({
            "at_ms": row.at.0,
            "card": row.card,
            "command": hex(&row.command),
            "answer": row.answer.as_deref().map(hex),
        })
    });
    json!({ "exchanges": rows.collect::<Vec<_>>() })
}

const UNKNOWN: &str = "must be one of the wallet: ultralight, blank, classic, type4, payment, \
    no-par, payment-b, phone, phone-locked, slow, leaves, nad or empty-ats";

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let pairs = pairs.iter().map(|pair| {
        let digits = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(digits, 16).ok()
    });
    pairs.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
