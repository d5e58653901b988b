//! `payment.write_off`: a person says that what was promised and could not be taken is not expected any
//! more: it was paid by other means, or is given up. Nothing is asked of the outside.

use super::check_payment;
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::OperationId;
use crate::domain::payment::Movement;
use crate::domain::quote;
use crate::domain::rejection::Rejection;
use crate::domain::request::WriteOff;

pub(super) fn admit(
    draft: &Draft<'_>,
    operation: &OperationId,
    wish: &WriteOff,
) -> Result<Vec<Entry>, Rejection> {
    let payment = check_payment(draft, &wish.payment)?;
    let order = payment.order.as_ref().and_then(|id| draft.order(id));
    // Others may have paid a part of it since.
    let owed = order.map(|order| quote::due(draft.usable_payments(order), order, &[]).minor);
    let missing = payment.uncaptured.min(owed.unwrap_or(u64::MAX));
    if missing == 0 {
        return Err(Rejection::NothingToWriteOff);
    }
    let mut entries = vec![Entry::PaymentMoved {
        payment: payment.id.clone(),
        movement: Movement::WrittenOff { amount: missing },
    }];
    entries.extend(order.map(|order| Entry::PriceWaived {
        order: order.id.clone(),
        operation: operation.clone(),
        waived: order.waived.saturating_add(missing),
    }));
    Ok(entries)
}
