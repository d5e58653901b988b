//! `order.find` with `attention`: the work list of payments that somebody should look at.

use serde_json::{Map, Value, json};

use super::call::{Attention, Concern, Query};
use super::error::ApiError;
use super::request as wire;
use super::search;
use crate::clock;

const DAYS_DEFAULT: u32 = 3;
const DAYS_MAX: u32 = 366;

/// Nothing else narrows it.
pub(super) fn read(params: &wire::OrderFind) -> Result<Query, ApiError> {
    let others = [
        ("order_id", &params.order_id),
        ("customer_reference", &params.customer_reference),
        ("phone", &params.phone),
        ("tag", &params.tag),
        ("tap", &params.tap),
        ("par", &params.par),
        ("card", &params.card),
        ("date", &params.date),
    ];
    if let Some((name, _)) = others.iter().find(|(_, other)| other.is_some()) {
        return Err(ApiError::field(name, "does not go with attention"));
    }
    let within_days = params.within_days.unwrap_or(DAYS_DEFAULT);
    if within_days > DAYS_MAX {
        let problem = format!("must be at most {DAYS_MAX}");
        return Err(ApiError::field("within_days", &problem));
    }
    let limit = search::limit(params)?;
    Ok(Query::Attention { within_days, limit })
}

/// What was found, what ends first first.
pub(super) fn write(rows: &[Attention], more: bool) -> Value {
    json!({"attention": rows.iter().map(row).collect::<Vec<_>>(), "more": more})
}

fn row(found: &Attention) -> Value {
    let payment = &found.payment;
    let (why, amount) = match &found.concern {
        Concern::Expiring => ("expiring", payment.open().minor),
        Concern::Queued { amount, .. } => ("queued", amount.minor),
        Concern::CaptureFailed => ("capture_failed", payment.uncaptured),
        Concern::OnHold => ("on_hold", 0),
    };
    let mut row = Map::new();
    row.insert("why".to_owned(), why.into());
    if let Some(order) = &payment.order {
        row.insert("order_id".to_owned(), order.as_str().into());
    }
    row.insert("payment_id".to_owned(), payment.id.as_str().into());
    row.insert("currency".to_owned(), payment.currency.code().into());
    row.insert("amount_minor".to_owned(), amount.into());
    let mut time = |name: &str, at: Option<crate::domain::id::Timestamp>| {
        if let Some(at) = at {
            row.insert(name.to_owned(), clock::format_utc(at).into());
        }
    };
    time("expires_at", payment.expires_at);
    if let Concern::Queued {
        operation,
        since,
        next_try,
        in_doubt,
        ..
    } = &found.concern
    {
        time("queued_at", Some(*since));
        time("next_try_at", *next_try);
        row.insert("operation_id".to_owned(), operation.as_str().into());
        row.insert("in_doubt".to_owned(), (*in_doubt).into());
    }
    Value::Object(row)
}
