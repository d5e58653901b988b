//! `operation.park`: a person goes on without a payment in doubt, at another terminal or with other
//! means. The station still finds out how it ended, and gives back what it has taken.

use super::refund::refund_call;
use super::{Next, Plan, finish, is_approved, outcome, route};
use crate::domain::doubt::Doubt;
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::operation::{Answer, Call, Operation, Step};
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::payment::Payment;
use crate::domain::rejection::Rejection;
use crate::domain::request::Parking;

pub(super) fn admit(draft: &Draft<'_>, wish: &Parking) -> Result<Vec<Entry>, Rejection> {
    let books = draft.before();
    let parked = books.operations.get(&wish.operation);
    // Of a closing nothing could be given back, and nobody else may use the terminal before it ends.
    let parked = parked.filter(|parked| parked.request.batch_of().is_none());
    let is_in_doubt = parked.is_some_and(|parked| Doubt::of(books, parked).is_some());
    is_in_doubt.then(Vec::new).ok_or(Rejection::NotInDoubt)
}

/// So often it is tried to give money back. Each try is over for certain before the next one.
const TRIES: usize = 3;

/// What follows when a payment that nobody waits for turns out to be approved.
pub(super) fn take_back(draft: &Draft<'_>, operation: &Operation) -> Next {
    let tries = operation.steps.get(1..).unwrap_or_default();
    if tries.last().is_some_and(is_approved) {
        let reason = Some(Reason::TakenBack);
        return finish(outcome(draft, operation, Verdict::Cancelled, reason));
    }
    let is_not_done = |step: &Step| matches!(step.answer, Some(Answer::NotDone(_)));
    let again = tries.last().is_none_or(is_not_done) && tries.len() < TRIES;
    let payment = draft.payment(&operation.own_payment(0)).filter(|_| again);
    match payment.and_then(|payment| Some((payment, call(draft, payment)?))) {
        Some((payment, call)) => Next::Call(Box::new(Plan {
            payment: payment.id.clone(),
            opens: None,
            call,
        })),
        None => {
            let reason = Some(Reason::NotTakenBack);
            finish(outcome(draft, operation, Verdict::Approved, reason))
        }
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
