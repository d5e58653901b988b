//! A capture that waits for its processor: taken when it can be, from the authorization that it was
//! promised from or, where that has ended, from a new one by card token. Goods are gone by then, so
//! what cannot be taken is told and stays on the payment until somebody takes it.

use firmware_protocols::vocabulary::Money;

use super::{Next, Plan, begins_payment, finish, is_approved, moved, outcome, reauthorize, route};
use crate::domain::draft::Draft;
use crate::domain::id::PaymentId;
use crate::domain::operation::{Answer, Approval, Call, Operation, Step};
use crate::domain::order::Order;
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::payment::{Action, Movement, Payment};
use crate::domain::request::QueuedCapture;

pub(super) fn next(draft: &Draft<'_>, operation: &Operation, queued: &QueuedCapture) -> Next {
    let order = queued.order.as_ref().and_then(|id| draft.order(id));
    if let Some(entries) = order.and_then(|order| reauthorize::adopt(draft, operation, order)) {
        return Next::Record(entries);
    }
    let plan = anew(draft, operation, queued)
        .or_else(|| capture_anew(draft, operation, queued))
        .or_else(|| tidy_up(draft, operation, order?));
    if let Some(plan) = plan {
        return Next::Call(Box::new(plan));
    }
    let taken = operation.steps.iter().filter_map(super::taken);
    let taken = taken.fold(0_u64, |sum, part| sum.saturating_add(part.minor));
    let missing = queued.amount.minor.saturating_sub(taken);
    let (verdict, reason) = match (taken, missing) {
        (_, 0) => (Verdict::Approved, None),
        (0, _) => (Verdict::Failed, Some(Reason::CaptureFailed)),
        (_, _) => (Verdict::Approved, Some(Reason::CaptureFailed)),
    };
    let missing = Money::new(missing, queued.amount.currency);
    finish(Outcome {
        balance_due: Some(missing).filter(|missing| !missing.is_zero()),
        ..outcome(draft, operation, verdict, reason)
    })
}

/// What an answer does to the money that was promised. What other steps do is what it always is.
pub(super) fn movements(
    draft: &Draft<'_>,
    operation: &Operation,
    queued: &QueuedCapture,
    step: &Step,
    answer: &Answer,
) -> Vec<(PaymentId, Movement)> {
    let amount = queued.amount.minor;
    let promised_from = |movement| (queued.payment.clone(), movement);
    let on_step = |movement| (step.payment.clone(), movement);
    match answer {
        Answer::Approved(approval) if begins_payment(&step.call) => {
            held_anew(queued, step, approval)
        }
        Answer::Approved(approval) => {
            let captured = Movement::QueuedCaptured {
                amount: moved(&step.call, approval),
                of: asked(step),
                token: approval.token.clone(),
            };
            let payment = draft.payment(&step.payment);
            let lets_go = payment.is_some_and(|payment| payment.tied > 0);
            let lapsed = lets_go.then_some(Movement::Lapsed);
            [Some(captured), lapsed]
                .into_iter()
                .flatten()
                .map(on_step)
                .collect()
        }
        // The promise goes on with the new authorization, and ends with the answer to that.
        Answer::Declined(Reason::AuthorizationExpired)
            if step.payment == queued.payment && anew_of(draft, operation, queued).is_some() =>
        {
            let open = draft.payment(&step.payment).map(Payment::open);
            let has_rest = open.is_some_and(|open| !open.is_zero());
            has_rest
                .then(|| on_step(Movement::Lapsed))
                .into_iter()
                .collect()
        }
        Answer::OnHold { .. } | Answer::Declined(_) | Answer::Cancelled | Answer::NotDone(_)
            if begins_payment(&step.call) =>
        {
            vec![
                promised_from(Movement::CaptureFailed { amount }),
                promised_from(Movement::Lapsed),
            ]
        }
        Answer::Declined(Reason::AuthorizationExpired) => vec![
            on_step(Movement::CaptureFailed {
                amount: asked(step),
            }),
            on_step(Movement::Lapsed),
        ],
        Answer::OnHold { .. }
        | Answer::Declined(_)
        | Answer::Cancelled
        | Answer::NotDone(_)
        | Answer::Queued => vec![on_step(Movement::CaptureFailed {
            amount: asked(step),
        })],
    }
}

/// The promise moves from the authorization that has ended to the new one, as far as that goes.
fn held_anew(
    queued: &QueuedCapture,
    step: &Step,
    approval: &Approval,
) -> Vec<(PaymentId, Movement)> {
    let held = moved(&step.call, approval);
    let promised = Movement::CaptureQueued {
        amount: held,
        rest: 0,
    };
    let old = |movement| (queued.payment.clone(), movement);
    let mut movements = vec![(step.payment.clone(), promised)];
    movements.push(old(Movement::CaptureUnqueued { amount: held }));
    let missing = queued.amount.minor.saturating_sub(held);
    if missing > 0 {
        movements.push(old(Movement::CaptureFailed { amount: missing }));
    }
    movements.push(old(Movement::Lapsed));
    movements
}

/// A new authorization, if the one that it was promised from has just been said to have ended.
fn anew(draft: &Draft<'_>, operation: &Operation, queued: &QueuedCapture) -> Option<Plan> {
    let only = operation.steps.first()?;
    let has_ended = Some(Answer::Declined(Reason::AuthorizationExpired)) == only.answer;
    let is_first = operation.steps.len() == 1;
    (has_ended && is_first)
        .then(|| anew_of(draft, operation, queued))
        .flatten()
}

fn anew_of(draft: &Draft<'_>, operation: &Operation, queued: &QueuedCapture) -> Option<Plan> {
    let ended = draft.payment(&queued.payment)?;
    reauthorize::again(draft, operation, ended, queued.amount)
}

/// The capture of what was held anew for it.
fn capture_anew(draft: &Draft<'_>, operation: &Operation, queued: &QueuedCapture) -> Option<Plan> {
    let last = operation.steps.last()?;
    let Some(Answer::Approved(approval)) = &last.answer else {
        return None;
    };
    if !begins_payment(&last.call) || !is_due(operation) {
        return None;
    }
    let amount = Money::new(moved(&last.call, approval), queued.amount.currency);
    let payment = draft.payment(&last.payment)?;
    Some(Plan {
        payment: payment.id.clone(),
        opens: None,
        call: route::find(draft.directory(), payment)?.capture(amount),
    })
}

/// What the pickup left to this capture: the rest of an authorization that is captured only once is
/// held anew, and what nobody needs any more is released. Not while another operation is at work on
/// the order: it does so itself.
fn tidy_up(draft: &Draft<'_>, operation: &Operation, order: &Order) -> Option<Plan> {
    if is_due(operation) || draft.before().holder_of_order(&order.id).is_some() {
        return None;
    }
    let is_tried = |payment: &PaymentId| {
        let mut calls = operation.steps.iter();
        calls.any(|step| step.payment == *payment && !captures(&step.call))
    };
    let mut unneeded = draft.usable_payments(order).filter(|payment| {
        order.is_complete()
            && operation.touches(&payment.id)
            && payment.actions().contains(&Action::Void)
            && !is_tried(&payment.id)
    });
    let release = unneeded.find_map(|payment| {
        Some(Plan {
            payment: payment.id.clone(),
            opens: None,
            call: route::find(draft.directory(), payment)?.void(payment.open()),
        })
    });
    release.or_else(|| reauthorize::secure(draft, operation, order))
}

/// Whether the promise is still to be kept: nothing has been captured for it yet.
pub(super) fn is_due(operation: &Operation) -> bool {
    !operation
        .steps
        .iter()
        .any(|step| captures(&step.call) && is_approved(step))
}

const fn captures(call: &Call) -> bool {
    super::takes_money(call)
}

fn asked(step: &Step) -> u64 {
    super::amount_asked(&step.call).map_or(0, |amount| amount.minor)
}
