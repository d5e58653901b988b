//! `order.find`: what people know of an order, and what they are told of those that fit.

use super::call::{Hit, Query};
use super::error::ApiError;
use super::form::{Time, Word};
use super::order::read_phone;
use super::request as wire;
use super::tender::read_par;
use super::text::Text;
use super::{Gateway, attention, result};
use crate::clock;
use crate::domain::id::{OrderId, TapId, Timestamp};
use crate::domain::order::LineState;
use crate::domain::search::{Mark, Search, Wanted};
use crate::vault::TokenKind;

const LIMIT_DEFAULT: usize = 20;
const LIMIT_MAX: usize = 100;

impl Gateway {
    /// The question that is asked: orders that fit, or the work list.
    pub(super) fn find(&self, params: &wire::OrderFind) -> Result<Query, ApiError> {
        if params.attention {
            return attention::read(params);
        }
        if params.within_days.is_some() {
            return Err(ApiError::field("within_days", "belongs to attention"));
        }
        if let Some(tap) = &params.tap {
            return by_tap(params, tap);
        }
        Ok(Query::Orders(self.search(params)?))
    }

    fn search(&self, params: &wire::OrderFind) -> Result<Search, ApiError> {
        let card_date = "must be there with card";
        if params.card.is_some() && params.date.is_none() {
            return Err(ApiError::field("date", card_date));
        }
        let limit = limit(params)?;
        Ok(Search {
            wanted: self.wanted(params)?,
            placed: placed(params)?,
            limit,
        })
    }

    /// The one way of searching that is given.
    fn wanted(&self, params: &wire::OrderFind) -> Result<Wanted, ApiError> {
        let mut ways = Vec::new();
        if let Some(id) = &params.order_id {
            ways.push(Wanted::Order(OrderId::new(id.as_str())));
        }
        if let Some(reference) = &params.customer_reference {
            ways.push(Wanted::Mark(Mark::customer_reference(reference.as_str())));
        }
        if let Some(phone) = &params.phone {
            ways.push(Wanted::Mark(Mark::phone(&read_phone("phone", phone)?)));
        }
        if let Some(tag) = &params.tag {
            ways.push(Wanted::Mark(Mark::tag(tag.as_str())));
        }
        if let Some(par) = &params.par {
            let digest = self.vault.digest(TokenKind::Account, read_par("par", par)?);
            ways.push(Wanted::Mark(Mark::account(&digest)));
        }
        if let Some(card) = &params.card {
            let problem = "must be a masked card number, or its last four digits";
            let mark = Mark::card(card.as_str()).ok_or_else(|| ApiError::field("card", problem))?;
            ways.push(Wanted::Mark(mark));
        }
        match (ways.pop(), ways.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) | (None, _) => Err(ApiError::field("order_id", WAYS)),
        }
    }
}

const WAYS: &str =
    "give one of order_id, customer_reference, phone, tag, tap, par, card, attention";

fn by_tap(params: &wire::OrderFind, tap: &Text) -> Result<Query, ApiError> {
    let others = [
        params.order_id.is_some(),
        params.customer_reference.is_some(),
        params.phone.is_some(),
        params.tag.is_some(),
        params.par.is_some(),
        params.card.is_some(),
    ];
    if others.contains(&true) {
        return Err(ApiError::field("order_id", WAYS));
    }
    Ok(Query::Tapped {
        tap: TapId::new(tap.as_str()),
        placed: placed(params)?,
        limit: limit(params)?,
    })
}

/// The day on which they were placed.
fn placed(params: &wire::OrderFind) -> Result<Option<(Timestamp, Timestamp)>, ApiError> {
    let problem = "must be a day such as 2026-01-31";
    let day = params.date.as_ref().map(|date| {
        clock::parse_day(date.as_str()).ok_or_else(|| ApiError::field("date", problem))
    });
    day.transpose()
}

/// How many are wanted.
pub(super) fn limit(params: &wire::OrderFind) -> Result<usize, ApiError> {
    let limit = params
        .limit
        .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    if (1..=LIMIT_MAX).contains(&limit) {
        Ok(limit)
    } else {
        let problem = format!("must be from 1 to {LIMIT_MAX}");
        Err(ApiError::field("limit", &problem))
    }
}

/// What was found. No token is told, and nothing of a phone number.
pub(super) fn write(hits: &[Hit], more: bool) -> result::FoundOrders {
    result::FoundOrders::Orders {
        orders: hits.iter().map(hit).collect(),
        more,
    }
}

fn hit(hit: &Hit) -> result::Hit {
    let order = &hit.order;
    let open = order
        .lines
        .iter()
        .filter(|line| line.state == LineState::Open);
    result::Hit {
        order_id: order.id.as_str().to_owned(),
        version: order.version,
        channel: Word(order.channel),
        status: Word(order.progress()),
        customer_reference: order.customer_reference.clone(),
        placed_at: Time(hit.placed_at),
        lines: order.lines.len(),
        lines_open: open.count(),
        currency: order.currency.code(),
        total_minor: order.total().minor,
        secured_minor: hit.quote.secured.minor,
        paid_minor: hit.quote.paid.minor,
    }
}
