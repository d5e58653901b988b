//! `operation.park`: a person goes on without a payment in doubt, at another terminal or with other
//! means. The station still finds out how it ended, and gives back what it has taken.

use super::refund::refund_call;
use super::{Next, Plan, finish, is_approved, outcome, route};
use crate::domain::doubt::Doubt;
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::operation::{Call, Operation};
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::payment::Payment;
use crate::domain::rejection::Rejection;
use crate::domain::request::Parking;

pub(super) fn admit(draft: &Draft<'_>, wish: &Parking) -> Result<Vec<Entry>, Rejection> {
    let books = draft.before();
    let parked = books.operations.get(&wish.operation);
    let is_in_doubt = parked.is_some_and(|parked| Doubt::of(books, parked).is_some());
    is_in_doubt
        .then(Vec::new)
        .ok_or(Rejection::NotInDoubt)
}

/// What follows when a payment that nobody waits for turns out to be approved.
pub(super) fn take_back(draft: &Draft<'_>, operation: &Operation) -> Next {
    let payment = draft.payment(&operation.own_payment(0));
    match operation.steps.get(1) {
        Some(step) if is_approved(step) => finish(outcome(
            draft,
            operation,
            Verdict::Cancelled,
            Some(Reason::TakenBack),
        )),
        None if let Some((payment, call)) = payment.and_then(|it| Some((it, call(draft, it)?))) => {
            Next::Call(Box::new(Plan {
                payment: payment.id.clone(),
                opens: None,
                call,
            }))
        }
        Some(_) | None => finish(outcome(
            draft,
            operation,
            Verdict::Approved,
            Some(Reason::NotTakenBack),
        )),
    }
}

/// Releases what is held, gives back what is taken.
fn call(draft: &Draft<'_>, payment: &Payment) -> Option<Call> {
    let held = payment.open();
    if held.is_zero() {
        refund_call(draft, payment, payment.paid(), true)
    } else {
        Some(route::find(draft.directory(), payment)?.void(held))
    }
}
