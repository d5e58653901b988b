//! Captures that wait for their processor. Goods may go before the money is there, within limits: an
//! operation of the station goes on with the capture, under the name that it was sent with first, so
//! that the processor can only ever carry it out once.
//!
//! Each account has one queue. While its processor cannot be reached one capture is tried at a time,
//! and then all wait; once it answers, they go one after the other, the authorization that ends first
//! at the head. One that the processor does not answer goes behind the others.

use firmware_protocols::time::Duration;

use super::draft::Draft;
use super::effect::{Effect, ProcessorRequest};
use super::entry::Entry;
use super::event::Event;
use super::id::{
    ClientName, EffectId, Fingerprint, IdempotencyKey, MerchantAccountId, OperationId, Timestamp,
};
use super::operation::{Call, Operation, Step};
use super::payment::Payment;
use super::request::{PickupTender, QueuedCapture, Request};

/// Whether a capture may be queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is nothing that is queued here.
    Never,
    /// It is over a limit.
    Exceeds,
    /// It may.
    Within,
}

/// The operation that goes on with an effect.
#[must_use]
pub fn name(effect: &EffectId) -> OperationId {
    OperationId::new(effect.to_string())
}

/// Whether a step may be handed over to the queue.
pub(super) fn admission(
    draft: &Draft<'_>,
    operation: &Operation,
    step: &Step,
    now: Timestamp,
) -> Admission {
    let Call::Processor {
        request: ProcessorRequest::Capture { amount, .. },
        ..
    } = &step.call
    else {
        return Admission::Never;
    };
    let limit = draft.directory().offline.limits.get(&amount.currency);
    let (Some(limit), Some(payment)) = (limit, draft.payment(&step.payment)) else {
        return Admission::Never;
    };
    if !lets_goods_go(&operation.request) {
        return Admission::Never;
    }
    let queued = draft.operations().filter_map(Operation::queued);
    let queued = queued.filter(|queued| queued.amount.currency == amount.currency);
    let total = queued.fold(amount.minor, |sum, it| sum.saturating_add(it.amount.minor));
    let is_young = limit
        .authorization_age
        .is_none_or(|longest| is_younger(payment, longest, now));
    let is_valid = payment.expires_at.is_none_or(|end| now < end);
    if amount.minor <= limit.capture && total <= limit.total && is_young && is_valid {
        Admission::Within
    } else {
        Admission::Exceeds
    }
}

/// A payment whose age is not known is not younger than anything.
fn is_younger(payment: &Payment, longest: Duration, now: Timestamp) -> bool {
    payment
        .authorized_at
        .is_some_and(|at| now <= at.after(longest))
}

/// Requests for which goods go, or that do nothing but capture.
const fn lets_goods_go(request: &Request) -> bool {
    match request {
        Request::PickupCapture { tender, .. } => match tender {
            PickupTender::Available => true,
            PickupTender::Other { .. } => false,
        },
        Request::Capture { .. } | Request::OrderShip { .. } => true,
        Request::Sale { .. }
        | Request::Authorize { .. }
        | Request::Void { .. }
        | Request::Refund { .. }
        | Request::DepositTake { .. }
        | Request::DepositTokenize { .. }
        | Request::OrderPut { .. }
        | Request::OrderCancel { .. }
        | Request::CaptureQueued(_)
        | Request::Review(_)
        | Request::OperationResolve(_)
        | Request::NfcBind { .. }
        | Request::TerminalTotals { .. }
        | Request::TerminalReconcile { .. }
        | Request::OperationPark(_)
        | Request::PaymentWriteOff(_) => false,
    }
}

/// Starts the operation that goes on with a step.
pub(super) fn take_over(draft: &mut Draft<'_>, effect: EffectId, step: &Step, now: Timestamp) {
    let Call::Processor { account, request } = &step.call else {
        return;
    };
    let payment = draft.payment(&step.payment);
    let queued = QueuedCapture {
        payment: step.payment.clone(),
        order: payment.and_then(|payment| payment.order.clone()),
        account: account.clone(),
        amount: request.amount(),
        expires_at: payment.and_then(|payment| payment.expires_at),
        queued_at: now,
    };
    let operation = name(&effect);
    let request = Request::CaptureQueued(queued);
    draft.event(Event::OperationStarted {
        operation: operation.clone(),
        method: request.method().to_owned(),
    });
    draft.record(Entry::OperationStarted {
        operation: operation.clone(),
        key: IdempotencyKey::new(format!("station:{operation}")),
        fingerprint: Fingerprint::new(operation.as_str()),
        client: ClientName::new("station"),
        request: Box::new(request),
        at: now,
    });
    draft.record(Entry::StepRequested {
        operation: operation.clone(),
        payment: step.payment.clone(),
        call: step.call.clone(),
        baseline: None,
        sent_as: Some(effect),
    });
    if step.in_doubt {
        draft.record(Entry::StepInDoubt {
            operation: operation.clone(),
        });
    }
    let waits_already = gate(draft, account, now).is_some();
    let until = (!waits_already).then(|| now.after(draft.directory().offline.retry_first));
    draft.record(Entry::StepDelayed {
        operation: operation.clone(),
        attempts: u32::from(until.is_some()),
        until,
    });
    if let Some(until) = until {
        wake(draft, operation, until, now);
    }
}

/// Sends the next capture of an account's queue, unless one is on its way. Without a sign that the
/// processor is back, not before its time.
pub(super) fn proceed(
    draft: &mut Draft<'_>,
    account: &MerchantAccountId,
    now: Timestamp,
    is_back: bool,
) {
    let is_on_its_way = |operation: &Operation| operation.pending().is_some_and(|it| !it.1.waiting);
    // The station's own work waits for its next start: a long queue would keep it from its end.
    if draft.is_stopping() || of_account(draft, account).any(is_on_its_way) {
        return;
    }
    if let Some((after, operation)) = gate(draft, account, now).filter(|_| !is_back) {
        draft.effect(Effect::Wake { operation, after });
        return;
    }
    let head = of_account(draft, account).min_by_key(|operation| sequence(operation));
    let Some((effect, account, request, operation)) = head.and_then(|operation| {
        let (effect, step) = operation.pending()?;
        let Call::Processor { account, request } = &step.call else {
            return None;
        };
        Some((
            effect,
            account.clone(),
            request.clone(),
            operation.id.clone(),
        ))
    }) else {
        return;
    };
    draft.record(Entry::StepRepeated { operation });
    draft.effect(Effect::Processor {
        effect,
        account,
        request,
        // Whatever is known of the tries before: the processor is asked by its key first.
        inquire: true,
    });
}

/// Whether an account waits for an operation, or for none: that one wakes it after a start.
pub(super) fn is_due_with(draft: &Draft<'_>, operation: &Operation, now: Timestamp) -> bool {
    operation.queued().is_some_and(|queued| {
        gate(draft, &queued.account, now).is_none_or(|(_, setter)| setter == operation.id)
    })
}

/// The try of `operation` was in vain: its account waits. Another operation of the account notes so
/// where that one is given up.
pub(super) fn postpone(
    draft: &mut Draft<'_>,
    operation: &Operation,
    given_up: &[OperationId],
    now: Timestamp,
) {
    let Some(queued) = operation.queued() else {
        return;
    };
    let left = of_account(draft, &queued.account).filter(|it| !given_up.contains(&it.id));
    let left: Vec<&Operation> = left.collect();
    let own = left.iter().find(|it| it.id == operation.id);
    let Some(setter) = own.or_else(|| left.first()).map(|it| it.id.clone()) else {
        return;
    };
    let attempts = left
        .iter()
        .filter_map(|it| it.pending().map(|(_, step)| step.attempts))
        .max()
        .unwrap_or(0);
    let delay = draft.directory().offline.delay(attempts);
    // Not beyond the end of the first one that is given up next.
    let ends = left.iter().filter_map(|it| end(draft, it));
    let end = ends.filter(|end| now < *end).min();
    let until = now.after(delay);
    let until = end.map_or(until, |end| until.min(end));
    draft.record(Entry::StepDelayed {
        operation: setter.clone(),
        attempts: attempts.saturating_add(1),
        until: Some(until),
    });
    wake(draft, setter, until, now);
}

/// The captures of the same account that have waited long enough. One that may have been carried out is
/// not among them: it is nobody's before the processor has said so.
pub(super) fn overdue(
    draft: &Draft<'_>,
    operation: &Operation,
    now: Timestamp,
) -> Vec<OperationId> {
    let Some(queued) = operation.queued() else {
        return Vec::new();
    };
    let is_over = |it: &&Operation| {
        let is_certain = it.pending().is_some_and(|(_, step)| !step.in_doubt);
        is_certain && end(draft, it).is_some_and(|end| end <= now)
    };
    let over = of_account(draft, &queued.account).filter(is_over);
    over.map(|operation| operation.id.clone()).collect()
}

/// Comes back when the account's time has come.
fn wake(draft: &mut Draft<'_>, operation: OperationId, until: Timestamp, now: Timestamp) {
    let after = until.since(now);
    draft.effect(Effect::Wake { operation, after });
}

/// When a capture is given up.
fn end(draft: &Draft<'_>, operation: &Operation) -> Option<Timestamp> {
    let queued = operation.queued()?;
    Some(queued.queued_at.after(draft.directory().offline.retry_for))
}

/// When the next capture of an account is tried; `None` when one is on its way, or none waits.
pub fn next_try<'a>(
    operations: impl Iterator<Item = &'a Operation>,
    account: &MerchantAccountId,
) -> Option<Timestamp> {
    let own = operations.filter(|it| it.queued().is_some_and(|queued| queued.account == *account));
    waiting(own).map(|(until, _)| until).max()
}

/// How long an account still waits, and the operation whose try in vain says so.
fn gate(
    draft: &Draft<'_>,
    account: &MerchantAccountId,
    now: Timestamp,
) -> Option<(Duration, OperationId)> {
    let waits = waiting(of_account(draft, account)).filter_map(|(until, id)| {
        let left = draft.directory().offline.wait(until, now)?;
        Some((left, id))
    });
    waits.max().map(|(left, id)| (left, id.clone()))
}

/// Until when those of some operations wait that do.
fn waiting<'a>(
    operations: impl Iterator<Item = &'a Operation>,
) -> impl Iterator<Item = (Timestamp, &'a OperationId)> {
    operations.filter_map(|operation| {
        let (_, step) = operation.pending().filter(|(_, step)| step.waiting)?;
        Some((step.until?, &operation.id))
    })
}

fn of_account<'b>(
    draft: &'b Draft<'_>,
    account: &'b MerchantAccountId,
) -> impl Iterator<Item = &'b Operation> {
    draft
        .operations()
        .filter(move |it| it.queued().is_some_and(|queued| queued.account == *account))
}

/// What ends first goes first; what the processor did not answer goes behind, the one that was tried
/// last at the end.
fn sequence(operation: &Operation) -> (bool, Option<Timestamp>, Timestamp, &OperationId) {
    let step = operation.pending().map(|(_, step)| step);
    let in_doubt = step.is_some_and(|step| step.in_doubt);
    let tried = step.filter(|_| in_doubt).and_then(|step| step.until);
    let end = operation.queued().and_then(|queued| queued.expires_at);
    let end = end.unwrap_or(Timestamp(i64::MAX));
    (in_doubt, tried, end, &operation.id)
}
