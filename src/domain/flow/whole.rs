//! Processors that capture an authorization only whole. A pickup of a part then holds and takes what
//! it needs by a new authorization with the card token; after that what the order still needs is held
//! anew, and only then is the old hold released. So the customer is never charged more than is due,
//! and whatever fails on the way, the old hold still stands for what is left.

use firmware_protocols::vocabulary::Money;

use super::{Plan, begins_payment, is_approved, reauthorize, releases, route, takes_money};
use crate::domain::directory::{Directory, PartialCapture};
use crate::domain::draft::Draft;
use crate::domain::id::PaymentId;
use crate::domain::operation::Operation;
use crate::domain::order::Order;
use crate::domain::payment::Payment;

/// Whether a payment can be captured only whole, and so much is not all of it.
#[must_use]
pub(super) fn is_too_little(directory: &Directory, payment: &Payment, amount: Money) -> bool {
    captures_whole(directory, payment) && amount.minor < payment.open().minor
}

/// Whether a part of a payment can be taken by no means.
pub(super) fn cannot_take(directory: &Directory, payment: &Payment, amount: Money) -> bool {
    let account = payment.account.as_ref();
    let capabilities = account.and_then(|id| directory.accounts.get(id));
    let by_token =
        capabilities.is_some_and(|it| it.card_token_authorization) && payment.card_token.is_some();
    is_too_little(directory, payment, amount) && !by_token
}

/// Holds the part that is needed now; one try for each tender.
pub(super) fn take_part(
    draft: &Draft<'_>,
    operation: &Operation,
    payment: &Payment,
    part: Money,
) -> Option<Plan> {
    made_for(draft, operation, &payment.id)
        .next()
        .is_none()
        .then(|| reauthorize::again(draft, operation, payment, part))
        .flatten()
}

/// After a part was taken: holds what the order still needs, then lets the old hold go.
pub(super) fn exchange(draft: &Draft<'_>, operation: &Operation, order: &Order) -> Option<Plan> {
    let mut payments = draft.usable_payments(order);
    payments.find_map(|old| {
        let is_held = captures_whole(draft.directory(), old)
            && old.terminal.is_none()
            && old.open().minor > 0;
        let made: Vec<&Payment> = made_for(draft, operation, &old.id).collect();
        let was_taken = made.iter().any(|payment| {
            let mut steps = operation.steps.iter();
            steps.any(|it| it.payment == payment.id && takes_money(&it.call) && is_approved(it))
        });
        let was_released = operation
            .steps
            .iter()
            .any(|step| step.payment == old.id && releases(&step.call));
        if !is_held || !was_taken || was_released {
            return None;
        }
        let others = draft
            .usable_payments(order)
            .filter(|payment| payment.id != old.id)
            .flat_map(|payment| [payment.paid_or_queued().minor, payment.open().minor])
            .fold(0, u64::saturating_add);
        let price = order.price();
        let needed = Money::new(price.minor.saturating_sub(others), price.currency);
        if needed.is_zero() {
            return Some(Plan {
                payment: old.id.clone(),
                opens: None,
                call: route::find(draft.directory(), old)?.void(old.open()),
            });
        }
        let is_first_try = made.len() == 1 && needed.minor < old.open().minor;
        is_first_try
            .then(|| reauthorize::again(draft, operation, old, needed))
            .flatten()
    })
}

/// The payments that the operation has asked for in the place of a part of an old one.
fn made_for<'a>(
    draft: &'a Draft<'_>,
    operation: &'a Operation,
    old: &'a PaymentId,
) -> impl Iterator<Item = &'a Payment> {
    let begun = operation.steps.iter().filter(|it| begins_payment(&it.call));
    begun
        .filter_map(|step| draft.payment(&step.payment))
        .filter(move |payment| payment.replaces.as_ref() == Some(old))
}

fn captures_whole(directory: &Directory, payment: &Payment) -> bool {
    let account = payment.account.as_ref();
    account
        .and_then(|id| directory.accounts.get(id))
        .is_some_and(|account| account.partial_capture == PartialCapture::None)
}
