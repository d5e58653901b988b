//! What follows when a processor's call is over, one way or another.

use super::on_answer;
use super::unanswered::{INQUIRIES_BEFORE_TELLING, delay, enter_doubt, inquire_later};
use crate::domain::command::ProcessorEnding;
use crate::domain::draft::Draft;
use crate::domain::event::Event;
use crate::domain::flow::{self, review};
use crate::domain::id::Timestamp;
use crate::domain::operation::{Answer, Call, Operation};
use crate::domain::outcome::Reason;
use crate::domain::queue::{self, Admission};

/// So many tries to reach a processor, then the step certainly did not happen.
const ATTEMPTS_TO_REACH: u32 = 3;

pub(super) fn on_finished(
    draft: &mut Draft<'_>,
    operation: &Operation,
    ending: &ProcessorEnding,
    now: Timestamp,
) {
    let Some((_, step)) = operation.pending() else {
        return;
    };
    if operation.is_review() {
        on_review(draft, operation, ending, now);
        return;
    }
    let attempts = step.attempts.saturating_add(1);
    match ending {
        ProcessorEnding::Answered(answer) if is_certain(&step.call, answer) => {
            on_answer(draft, operation, answer.clone(), &[], now);
            // Whoever waits for the same processor waits no longer.
            if let Call::Processor { account, .. } = &step.call {
                queue::proceed(draft, account, now, true);
            }
        }
        // Nothing is on its way: a report that comes twice.
        ProcessorEnding::Answered(_) | ProcessorEnding::NotSent | ProcessorEnding::InDoubt
            if step.waiting => {}
        ProcessorEnding::NotSent if flow::is_promise_due(operation) => {
            on_queue_in_vain(draft, operation, now);
        }
        ProcessorEnding::NotSent if step.in_doubt => ask_later(draft, operation, now),
        ProcessorEnding::NotSent if attempts < ATTEMPTS_TO_REACH && operation.holds() => {
            delay(draft, operation, attempts);
        }
        ProcessorEnding::NotSent => {
            let answer = match queue::admission(draft, operation, step, now) {
                Admission::Never => Answer::NotDone(Reason::ProcessorUnreachable),
                Admission::Exceeds => Answer::NotDone(Reason::ExceedsFloorLimit),
                Admission::Within => Answer::Queued,
            };
            on_answer(draft, operation, answer, &[], now);
        }
        ProcessorEnding::Answered(_) | ProcessorEnding::InDoubt => {
            if !step.in_doubt {
                enter_doubt(draft, operation);
            }
            ask_later(draft, operation, now);
        }
    }
}

/// A review that is not decided is asked about again, however the question ended: it moves nothing.
fn on_review(
    draft: &mut Draft<'_>,
    operation: &Operation,
    ending: &ProcessorEnding,
    now: Timestamp,
) {
    let Some((_, step)) = operation.pending() else {
        return;
    };
    match ending {
        ProcessorEnding::Answered(answer) if review::decides(answer) => {
            on_answer(draft, operation, answer.clone(), &[], now);
            if let Some(payment) = draft.payment(&step.payment) {
                let (payment, status) = (payment.id.clone(), payment.status());
                draft.event(Event::PaymentReviewed { payment, status });
            }
        }
        // Nothing is on its way: a report that comes twice.
        ProcessorEnding::Answered(_) | ProcessorEnding::NotSent | ProcessorEnding::InDoubt
            if step.waiting => {}
        ProcessorEnding::Answered(_) | ProcessorEnding::NotSent | ProcessorEnding::InDoubt => {
            review::ask_later(draft, &operation.id, step.attempts, now);
        }
    }
}

/// An inquiry of a processor was in vain. Before an app is told so, what may be promised is: the
/// queue keeps asking.
fn ask_later(draft: &mut Draft<'_>, operation: &Operation, now: Timestamp) {
    let Some((_, step)) = operation.pending() else {
        return;
    };
    if operation.queued().is_some() {
        on_queue_in_vain(draft, operation, now);
    } else if step.attempts.saturating_add(1) >= INQUIRIES_BEFORE_TELLING
        && queue::admission(draft, operation, step, now) == Admission::Within
    {
        on_answer(draft, operation, Answer::Queued, &[], now);
    } else {
        inquire_later(draft, operation);
    }
}

/// The processor could not be reached for the capture at the head of a queue. Those that have waited
/// long enough are given up.
fn on_queue_in_vain(draft: &mut Draft<'_>, operation: &Operation, now: Timestamp) {
    let given_up = queue::overdue(draft, operation, now);
    queue::postpone(draft, operation, &given_up, now);
    for over in given_up {
        if let Some(over) = draft.operation(&over).cloned() {
            let answer = Answer::NotDone(Reason::ProcessorUnreachable);
            on_answer(draft, &over, answer, &[], now);
        }
    }
}

/// A new authorization can be held for review. A capture, void or refund that is may still happen.
const fn is_certain(call: &Call, answer: &Answer) -> bool {
    let is_held = matches!(answer, Answer::OnHold { .. });
    !is_held || flow::begins_payment(call)
}
