//! `terminal.totals` and `terminal.reconcile`: end of day (docs/end-of-day.md).
//!
//! The terminal is asked for its totals first. That moves nothing, and it is what a closing is judged
//! by whose answer is lost: a batch that holds the same afterwards was not closed, an empty one was.
//! A second closing is never sent to find that out.

use firmware_protocols::vocabulary::terminal::{TerminalRequest, Totals};

use super::{Next, Plan, finish, finish_as_answered, outcome};
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::TerminalId;
use crate::domain::operation::{Answer, Approval, Call, Operation, Step};
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::reconciliation::Reconciliation;
use crate::domain::rejection::Rejection;

/// Only what was parked may still be in doubt at the terminal, and nothing else may be at work there.
pub(super) fn admit(draft: &Draft<'_>, terminal: &TerminalId) -> Result<Vec<Entry>, Rejection> {
    if !draft.directory().terminals.contains_key(terminal) {
        return Err(Rejection::TerminalUnknown(terminal.clone()));
    }
    let mut open = draft.before().operations.values();
    let is_in_the_way = |open: &&Operation| {
        let is_put_aside = open.parked && open.is_in_doubt();
        open.terminal() == Some(terminal) && !is_put_aside
    };
    let (terminal, holder) = match open.find(is_in_the_way) {
        None => return Ok(Vec::new()),
        Some(holder) => (terminal.clone(), holder),
    };
    let is_in_doubt = holder.is_in_doubt();
    let holder = holder.id.clone();
    Err(if is_in_doubt {
        Rejection::TerminalInDoubt { terminal, holder }
    } else {
        Rejection::TerminalLocked { terminal, holder }
    })
}

/// Asks for the totals, and then, if it `closes`, for the closing.
pub(super) fn next(
    draft: &Draft<'_>,
    operation: &Operation,
    terminal: &TerminalId,
    closes: bool,
) -> Next {
    let Some(asked) = operation.steps.first() else {
        return call(operation, terminal, TerminalRequest::Totals);
    };
    let Some(last) = operation.steps.last().and_then(|step| step.answer.as_ref()) else {
        return call(operation, terminal, TerminalRequest::Totals);
    };
    let may_close = closes && operation.steps.len() == 1;
    match last {
        Answer::Approved(_) if may_close => call(operation, terminal, TerminalRequest::Reconcile),
        // A terminal that cannot be asked for them may still be closed.
        Answer::NotDone(Reason::NotSupported) | Answer::Declined(Reason::NotSupported)
            if may_close =>
        {
            call(operation, terminal, TerminalRequest::Reconcile)
        }
        Answer::Approved(approval) => {
            let closed = operation.steps.len() > 1;
            let told = approval
                .totals
                .as_ref()
                .filter(|it| **it != Totals::default());
            let told = told.or_else(|| totals(asked)).cloned().unwrap_or_default();
            compared(draft, operation, terminal, closed, &told)
        }
        Answer::OnHold { .. }
        | Answer::Declined(_)
        | Answer::Cancelled
        | Answer::NotDone(_)
        | Answer::Queued => finish_as_answered(draft, operation, last),
    }
}

/// How a closing ended whose answer was lost, by the totals that the terminal tells afterwards; `None`
/// where they prove nothing.
#[must_use]
pub fn judge(operation: &Operation, now: &Totals) -> Option<Answer> {
    let before = operation.steps.first().and_then(totals)?;
    if now.are_empty() {
        return Some(approved(before.clone()));
    }
    (now == before).then_some(Answer::NotDone(Reason::NotCarriedOut))
}

/// The answer that totals are.
#[must_use]
pub fn approved(totals: Totals) -> Answer {
    Answer::Approved(Box::new(Approval {
        totals: Some(totals),
        ..Approval::default()
    }))
}

fn totals(step: &Step) -> Option<&Totals> {
    match &step.answer {
        Some(Answer::Approved(approval)) => approval.totals.as_ref(),
        Some(
            Answer::OnHold { .. }
            | Answer::Declined(_)
            | Answer::Cancelled
            | Answer::NotDone(_)
            | Answer::Queued,
        )
        | None => None,
    }
}

/// The step belongs to no payment; it has the name that the operation's own would have.
fn call(operation: &Operation, terminal: &TerminalId, request: TerminalRequest) -> Next {
    Next::Call(Box::new(Plan {
        payment: operation.own_payment(0),
        opens: None,
        call: Call::Terminal {
            terminal: terminal.clone(),
            request,
        },
    }))
}

fn compared(
    draft: &Draft<'_>,
    operation: &Operation,
    terminal: &TerminalId,
    closed: bool,
    told: &Totals,
) -> Next {
    let Some(profile) = draft.directory().terminals.get(terminal) else {
        // It was configured when it was asked.
        let reason = Some(Reason::TerminalNotReady);
        return finish(outcome(draft, operation, Verdict::Failed, reason));
    };
    let currency = profile.currency;
    let turnover = draft.turnover(terminal);
    let compared = Reconciliation::of(terminal.clone(), currency, closed, told, &turnover);
    let reason = (!compared.agrees()).then_some(Reason::TotalsDiffer);
    let outcome = outcome(draft, operation, Verdict::Approved, reason);
    finish(Outcome {
        reconciliation: Some(Box::new(compared)),
        ..outcome
    })
}
