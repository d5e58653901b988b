//! Orders that were made elsewhere and come in, one by one or many at once.

use super::draft::{Decision, Draft};
use super::entry::Entry;
use super::flow::{self, review};
use super::id::Timestamp;
use super::order::Order;
use super::payment::{Payment, Standing};
use super::rejection::Rejection;
use super::state::State;

/// Takes in an order that was made elsewhere, by the rules of `order.put`, without an operation that
/// an app could ask for. The effects are those of a station that runs; one that is started later
/// recovers them.
pub fn take_in(
    state: &State,
    order: &Order,
    payments: &[Payment],
    now: Timestamp,
) -> Result<Decision, Rejection> {
    let mut draft = Draft::new(state);
    let entries = flow::take_in(&draft, order, payments, now)?;
    record(&mut draft, entries, now);
    Ok(draft.finish())
}

/// Records what was admitted. A payment that comes in while it is reviewed is followed up on.
pub(super) fn record(draft: &mut Draft<'_>, entries: Vec<Entry>, now: Timestamp) {
    for entry in entries {
        let reviewed = if let Entry::PaymentOpened { payment } = &entry
            && payment.standing == Standing::OnHold
        {
            Some(payment.clone())
        } else {
            None
        };
        draft.record(entry);
        if let Some(payment) = reviewed {
            review::start(draft, &payment, now);
        }
    }
}
