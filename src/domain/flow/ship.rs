//! `order.ship`: lines leave for the customer and what is due for them is taken, from the order's own
//! tenders as at a pickup; nobody stands at a terminal with another card.

use super::{Next, pickup};
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::{LineId, OperationId, OrderId};
use crate::domain::operation::Operation;
use crate::domain::order::Fulfilment;
use crate::domain::rejection::Rejection;
use crate::domain::request::PickupTender;

pub(super) fn admit(
    draft: &Draft<'_>,
    operation: &OperationId,
    order: &OrderId,
    version: u64,
    lines: &[LineId],
) -> Result<Vec<Entry>, Rejection> {
    if lines.is_empty() {
        return Err(Rejection::NoLines);
    }
    let wish = pickup::Wish {
        order,
        version,
        lines,
        tender: &PickupTender::Available,
    };
    let entries = pickup::admit(draft, operation, &wish)?;
    let lines = draft.order(order).map_or(&[][..], |order| &order.lines);
    let wrong = lines
        .iter()
        .find(|line| wish.lines.contains(&line.id) && line.fulfilment != Fulfilment::Ship);
    match wrong {
        Some(line) => Err(Rejection::LineNotShipped(line.id.clone())),
        None => Ok(entries),
    }
}

pub(super) fn next(draft: &Draft<'_>, operation: &Operation, order: &OrderId) -> Next {
    pickup::next(draft, operation, order, &PickupTender::Available)
}
