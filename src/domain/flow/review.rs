//! What the processor reviews by hand: it is asked now and then, until it has decided. An operation
//! of the station does so; nobody waits for it, and it holds nothing.

use super::{Next, finish, outcome};
use crate::domain::draft::Draft;
use crate::domain::effect::{Effect, ProcessorRequest};
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::{ClientName, Fingerprint, IdempotencyKey, OperationId, Timestamp};
use crate::domain::operation::{Answer, Call, Operation};
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::payment::{Payment, Standing};
use crate::domain::request::{Request, Review};

/// Starts to follow a payment up that has just come to be reviewed, where its processor is known.
pub fn start(draft: &mut Draft<'_>, payment: &Payment, now: Timestamp) {
    let (Some(account), Some(auth_token)) = (&payment.account, &payment.auth_token) else {
        return;
    };
    let operation = OperationId::new(format!("{}-review", payment.id));
    let is_known = draft.directory().accounts.contains_key(account);
    let is_reviewed = payment.standing == Standing::OnHold;
    if !is_known || !is_reviewed || draft.operation(&operation).is_some() {
        return;
    }
    let request = Request::Review(Review {
        payment: payment.id.clone(),
        order: payment.order.clone(),
    });
    let call = Call::Processor {
        account: account.clone(),
        request: ProcessorRequest::Review {
            auth_token: auth_token.clone(),
            currency: payment.currency,
        },
    };
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
        payment: payment.id.clone(),
        call,
        baseline: None,
        sent_as: None,
    });
    ask_later(draft, &operation, 0, now);
}

/// Asks again after a while: one, two, four minutes, up to an hour.
pub fn ask_later(draft: &mut Draft<'_>, operation: &OperationId, attempts: u32, now: Timestamp) {
    let after = draft.directory().offline.delay(attempts);
    draft.record(Entry::StepDelayed {
        operation: operation.clone(),
        attempts: attempts.saturating_add(1),
        until: Some(now.after(after)),
    });
    draft.effect(Effect::Wake {
        operation: operation.clone(),
        after,
    });
}

/// It is time to ask, or to wait on after a restart.
pub fn ask(draft: &mut Draft<'_>, operation: &Operation, now: Timestamp) {
    let Some((effect, step)) = operation.pending() else {
        return;
    };
    let until = step.until.filter(|_| step.waiting);
    if let Some(after) = until.and_then(|until| draft.directory().offline.wait(until, now)) {
        draft.effect(Effect::Wake {
            operation: operation.id.clone(),
            after,
        });
        return;
    }
    if step.waiting {
        draft.record(Entry::StepRepeated {
            operation: operation.id.clone(),
        });
    }
    if let Call::Processor { account, request } = &step.call {
        draft.effect(Effect::Processor {
            effect,
            account: account.clone(),
            request: request.clone(),
            inquire: false,
        });
    }
}

/// Whether an answer ends a review.
pub const fn decides(answer: &Answer) -> bool {
    match answer {
        Answer::Approved(_) | Answer::Declined(_) => true,
        Answer::OnHold { .. } | Answer::Cancelled | Answer::NotDone(_) | Answer::Queued => false,
    }
}

pub(super) fn next(draft: &Draft<'_>, operation: &Operation, review: &Review) -> Next {
    let standing = draft
        .payment(&review.payment)
        .map(|payment| payment.standing);
    let (verdict, reason) = match standing {
        Some(Standing::Normal) => (Verdict::Approved, None),
        Some(Standing::Rejected(reason)) => (Verdict::Declined, Some(reason)),
        Some(Standing::Failed(reason)) => (Verdict::Failed, Some(reason)),
        Some(Standing::OnHold) | None => (Verdict::Failed, Some(Reason::Other)),
    };
    finish(outcome(draft, operation, verdict, reason))
}
