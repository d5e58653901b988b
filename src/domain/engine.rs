//! `decide`: what follows from one thing that happened. All refusals come first; after that nothing
//! can fail.

mod processor;

use firmware_protocols::time::Duration;
use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::{Receipt, SyncId, TerminalRequest, Verdict};

use super::arrival;
use super::command::{Ask, Command, TerminalEnding};
use super::draft::{Decision, Draft};
use super::effect::Effect;
use super::entry::Entry;
use super::event::Event;
use super::flow::{self, Next, reconcile, review};
use super::id::{EffectId, OperationId, TerminalId, Timestamp};
use super::operation::{Answer, Call, Operation, Step};
use super::outcome::Reason;
use super::payment::Movement;
use super::queue;
use super::rejection::Rejection;
use super::request::{AMOUNT_MAX, Parking, Request, Resolution};
use super::state::State;
use super::terminal::{TerminalResult, TransactionMark};

/// So many tries to reach a processor, then the step certainly did not happen.
const ATTEMPTS_TO_REACH: u32 = 3;

/// After so many inquiries in vain the app is told that the outcome is in doubt.
const INQUIRIES_BEFORE_TELLING: u32 = 3;

/// Decides what follows from a command.
pub fn decide(state: &State, command: &Command, now: Timestamp) -> Result<Decision, Rejection> {
    let mut draft = Draft::new(state);
    match command {
        Command::Ask(ask) => on_ask(&mut draft, ask, now)?,
        Command::TerminalReady { terminal, last } => {
            on_terminal_ready(&mut draft, terminal, last.as_deref(), now);
        }
        Command::TerminalResult { effect, result } => {
            on_terminal_result(&mut draft, effect, result);
        }
        Command::TerminalFinished {
            effect,
            ending,
            receipts,
        } => {
            if let Some(operation) = awaiting(state, effect) {
                on_terminal_finished(&mut draft, operation, ending, receipts, now);
            }
        }
        Command::ProcessorFinished { effect, ending } => {
            if let Some(operation) = awaiting(state, effect) {
                processor::on_finished(&mut draft, operation, ending, now);
            }
        }
        Command::Wake(operation) => {
            if let Some(operation) = state.books.operations.get(operation) {
                on_wake(&mut draft, operation, now);
            }
        }
        Command::Recover(operation) => {
            if let Some(operation) = state.books.operations.get(operation) {
                on_recover(&mut draft, operation, now);
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
        if is_told_in_doubt(running) {
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
        | Request::OperationPark(_) => None,
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
fn request_step(
    draft: &mut Draft<'_>,
    operation: &OperationId,
    payment: super::id::PaymentId,
    call: Call,
) {
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

fn on_terminal_ready(
    draft: &mut Draft<'_>,
    terminal: &TerminalId,
    last: Option<&TerminalResult>,
    now: Timestamp,
) {
    note_last(draft, terminal, last);
    if let Some(operation) = draft.before().holder_of_terminal(terminal) {
        on_told_last(draft, operation, last, now);
    }
    draft.event(Event::TerminalConnected {
        terminal: terminal.clone(),
    });
    draft.effect(Effect::ProceedTerminal {
        terminal: terminal.clone(),
    });
}

/// What a terminal's last transaction, told on its connection, means for the step that waits for
/// the terminal.
fn on_told_last(
    draft: &mut Draft<'_>,
    operation: &Operation,
    last: Option<&TerminalResult>,
    now: Timestamp,
) {
    let Some((_, step)) = operation.pending() else {
        return;
    };
    // A step that told a result was sent, whatever has become of it.
    if step.in_doubt || step.reported.is_some() {
        if !step.in_doubt {
            enter_doubt(draft, operation);
        }
        match judge(draft, step, last) {
            Some(answer) => on_answer(draft, operation, answer, &[], now),
            // The inquiry that is on its way, or waits for its time, goes on.
            None if step.in_doubt => {}
            None => send_again_in_doubt(draft, operation),
        }
        return;
    }
    // Nothing leaves before the terminal may proceed: from here on it is compared with this.
    let baseline = last.map(|last| last.reference.mark.clone());
    if step.baseline != baseline {
        draft.record(Entry::StepRebased {
            operation: operation.id.clone(),
            baseline,
        });
    }
}

/// The result is made durable here; the acknowledgement follows it, never before. A result that
/// nobody waits for is not acknowledged: its terminal takes it back.
fn on_terminal_result(draft: &mut Draft<'_>, effect: &EffectId, result: &TerminalResult) {
    let terminal = &result.reference.terminal;
    let running = draft.operation(&effect.operation);
    if running.is_some_and(|operation| operation.awaits(effect)) {
        draft.record(Entry::StepReported {
            operation: effect.operation.clone(),
            result: Box::new(result.clone()),
        });
        note_result(draft, terminal, result);
        draft.effect(Effect::AcknowledgeTerminal {
            terminal: terminal.clone(),
            effect: effect.clone(),
        });
    }
}

/// Remembers a result that was just told. One without a receipt number, such as a decline, is not
/// kept by the terminal: it will never be told as the last transaction.
fn note_result(draft: &mut Draft<'_>, terminal: &TerminalId, result: &TerminalResult) {
    if result.reference.mark.receipt_number.is_some() {
        note_last(draft, terminal, Some(result));
        return;
    }
    let known = draft.terminal(terminal);
    let last = known.and_then(|known| known.last.clone());
    note_mark(draft, terminal, last, result.sync.clone());
}

/// Remembers the terminal's last transaction, if it is news.
fn note_last(draft: &mut Draft<'_>, terminal: &TerminalId, last: Option<&TerminalResult>) {
    let mark = last.map(|last| last.reference.mark.clone());
    let told = last.and_then(|last| last.sync.clone());
    note_mark(draft, terminal, mark, told);
}

fn note_mark(
    draft: &mut Draft<'_>,
    terminal: &TerminalId,
    mark: Option<TransactionMark>,
    told: Option<SyncId>,
) {
    let known = draft.terminal(terminal);
    // The value of one transaction, told behind another one, makes the terminal take that one back.
    let kept = known.filter(|known| known.last == mark);
    let sync = told.or_else(|| kept.and_then(|known| known.sync.clone()));
    let is_news = known.is_none_or(|known| known.last != mark || known.sync != sync);
    if is_news {
        draft.record(Entry::TerminalSeen {
            terminal: terminal.clone(),
            last: mark,
            sync,
        });
    }
}

fn on_terminal_finished(
    draft: &mut Draft<'_>,
    operation: &Operation,
    ending: &TerminalEnding,
    receipts: &[Receipt],
    now: Timestamp,
) {
    // While a step waits for its time nothing is on its way: a report that comes twice.
    let Some((_, step)) = operation.pending().filter(|(_, step)| !step.waiting) else {
        return;
    };
    if let Some(answer) = of_batch(operation, step, ending) {
        match answer {
            Some(answer) => on_answer(draft, operation, answer, receipts, now),
            None => inquire_later(draft, operation),
        }
        return;
    }
    match ending {
        // An inquiry that was refused tells nothing of the step that it asks for.
        TerminalEnding::Answered(_) | TerminalEnding::InDoubt if step.in_doubt => {
            inquire_later(draft, operation);
        }
        TerminalEnding::Answered(answer) => {
            note_approval(draft, answer);
            note_taken_back(draft, step, answer);
            on_answer(draft, operation, answer.clone(), receipts, now);
        }
        TerminalEnding::LastTransaction(last) if step.in_doubt => {
            let last = last.as_deref();
            if let Some(terminal) = operation.terminal() {
                note_last(draft, terminal, last);
            }
            match judge(draft, step, last) {
                Some(answer) => on_answer(draft, operation, answer, &[], now),
                None => inquire_later(draft, operation),
            }
        }
        // Nobody inquired, so this is no answer to what was asked.
        TerminalEnding::LastTransaction(_)
        | TerminalEnding::Totals(_)
        | TerminalEnding::Reconciled(_)
        | TerminalEnding::InDoubt => {
            enter_doubt(draft, operation);
            send_again_in_doubt(draft, operation);
        }
    }
}

/// What an ending means for a step that is about the terminal's batch; the inner `None` proves nothing.
/// A question that is not answered ends there: it is asked again by whoever wants to know.
fn of_batch(operation: &Operation, step: &Step, ending: &TerminalEnding) -> Option<Option<Answer>> {
    let closes = step.call.closes_batch();
    match ending {
        TerminalEnding::Totals(now) if closes && step.in_doubt => {
            Some(reconcile::judge(operation, now))
        }
        TerminalEnding::Totals(told) if step.call.is_about_batch() && !closes => {
            Some(Some(reconcile::approved(told.clone())))
        }
        TerminalEnding::Reconciled(told) if closes => Some(Some(reconcile::approved(told.clone()))),
        TerminalEnding::InDoubt | TerminalEnding::LastTransaction(_)
            if step.call.is_about_batch() && !closes =>
        {
            Some(Some(Answer::NotDone(Reason::TerminalUnreachable)))
        }
        TerminalEnding::Totals(_)
        | TerminalEnding::Reconciled(_)
        | TerminalEnding::Answered(_)
        | TerminalEnding::LastTransaction(_)
        | TerminalEnding::InDoubt => None,
    }
}

/// An approved transaction is the terminal's last one, even if it was not reported before.
fn note_approval(draft: &mut Draft<'_>, answer: &Answer) {
    if let Answer::Approved(approval) = answer
        && let Some(reference) = &approval.terminal
    {
        note_mark(
            draft,
            &reference.terminal,
            Some(reference.mark.clone()),
            None,
        );
    }
}

/// A terminal that told a result and then ends otherwise has taken it back. It forgets such a
/// transaction, so its last one is again the one before.
fn note_taken_back(draft: &mut Draft<'_>, step: &Step, answer: &Answer) {
    let (Some(told), false) = (&step.reported, matches!(answer, Answer::Approved(_))) else {
        return;
    };
    let terminal = told.reference.terminal.clone();
    let last = draft.terminal(&terminal).and_then(|it| it.last.as_ref());
    // Some terminals keep what they decline.
    let keeps_it = told.verdict != Verdict::Approved && last == Some(&told.reference.mark);
    if !keeps_it {
        note_mark(draft, &terminal, step.baseline.clone(), None);
    }
}

/// What an inquiry proves. A terminal that keeps no last transaction proves nothing.
fn judge(draft: &Draft<'_>, step: &Step, last: Option<&TerminalResult>) -> Option<Answer> {
    let Call::Terminal { terminal, .. } = &step.call else {
        return None;
    };
    let profile = draft.directory().terminals.get(terminal)?;
    let remembers = profile.capabilities.last_transaction;
    remembers
        .then(|| super::recovery::judge(step, last))
        .flatten()
}

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
    if is_queued {
        queue::take_over(draft, effect, step, now);
    }
    advance(draft, &operation.id, now);
}

/// After a start the station cannot know whether an unanswered step was sent: it asks.
fn on_recover(draft: &mut Draft<'_>, operation: &Operation, now: Timestamp) {
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

fn enter_doubt(draft: &mut Draft<'_>, operation: &Operation) {
    draft.record(Entry::StepInDoubt {
        operation: operation.id.clone(),
    });
    draft.event(Event::OperationInDoubt {
        operation: operation.id.clone(),
        terminal: operation.terminal().cloned(),
    });
}

/// Whether the app has heard already that the outcome is in doubt.
fn is_told_in_doubt(operation: &Operation) -> bool {
    operation
        .pending()
        .is_some_and(|(_, step)| step.in_doubt && step.attempts >= INQUIRIES_BEFORE_TELLING)
}

fn inquire_later(draft: &mut Draft<'_>, operation: &Operation) {
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
fn delay(draft: &mut Draft<'_>, operation: &Operation, attempts: u32) {
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
fn on_wake(draft: &mut Draft<'_>, operation: &Operation, now: Timestamp) {
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
fn send_again_in_doubt(draft: &mut Draft<'_>, operation: &Operation) {
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
