//! An order on the wire: as `order.put` takes it, `order.get` gives it and a file of orders holds it.
//! Tokens are sealed on the way in and opened on the way out.

use super::error::ApiError;
use super::form::{Time, Word};
use super::request as wire;
use super::text::{Phone, Prose, Text};
use super::{result, tender};
use crate::clock;
use crate::domain::id::{LineId, MerchantAccountId, OrderId, PaymentId, Timestamp};
use crate::domain::order::{Channel, Fulfilment, Line, LineState, Order, Tender};
use crate::domain::payment::Payment;
use crate::domain::search::PhoneEnd;
use crate::vault::Vault;

/// So many tags an order may have.
const TAGS_MAX: usize = 8;

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
    let lines = order.lines.into_iter().enumerate().map(read_line);
    let lines: Vec<Line> = lines.collect::<Result<_, ApiError>>()?;
    let id = OrderId::new(order.order_id.into_string());
    let mut tenders = Vec::new();
    let mut payments = Vec::new();
    for (at, tender) in order.tenders.into_iter().enumerate() {
        let name = match &tender.payment_id {
            Some(name) => PaymentId::new(name.as_str()),
            // The same place in a newer version of the order is the same payment.
            None => PaymentId::new(format!("{id}/{at}")),
        };
        tenders.push(Tender {
            payment: name.clone(),
            tender_type: tender.tender_type.clone().map(Text::into_string),
            card_type: tender.card_type.clone().map(Text::into_string),
            prepayment: tender.prepayment,
        });
        let account = tender.merchant_account.as_ref();
        let account = account.map(|name| MerchantAccountId::new(name.as_str()));
        let payment = Payment::opened(name, Some(id.clone()), account, order.currency);
        payments.push(tender::read(vault, at, tender, payment)?);
    }
    let total = order.total_minor;
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
        lines,
        deposit: order.deposit_minor.0,
        kept: order.kept_minor.0,
        waived: order.waived_minor.0,
        tenders,
        placed_at,
        phone,
        tags: order.tags.into_iter().map(Text::into_string).collect(),
    };
    let sum = order.total().minor;
    if total.is_some_and(|total| total.0 != sum) {
        let problem = format!("is not what the lines cost together, {sum}");
        return Err(ApiError::field("order.total_minor", &problem));
    }
    Ok((order, payments))
}

/// The digits of a phone number that are kept.
pub(super) fn read_phone(field: &str, phone: &Phone) -> Result<PhoneEnd, ApiError> {
    let problem = "must be a phone number, or at least its last four digits";
    PhoneEnd::of(phone.as_str()).ok_or_else(|| ApiError::field(field, problem))
}

pub(super) fn read_time(field: &str, text: Option<&Text>) -> Result<Option<Timestamp>, ApiError> {
    let problem = "must be a time such as 2026-01-31T12:00:00Z";
    let time = text
        .map(|text| clock::parse_utc(text.as_str()).ok_or_else(|| ApiError::field(field, problem)));
    time.transpose()
}

fn read_line((at, line): (usize, wire::Line)) -> Result<Line, ApiError> {
    if line.store.is_some() && !matches!(line.fulfilment, wire::Fulfilment::Pickup) {
        let field = format!("order.lines[{at}].store");
        return Err(ApiError::field(&field, "belongs to fulfilment: pickup"));
    }
    Ok(Line {
        id: LineId::new(line.line_id.into_string()),
        description: line.description.map(Prose::into_string),
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
    })
}

/// An order in the form in which [`read`] takes it; with clear tokens where there is a vault to open
/// them with, so that another store can capture.
pub(super) fn write(order: &Order, payments: &[Payment], tokens: Option<&Vault>) -> result::Order {
    let tenders = order
        .tenders
        .iter()
        .zip(payments)
        .map(|(tender, payment)| tender::write(tender, payment, tokens));
    let phone = order.phone.as_ref();
    result::Order {
        order_id: order.id.as_str().to_owned(),
        version: order.version,
        currency: order.currency.code(),
        channel: Word(order.channel),
        placed_at: order.placed_at.map(Time),
        customer_reference: order.customer_reference.clone(),
        phone: phone.map(|phone| phone.as_str().to_owned()),
        tags: order.tags.clone(),
        lines: order.lines.iter().map(write_line).collect(),
        total_minor: order.total().minor,
        deposit_minor: order.deposit,
        kept_minor: order.kept,
        waived_minor: order.waived,
        tenders: tenders.collect(),
    }
}

fn write_line(line: &Line) -> result::Line {
    let (fulfilment, store) = match &line.fulfilment {
        Fulfilment::CarryOut => (result::Fulfilment::CarryOut, None),
        Fulfilment::Pickup { store } => (result::Fulfilment::Pickup, store.clone()),
        Fulfilment::Ship => (result::Fulfilment::Ship, None),
    };
    result::Line {
        line_id: line.id.as_str().to_owned(),
        description: line.description.clone(),
        amount_minor: line.amount,
        fulfilment,
        store,
        // For others a line that is being handed over still waits.
        state: match line.state {
            LineState::Open | LineState::Reserved(_) => result::LineState::Open,
            LineState::Fulfilled => result::LineState::Fulfilled,
            LineState::Cancelled => result::LineState::Cancelled,
        },
    }
}
