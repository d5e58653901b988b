//! Bugs that a test plants, to see that the simulated store finds them (docs/reliability.md). Not
//! compiled into a release.

use std::cell::RefCell;

use firmware_protocols::vocabulary::terminal::{SyncId, TerminalRequest};

use crate::domain::command::{Command, ProcessorEnding, TerminalEnding};
use crate::domain::draft::Decision;
use crate::domain::effect::Effect;
use crate::domain::entry::Entry;
use crate::domain::id::{IdempotencyKey, OperationId};
use crate::domain::operation::{Answer, Call};
use crate::domain::outcome::Reason;
use crate::domain::payment::Movement;
use crate::domain::state::State;
use crate::failpoint::is_planted;

/// Spoils what the domain hears.
pub(super) fn heard(mut command: Command) -> Command {
    match &mut command {
        Command::TerminalFinished { ending, .. } if is_planted("doubt_is_a_decline") => {
            if matches!(ending, TerminalEnding::InDoubt) {
                *ending = TerminalEnding::Answered(Answer::Declined(Reason::CardDeclined));
            }
        }
        Command::ProcessorFinished { ending, .. } if is_planted("silence_is_never_sent") => {
            if matches!(ending, ProcessorEnding::InDoubt) {
                *ending = ProcessorEnding::NotSent;
            }
        }
        Command::TerminalFinished { ending, .. } if is_planted("results_are_one_late") => {
            one_late(ending);
        }
        Command::Ask(ask) if is_planted("ended_keys_are_forgotten") => ask.known = None,
        Command::Ask(ask) if is_planted("keys_are_everybodys") => {
            if let Some(known) = &ask.known {
                ask.fingerprint = known.fingerprint.clone();
            }
        }
        Command::Ask(ask) if is_planted("running_keys_are_forgotten") => {
            ask.key = IdempotencyKey::new(format!("{}:{}", ask.key, ask.operation));
        }
        Command::Recover(operation) if is_planted("open_work_is_forgotten_at_a_restart") => {
            *operation = OperationId::new("nobody");
        }
        Command::TerminalFinished { .. }
        | Command::ProcessorFinished { .. }
        | Command::Ask(_)
        | Command::Recover(_)
        | Command::TerminalReady { .. }
        | Command::TerminalResult { .. }
        | Command::Wake(_) => {}
    }
    command
}

thread_local! {
    static BEFORE: RefCell<Option<Answer>> = const { RefCell::new(None) };
}

/// An approval becomes the one before it, of whichever payment that was.
fn one_late(ending: &mut TerminalEnding) {
    if let TerminalEnding::Answered(answer @ Answer::Approved(_)) = ending {
        let before = BEFORE.replace(Some(answer.clone()));
        *answer = before.unwrap_or_else(|| answer.clone());
    }
}

/// Spoils what was decided.
pub(super) fn decided(state: &State, decision: &mut Decision) {
    for effect in &mut decision.effects {
        spoil_effect(state, effect);
    }
    if is_planted("delays_never_end") {
        let is_wake = |effect: &Effect| matches!(effect, Effect::Wake { .. });
        decision.effects.retain(|effect| !is_wake(effect));
    }
    if is_planted("books_are_wrong_by_one") {
        for entry in &mut decision.entries {
            if let Entry::PaymentMoved {
                movement: Movement::Captured { amount, .. },
                ..
            } = entry
            {
                *amount = amount.saturating_sub(1);
            }
        }
    }
}

fn spoil_effect(state: &State, effect: &mut Effect) {
    match effect {
        Effect::Terminal {
            effect, request, ..
        } if is_planted("a_sale_is_sent_again") => {
            let operation = state.books.operations.get(&effect.operation);
            let step = operation.and_then(|operation| operation.steps.last());
            if let Some(Call::Terminal { request: first, .. }) = step.map(|step| &step.call)
                && *request == TerminalRequest::Inquire
            {
                *request = first.clone();
            }
        }
        Effect::Terminal {
            effect, request, ..
        } if is_planted("a_batch_is_closed_again") => {
            let operation = state.books.operations.get(&effect.operation);
            let step = operation.and_then(|operation| operation.steps.get(effect.step));
            if step.is_some_and(|step| step.call.closes_batch()) {
                *request = TerminalRequest::Reconcile;
            }
        }
        Effect::Terminal { sync, .. } if is_planted("sync_value_is_old") => {
            *sync = sync.as_ref().map(|_| SyncId(vec![0, 0]));
        }
        Effect::Answer { operation, .. } if is_planted("answers_go_to_another") => {
            let mut others = state.books.operations.keys();
            if let Some(other) = others.rfind(|it| *it != operation) {
                *operation = other.clone();
            }
        }
        Effect::Processor { effect, .. } if is_planted("processor_key_is_new") => {
            effect.step = effect.step.saturating_add(100);
        }
        Effect::Terminal { .. }
        | Effect::Processor { .. }
        | Effect::AcknowledgeTerminal { .. }
        | Effect::ProceedTerminal { .. }
        | Effect::Wake { .. }
        | Effect::Answer { .. }
        | Effect::AnswerInDoubt { .. }
        | Effect::AppsChanged => {}
    }
}

/// Takes out what is handed out before it is durable.
pub(super) fn early(effects: &mut Vec<Effect>) -> Vec<Effect> {
    let is_early = |effect: &Effect| match effect {
        Effect::Terminal { .. } | Effect::Processor { .. } => is_planted("sent_before_journal"),
        Effect::AcknowledgeTerminal { .. } => is_planted("acknowledged_before_journal"),
        Effect::Answer { .. } => is_planted("answered_before_journal"),
        Effect::ProceedTerminal { .. }
        | Effect::Wake { .. }
        | Effect::AnswerInDoubt { .. }
        | Effect::AppsChanged => false,
    };
    let (early, late) = std::mem::take(effects).into_iter().partition(is_early);
    *effects = late;
    early
}
