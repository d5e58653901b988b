//! `decide`: what follows from one thing that happened. All refusals come first; after that nothing
//! can fail.

mod processor;
mod terminal;
mod unanswered;

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::Receipt;

use super::arrival;
use super::command::{Ask, Command};
use super::draft::{Decision, Draft};
use super::effect::Effect;
use super::entry::Entry;
use super::event::Event;
use super::flow::{self, Next, review};
use super::id::{EffectId, OperationId, PaymentId, Timestamp};
use super::operation::{Answer, Call, Operation};
use super::payment::Movement;
use super::queue;
use super::rejection::Rejection;
use super::request::{AMOUNT_MAX, Parking, Request, Resolution};
use super::state::State;

/// Decides what follows from a command.
pub fn decide(state: &State, command: &Command, now: Timestamp) -> Result<Decision, Rejection> {
    let mut draft = Draft::new(state);
    match command {
        Command::Ask(ask) => on_ask(&mut draft, ask, now)?,
        Command::TerminalReady { terminal, last } => {
            terminal::on_ready(&mut draft, terminal, last.as_deref(), now);
        }
        Command::TerminalResult { effect, result } => {
            terminal::on_result(&mut draft, effect, result);
        }
        Command::TerminalFinished {
            effect,
            ending,
            receipts,
        } => {
            if let Some(operation) = awaiting(state, effect) {
                terminal::on_finished(&mut draft, operation, ending, receipts, now);
            }
        }
        Command::ProcessorFinished { effect, ending } => {
            if let Some(operation) = awaiting(state, effect) {
                processor::on_finished(&mut draft, operation, ending, now);
            }
        }
        Command::Wake(operation) => {
            if let Some(operation) = state.books.operations.get(operation) {
                unanswered::on_wake(&mut draft, operation, now);
            }
        }
        Command::Recover(operation) => {
            if let Some(operation) = state.books.operations.get(operation) {
                unanswered::on_recover(&mut draft, operation, now);
            }
        }
    }
    Ok(draft.finish())
}

/// The operation that waits for this effect. A report that nobody waits for any more is stale.
fn awaiting<'a>(state: &'a State, effect: &EffectId) -> Option<&'a Operation> {
    state.books.awaiting(effect)
}

fn on_ask(draft: &mut Draft<'_>, ask: &Ask, now: Timestamp) -> Result<(), Rejection> {
    if let Some(known) = &ask.known {
        if known.fingerprint != ask.fingerprint {
            return Err(Rejection::IdempotencyKeyReused);
        }
        draft.effect(Effect::Answer {
            operation: known.id.clone(),
            outcome: Box::new(known.outcome.clone()),
        });
        return Ok(());
    }
    let running = draft
        .before()
        .operations
        .values()
        .find(|running| running.key == ask.key);
    if let Some(running) = running {
        // The same request joins: it will hear the same answer.
        if running.fingerprint != ask.fingerprint {
            return Err(Rejection::IdempotencyKeyReused);
        }
        if unanswered::is_told(running) {
            draft.effect(Effect::AnswerInDoubt {
                operation: running.id.clone(),
            });
        }
        return Ok(());
    }
    if draft.is_stopping() {
        return Err(Rejection::StationStopping);
    }
    check_amount(&ask.request)?;
    let entries = flow::admit(draft, &ask.operation, &ask.request, now)?;

    // Nothing below can fail.
    draft.record(Entry::OperationStarted {
        operation: ask.operation.clone(),
        key: ask.key.clone(),
        fingerprint: ask.fingerprint.clone(),
        client: ask.client.clone(),
        request: Box::new(ask.request.clone()),
        at: now,
    });
    draft.event(Event::OperationStarted {
        operation: ask.operation.clone(),
        method: ask.request.method().to_owned(),
    });
    arrival::record(draft, entries, now);
    if let Some(resolution) = ask.request.resolution() {
        on_resolved(draft, resolution, now);
    }
    if let Request::OperationPark(parking) = &ask.request {
        on_parked(draft, parking);
    }
    advance(draft, &ask.operation, now);
    Ok(())
}

/// A person has said how a step in doubt ended; the operation goes on from there.
fn on_resolved(draft: &mut Draft<'_>, resolution: &Resolution, now: Timestamp) {
    let open = draft.before().operations.get(&resolution.operation);
    if let Some((operation, (_, step))) = open.and_then(|it| Some((it, it.pending()?))) {
        draft.event(Event::OperationResolved {
            operation: operation.id.clone(),
            finding: resolution.finding,
            by: resolution.by.clone(),
        });
        on_answer(draft, operation, resolution.finding.ending(step), &[], now);
    }
}

/// A person goes on without waiting for the end of a payment.
fn on_parked(draft: &mut Draft<'_>, parking: &Parking) {
    draft.record(Entry::OperationParked {
        operation: parking.operation.clone(),
    });
    draft.event(Event::OperationParked {
        operation: parking.operation.clone(),
        by: parking.by.clone(),
    });
}

fn check_amount(request: &Request) -> Result<(), Rejection> {
    let amount = match request {
        Request::Sale { amount, .. } | Request::Authorize { amount, .. } => Some(*amount),
        Request::Capture { amount, .. } | Request::Refund { amount, .. } => *amount,
        Request::DepositTake { .. }
        | Request::DepositTokenize { .. }
        | Request::Void { .. }
        | Request::OrderPut { .. }
        | Request::PickupCapture { .. }
        | Request::OrderShip { .. }
        | Request::OrderCancel { .. }
        | Request::CaptureQueued(_)
        | Request::Review(_)
        | Request::OperationResolve(_)
        | Request::NfcBind { .. }
        | Request::TerminalTotals { .. }
        | Request::TerminalReconcile { .. }
        | Request::OperationPark(_)
        | Request::PaymentWriteOff(_) => None,
    };
    let in_range = |amount: Money| (1..=AMOUNT_MAX).contains(&amount.minor);
    if amount.is_none_or(in_range) {
        Ok(())
    } else {
        Err(Rejection::AmountOutOfRange)
    }
}

/// Takes an operation as far as it goes without an answer from outside.
fn advance(draft: &mut Draft<'_>, id: &OperationId, now: Timestamp) {
    loop {
        let Some(operation) = draft.operation(id) else {
            return;
        };
        match flow::next(draft, operation) {
            Next::Record(entries) => {
                for entry in entries {
                    draft.record(entry);
                }
            }
            Next::Call(plan) => {
                if let Some(payment) = plan.opens {
                    draft.record(Entry::PaymentOpened {
                        payment: Box::new(payment),
                    });
                }
                request_step(draft, id, plan.payment, plan.call);
                return;
            }
            Next::Finish(outcome) => {
                draft.event(Event::OperationFinished {
                    operation: id.clone(),
                    verdict: outcome.verdict,
                    reason: outcome.reason,
                });
                draft.record(Entry::OperationFinished {
                    operation: id.clone(),
                    outcome: outcome.clone(),
                    at: now,
                });
                draft.effect(Effect::Answer {
                    operation: id.clone(),
                    outcome,
                });
                return;
            }
        }
    }
}

/// Journals a step and, behind it, sends it.
fn request_step(draft: &mut Draft<'_>, operation: &OperationId, payment: PaymentId, call: Call) {
    let step = draft
        .operation(operation)
        .map_or(0, |operation| operation.steps.len());
    let effect = EffectId {
        operation: operation.clone(),
        step,
    };
    let baseline = match &call {
        Call::Terminal { terminal, .. } => draft
            .terminal(terminal)
            .and_then(|terminal| terminal.last.clone()),
        Call::Processor { .. } => None,
    };
    draft.record(Entry::StepRequested {
        operation: operation.clone(),
        payment,
        call: call.clone(),
        baseline,
        sent_as: None,
    });
    let sent = match call {
        Call::Terminal { terminal, request } => {
            let sync = draft
                .terminal(&terminal)
                .and_then(|terminal| terminal.sync.clone());
            Effect::Terminal {
                effect,
                terminal,
                request,
                sync,
            }
        }
        Call::Processor { account, request } => Effect::Processor {
            effect,
            account,
            request,
            inquire: false,
        },
    };
    draft.effect(sent);
}

/// Writes down how a step ended and what that moves, and goes on.
fn on_answer(
    draft: &mut Draft<'_>,
    operation: &Operation,
    answer: Answer,
    receipts: &[Receipt],
    now: Timestamp,
) {
    let Some((effect, step)) = operation.pending() else {
        return;
    };
    let mut answer = flow::in_earnest(&step.call, answer);
    if let Some(payment) = draft.payment(&step.payment) {
        answer = flow::after_its_time(payment, &step.call, answer, now);
    }
    let booked = flow::booked(draft, operation, step, &answer, now);
    let waived = flow::waived(draft, operation, &booked);
    let is_queued = answer == Answer::Queued;
    draft.record(Entry::StepAnswered {
        operation: operation.id.clone(),
        answer,
        receipts: receipts.to_vec(),
    });
    for (payment, movement) in booked {
        let is_held = matches!(movement, Movement::HeldForReview { .. });
        draft.record(Entry::PaymentMoved {
            payment: payment.clone(),
            movement,
        });
        let held = draft.payment(&payment).filter(|_| is_held).cloned();
        if let Some(held) = held {
            review::start(draft, &held, now);
        }
    }
    if let Some(waived) = waived {
        draft.record(waived);
    }
    if is_queued {
        queue::take_over(draft, effect, step, now);
    }
    advance(draft, &operation.id, now);
}
