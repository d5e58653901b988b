//! `order.find` with `attention`: the work list of payments that somebody should look at.

use super::call::{Attention, Concern, Query};
use super::error::ApiError;
use super::form::Time;
use super::request as wire;
use super::result::{AttentionRow, FoundOrders, Why};
use super::search;

const DAYS_DEFAULT: u32 = 3;
const DAYS_MAX: u32 = 366;

/// Nothing else narrows it.
pub(super) fn read(params: &wire::OrderFind) -> Result<Query, ApiError> {
    let others = [
        ("order_id", params.order_id.is_some()),
        ("customer_reference", params.customer_reference.is_some()),
        ("phone", params.phone.is_some()),
        ("tag", params.tag.is_some()),
        ("tap", params.tap.is_some()),
        ("par", params.par.is_some()),
        ("card", params.card.is_some()),
        ("date", params.date.is_some()),
    ];
    if let Some((name, _)) = others.iter().find(|(_, is_there)| *is_there) {
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
pub(super) fn write(rows: &[Attention], more: bool) -> FoundOrders {
    FoundOrders::Attention {
        attention: rows.iter().map(row).collect(),
        more,
    }
}

fn row(found: &Attention) -> AttentionRow {
    let payment = &found.payment;
    let (why, amount) = match &found.concern {
        Concern::Expiring => (Why::Expiring, payment.open().minor),
        Concern::Queued { amount, .. } => (Why::Queued, amount.minor),
        Concern::CaptureFailed => (Why::CaptureFailed, payment.uncaptured),
        Concern::OnHold => (Why::OnHold, 0),
    };
    let row = AttentionRow {
        why,
        order_id: payment
            .order
            .as_ref()
            .map(|order| order.as_str().to_owned()),
        payment_id: payment.id.as_str().to_owned(),
        currency: payment.currency.code(),
        amount_minor: amount,
        expires_at: payment.expires_at.map(Time),
        queued_at: None,
        next_try_at: None,
        operation_id: None,
        in_doubt: None,
    };
    match &found.concern {
        Concern::Queued {
            operation,
            since,
            next_try,
            in_doubt,
            ..
        } => AttentionRow {
            queued_at: Some(Time(*since)),
            next_try_at: next_try.map(Time),
            operation_id: Some(operation.as_str().to_owned()),
            in_doubt: Some(*in_doubt),
            ..row
        },
        Concern::Expiring | Concern::CaptureFailed | Concern::OnHold => row,
    }
}
