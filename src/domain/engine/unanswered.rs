//! What follows while a step has no answer: after a start, after a silence, and when its delay is over.

use firmware_protocols::time::Duration;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::{advance, on_answer};
use crate::domain::draft::Draft;
use crate::domain::effect::Effect;
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::flow::review;
use crate::domain::id::Timestamp;
use crate::domain::operation::{Answer, Call, Operation, Step};
use crate::domain::outcome::Reason;
use crate::domain::queue;

/// After so many inquiries in vain the app is told that the outcome is in doubt.
pub(super) const INQUIRIES_BEFORE_TELLING: u32 = 3;

/// After a start the station cannot know whether an unanswered step was sent: it asks.
pub(super) fn on_recover(draft: &mut Draft<'_>, operation: &Operation, now: Timestamp) {
    let Some((_, step)) = operation.pending() else {
        advance(draft, &operation.id, now);
        return;
    };
    let asks = step.call.is_about_batch() && !step.call.closes_batch();
    if asks || !step.in_doubt && is_unseen(draft, step) {
        let answer = Answer::NotDone(Reason::NotCarriedOut);
        on_answer(draft, operation, answer, &[], now);
        return;
    }
    if operation.is_review() {
        // Whatever was on its way could not move money.
        review::ask(draft, operation, now);
        return;
    }
    if step.waiting && operation.queued().is_some() {
        // Nothing was on its way.
        if queue::is_due_with(draft, operation, now) {
            on_wake(draft, operation, now);
        }
        return;
    }
    if !step.in_doubt {
        enter_doubt(draft, operation);
    }
    send_again_in_doubt(draft, operation);
}

/// Nothing is sent to a terminal before what it says on its connection is durable. So a terminal
/// of which nothing is known was never sent anything.
fn is_unseen(draft: &Draft<'_>, step: &Step) -> bool {
    match &step.call {
        Call::Terminal { terminal, .. } => draft.terminal(terminal).is_none(),
        Call::Processor { .. } => false,
    }
}

pub(super) fn enter_doubt(draft: &mut Draft<'_>, operation: &Operation) {
    draft.record(Entry::StepInDoubt {
        operation: operation.id.clone(),
    });
    draft.event(Event::OperationInDoubt {
        operation: operation.id.clone(),
        terminal: operation.terminal().cloned(),
    });
}

/// Whether the app has heard already that the outcome is in doubt.
pub(super) fn is_told(operation: &Operation) -> bool {
    operation
        .pending()
        .is_some_and(|(_, step)| step.in_doubt && step.attempts >= INQUIRIES_BEFORE_TELLING)
}

pub(super) fn inquire_later(draft: &mut Draft<'_>, operation: &Operation) {
    let attempts = operation
        .pending()
        .map_or(0, |(_, step)| step.attempts)
        .saturating_add(1);
    if attempts == INQUIRIES_BEFORE_TELLING {
        draft.effect(Effect::AnswerInDoubt {
            operation: operation.id.clone(),
        });
    }
    delay(draft, operation, attempts);
}

/// Waits twice as long after each try in vain, from a quarter of a second up to half a minute.
pub(super) fn delay(draft: &mut Draft<'_>, operation: &Operation, attempts: u32) {
    draft.record(Entry::StepDelayed {
        operation: operation.id.clone(),
        attempts,
        until: None,
    });
    let doubled = 250_u64.saturating_mul(1_u64.checked_shl(attempts.min(7)).unwrap_or(1));
    draft.effect(Effect::Wake {
        operation: operation.id.clone(),
        after: Duration::from_millis(doubled.min(30_000)),
    });
}

/// A delay is over. That of a queue may have been another operation's, or end early because the
/// calendar was put back: the queue knows what its account waits for.
pub(super) fn on_wake(draft: &mut Draft<'_>, operation: &Operation, now: Timestamp) {
    match operation.queued() {
        None if operation.is_review() => {
            // What is on its way is answered before it is asked again.
            let waits = operation.pending().is_some_and(|(_, step)| step.waiting);
            if waits && !draft.is_stopping() {
                review::ask(draft, operation, now);
            }
        }
        None => send_again(draft, operation),
        Some(queued) => queue::proceed(draft, &queued.account, now, false),
    }
}

/// The delay is over: asks again what was asked in vain. A delay of a step that has been answered
/// meanwhile asks nothing.
fn send_again(draft: &mut Draft<'_>, operation: &Operation) {
    let Some((effect, step)) = operation.pending().filter(|(_, step)| step.waiting) else {
        return;
    };
    let terminal = operation.terminal();
    let holder = terminal.and_then(|id| draft.before().holder_of_terminal(id));
    if holder.is_some_and(|holder| holder.id != operation.id) {
        // An end of day is at work there, and this one is parked.
        delay(draft, operation, step.attempts);
        return;
    }
    if step.in_doubt {
        send_again_in_doubt(draft, operation);
        return;
    }
    // Not in doubt: the last try certainly sent nothing.
    if let Call::Processor { account, request } = &step.call {
        draft.record(Entry::StepRepeated {
            operation: operation.id.clone(),
        });
        draft.effect(Effect::Processor {
            effect,
            account: account.clone(),
            request: request.clone(),
            inquire: false,
        });
    }
}

/// A step in doubt is never sent again blindly: a terminal is asked for its last transaction, or what
/// its batch holds; a processor looks the idempotency key up first.
pub(super) fn send_again_in_doubt(draft: &mut Draft<'_>, operation: &Operation) {
    let Some((effect, step)) = operation.pending() else {
        return;
    };
    if step.waiting {
        draft.record(Entry::StepRepeated {
            operation: operation.id.clone(),
        });
    }
    let sent = match &step.call {
        Call::Terminal { terminal, .. } => Effect::Terminal {
            effect,
            terminal: terminal.clone(),
            request: if step.call.closes_batch() {
                TerminalRequest::Totals
            } else {
                TerminalRequest::Inquire
            },
            sync: None,
        },
        Call::Processor { account, request } => Effect::Processor {
            effect,
            account: account.clone(),
            request: request.clone(),
            inquire: true,
        },
    };
    draft.effect(sent);
}
