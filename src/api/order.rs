//! An order on the wire: as `order.put` takes it, `order.get` gives it and a file of orders holds it.
//! Tokens are sealed on the way in and opened on the way out.

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::card::{Card, MaskedPan};
use serde_json::{Map, Value};

use super::error::{ApiError, word};
use super::request as wire;
use super::text::Text;
use crate::clock;
use crate::domain::id::{LineId, MerchantAccountId, OrderId, PaymentId, SealedToken, Timestamp};
use crate::domain::order::{Channel, Fulfilment, Line, LineState, Order, Tender};
use crate::domain::payment::{Capture, Payment};
use crate::domain::search::{AccountReference, PhoneEnd};
use crate::vault::{TokenKind, Vault, VaultError};

/// So many tags an order may have.
const TAGS_MAX: usize = 8;

/// A payment account reference has exactly so many characters (EMV Payment Tokenisation).
const PAR_LENGTH: usize = 29;

/// An order and its payments, in the sequence of its tenders.
pub(super) fn read(vault: &Vault, order: wire::Order) -> Result<(Order, Vec<Payment>), ApiError> {
    if order.version > u64::from(u32::MAX) {
        return Err(ApiError::field("order.version", "is too large"));
    }
    if order.tags.len() > TAGS_MAX {
        let problem = format!("must not be more than {TAGS_MAX}");
        return Err(ApiError::field("order.tags", &problem));
    }
    let placed_at = read_time("order.placed_at", order.placed_at.as_ref())?;
    let phone = order
        .phone
        .as_ref()
        .map(|phone| read_phone("order.phone", phone));
    let phone = phone.transpose()?;
    let id = OrderId::new(order.order_id.into_string());
    let mut tenders = Vec::new();
    let mut payments = Vec::new();
    for (at, tender) in order.tenders.into_iter().enumerate() {
        let payment = PaymentParts {
            id: match &tender.payment_id {
                Some(name) => PaymentId::new(name.as_str()),
                // The same place in a newer version of the order is the same payment.
                None => PaymentId::new(format!("{id}/{at}")),
            },
            order: id.clone(),
            at,
        };
        tenders.push(Tender {
            payment: payment.id.clone(),
            tender_type: tender.tender_type.clone().map(Text::into_string),
            card_type: tender.card_type.clone().map(Text::into_string),
            prepayment: tender.prepayment,
        });
        payments.push(read_payment(vault, payment, tender, order.currency)?);
    }
    let order = Order {
        id,
        version: order.version,
        currency: order.currency,
        channel: match order.channel {
            wire::Channel::Store => Channel::Store,
            wire::Channel::Online => Channel::Online,
            wire::Channel::CallCenter => Channel::CallCenter,
        },
        customer_reference: order.customer_reference.map(Text::into_string),
        lines: order.lines.into_iter().map(read_line).collect(),
        deposit: order.deposit_minor.0,
        kept: order.kept_minor.0,
        tenders,
        placed_at,
        phone,
        tags: order.tags.into_iter().map(Text::into_string).collect(),
    };
    Ok((order, payments))
}

/// The digits of a phone number that are kept.
pub(super) fn read_phone(field: &str, phone: &Text) -> Result<PhoneEnd, ApiError> {
    let problem = "must be a phone number, or at least its last four digits";
    PhoneEnd::of(phone.as_str()).ok_or_else(|| ApiError::field(field, problem))
}

/// Checks a payment account reference.
pub(super) fn read_par<'a>(field: &str, par: &'a Text) -> Result<&'a str, ApiError> {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if par.as_str().len() == PAR_LENGTH && par.as_str().bytes().all(is_part) {
        Ok(par.as_str())
    } else {
        let problem = format!("must be {PAR_LENGTH} capital letters and digits");
        Err(ApiError::field(field, &problem))
    }
}

/// What a tender's payment gets from its order.
struct PaymentParts {
    id: PaymentId,
    order: OrderId,
    at: usize,
}

fn read_payment(
    vault: &Vault,
    parts: PaymentParts,
    tender: wire::Tender,
    currency: Currency,
) -> Result<Payment, ApiError> {
    let field = |name: &str| format!("order.tenders[{}].{name}", parts.at);
    let expires_at = read_time(&field("expires_at"), tender.expires_at.as_ref())?;
    if tender.authorized_minor.0 > 0 && tender.auth_token.is_none() {
        return Err(ApiError::field(
            &field("auth_token"),
            "must be there when money is held",
        ));
    }
    let par = match &tender.par {
        None => None,
        Some(par) => {
            let par = read_par(&field("par"), par)?;
            Some(AccountReference {
                sealed: seal(vault, TokenKind::Account, par)?,
                digest: vault.digest(TokenKind::Account, par),
            })
        }
    };
    let account = tender
        .merchant_account
        .map(|name| MerchantAccountId::new(name.into_string()));
    let sealed = |kind, token: &Option<Text>| {
        let token = token
            .as_ref()
            .map(|token| seal(vault, kind, token.as_str()));
        token.transpose()
    };
    let captured = Capture {
        amount: tender.captured_minor.0,
        refunded: tender.refunded_minor.0,
        token: sealed(TokenKind::Reference, &tender.auth_token)?,
    };
    let card = tender.masked_pan.is_some() || tender.brand.is_some();
    let card = card.then(|| Card {
        masked_pan: tender.masked_pan.map(|pan| MaskedPan::of(pan.as_str())),
        brand: tender.brand.map(Text::into_string),
        entry_mode: None,
    });
    Ok(Payment {
        authorized: tender.authorized_minor.0,
        captured: tender.captured_minor.0,
        voided: tender.voided_minor.0,
        refunded: tender.refunded_minor.0,
        card,
        card_token: sealed(TokenKind::Card, &tender.card_token)?,
        auth_token: sealed(TokenKind::Reference, &tender.auth_token)?,
        captures: if captured.amount > 0 {
            vec![captured]
        } else {
            Vec::new()
        },
        expires_at,
        par,
        ..Payment::opened(parts.id, Some(parts.order), account, currency)
    })
}

fn read_time(field: &str, text: Option<&Text>) -> Result<Option<Timestamp>, ApiError> {
    let problem = "must be a time such as 2026-01-31T12:00:00Z";
    let time = text
        .map(|text| clock::parse_utc(text.as_str()).ok_or_else(|| ApiError::field(field, problem)));
    time.transpose()
}

fn seal(vault: &Vault, kind: TokenKind, clear: &str) -> Result<SealedToken, ApiError> {
    vault
        .seal(kind, clear)
        .map_err(|_: VaultError| ApiError::internal())
}

fn read_line(line: wire::Line) -> Line {
    Line {
        id: LineId::new(line.line_id.into_string()),
        description: line.description.map(Text::into_string),
        amount: line.amount_minor.0,
        fulfilment: match line.fulfilment {
            wire::Fulfilment::CarryOut => Fulfilment::CarryOut,
            wire::Fulfilment::Pickup => Fulfilment::Pickup {
                store: line.store.map(Text::into_string),
            },
            wire::Fulfilment::Ship => Fulfilment::Ship,
        },
        state: match line.state {
            wire::LineState::Open => LineState::Open,
            wire::LineState::Fulfilled => LineState::Fulfilled,
            wire::LineState::Cancelled => LineState::Cancelled,
        },
    }
}

/// An order in the form in which [`read`] takes it; with clear tokens where there is a vault to open
/// them with, so that another store can capture.
pub(super) fn write(order: &Order, payments: &[Payment], tokens: Option<&Vault>) -> Value {
    let tenders = order.tenders.iter().zip(payments).map(|(tender, payment)| {
        let mut row = write_tender(tender, payment);
        if let Some(vault) = tokens {
            add_tokens(&mut row, payment, vault);
        }
        Value::Object(row)
    });
    let tenders: Vec<Value> = tenders.collect();
    let mut row = Map::new();
    row.insert("order_id".to_owned(), order.id.as_str().into());
    row.insert("version".to_owned(), order.version.into());
    row.insert("currency".to_owned(), order.currency.code().into());
    row.insert("channel".to_owned(), word(&order.channel));
    let texts = [
        ("placed_at", order.placed_at.map(clock::format_utc)),
        ("customer_reference", order.customer_reference.clone()),
        (
            "phone",
            order.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        ),
    ];
    insert_texts(&mut row, texts);
    if !order.tags.is_empty() {
        row.insert("tags".to_owned(), order.tags.clone().into());
    }
    row.insert(
        "lines".to_owned(),
        order.lines.iter().map(write_line).collect(),
    );
    row.insert("deposit_minor".to_owned(), order.deposit.into());
    if order.kept > 0 {
        row.insert("kept_minor".to_owned(), order.kept.into());
    }
    row.insert("tenders".to_owned(), tenders.into());
    Value::Object(row)
}

fn add_tokens(row: &mut Map<String, Value>, payment: &Payment, vault: &Vault) {
    let par = payment.par.as_ref().map(|par| par.sealed.clone());
    for (name, kind, token) in [
        ("card_token", TokenKind::Card, &payment.card_token),
        ("auth_token", TokenKind::Reference, &payment.auth_token),
        ("par", TokenKind::Account, &par),
    ] {
        let clear = token
            .as_ref()
            .and_then(|token| vault.unseal(kind, token).ok());
        if let Some(clear) = clear {
            row.insert(name.to_owned(), clear.into());
        }
    }
}

fn write_tender(tender: &Tender, payment: &Payment) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("payment_id".to_owned(), payment.id.as_str().into());
    row.insert("prepayment".to_owned(), tender.prepayment.into());
    let card = payment.card.as_ref();
    let masked = card
        .and_then(|card| card.masked_pan.clone())
        .map(String::from);
    let brand = card.and_then(|card| card.brand.clone());
    let texts = [
        ("tender_type", tender.tender_type.clone()),
        ("card_type", tender.card_type.clone()),
        (
            "merchant_account",
            payment.account.as_ref().map(|id| id.as_str().to_owned()),
        ),
        ("masked_pan", masked),
        ("brand", brand),
        ("expires_at", payment.expires_at.map(clock::format_utc)),
    ];
    insert_texts(&mut row, texts);
    for (name, minor) in [
        ("authorized_minor", payment.authorized),
        ("captured_minor", payment.captured),
        ("voided_minor", payment.voided),
        ("refunded_minor", payment.refunded),
    ] {
        row.insert(name.to_owned(), minor.into());
    }
    row
}

fn write_line(line: &Line) -> Value {
    let mut row = Map::new();
    row.insert("line_id".to_owned(), line.id.as_str().into());
    if let Some(description) = &line.description {
        row.insert("description".to_owned(), description.as_str().into());
    }
    row.insert("amount_minor".to_owned(), line.amount.into());
    let (fulfilment, store) = match &line.fulfilment {
        Fulfilment::CarryOut => ("carry_out", None),
        Fulfilment::Pickup { store } => ("pickup", store.as_deref()),
        Fulfilment::Ship => ("ship", None),
    };
    row.insert("fulfilment".to_owned(), fulfilment.into());
    if let Some(store) = store {
        row.insert("store".to_owned(), store.into());
    }
    // For others a line that is being handed over still waits.
    let state = match line.state {
        LineState::Open | LineState::Reserved(_) => "open",
        LineState::Fulfilled => "fulfilled",
        LineState::Cancelled => "cancelled",
    };
    row.insert("state".to_owned(), state.into());
    Value::Object(row)
}

fn insert_texts<const N: usize>(row: &mut Map<String, Value>, texts: [(&str, Option<String>); N]) {
    for (name, text) in texts {
        if let Some(text) = text {
            row.insert(name.to_owned(), text.into());
        }
    }
}
