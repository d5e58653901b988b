//! What follows from what a terminal says: its last transaction on its connection, a result, the end of
//! a step.

use firmware_protocols::vocabulary::terminal::{Receipt, SyncId, Verdict};

use super::on_answer;
use super::unanswered::{enter_doubt, inquire_later, send_again_in_doubt};
use crate::domain::command::TerminalEnding;
use crate::domain::draft::Draft;
use crate::domain::effect::Effect;
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::flow::reconcile;
use crate::domain::id::{EffectId, TerminalId, Timestamp};
use crate::domain::operation::{Answer, Call, Operation, Step};
use crate::domain::outcome::Reason;
use crate::domain::recovery;
use crate::domain::terminal::{TerminalResult, TransactionMark};

pub(super) fn on_ready(
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
pub(super) fn on_result(draft: &mut Draft<'_>, effect: &EffectId, result: &TerminalResult) {
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

pub(super) fn on_finished(
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
    remembers.then(|| recovery::judge(step, last)).flatten()
}
