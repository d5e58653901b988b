//! `payment.sale` and `payment.authorize`: one request to one terminal.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::{Next, Plan, check_terminal, finish_as_answered, park};
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::{Reference, TerminalId};
use crate::domain::operation::{Answer, Call, Operation};
use crate::domain::payment::Payment;
use crate::domain::rejection::Rejection;

pub(super) fn admit(
    draft: &Draft<'_>,
    terminal: &TerminalId,
    amount: Money,
    reference: Option<&Reference>,
) -> Result<Vec<Entry>, Rejection> {
    check_reference(draft, reference)?;
    check_terminal(draft, terminal, amount)?;
    Ok(Vec::new())
}

/// One thing is paid once: while a payment for it may still go through, at whatever terminal, there is
/// no other one, unless a person has parked it.
fn check_reference(draft: &Draft<'_>, reference: Option<&Reference>) -> Result<(), Rejection> {
    let mut open = draft.before().operations.values();
    let holder = open
        .find(|open| !open.parked && reference.is_some() && open.request.reference() == reference);
    holder.map_or(Ok(()), |holder| {
        Err(Rejection::PaymentBusy {
            holder: holder.id.clone(),
        })
    })
}

pub(super) fn next(
    draft: &Draft<'_>,
    operation: &Operation,
    terminal: &TerminalId,
    amount: Money,
    request: TerminalRequest,
) -> Next {
    match operation
        .steps
        .first()
        .and_then(|step| step.answer.as_ref())
    {
        Some(Answer::Approved(_)) if operation.parked => park::take_back(draft, operation),
        Some(answer) => finish_as_answered(draft, operation, answer),
        None => at_terminal(draft, operation, terminal, amount, request),
    }
}

/// Opens the operation's first payment and asks the terminal for its money.
pub(super) fn at_terminal(
    draft: &Draft<'_>,
    operation: &Operation,
    terminal: &TerminalId,
    amount: Money,
    request: TerminalRequest,
) -> Next {
    let account = draft
        .directory()
        .terminals
        .get(terminal)
        .and_then(|profile| profile.account.clone());
    let order = operation.request.order().cloned();
    let payment = Payment::opened(operation.own_payment(0), order, account, amount.currency);
    Next::Call(Box::new(Plan {
        payment: payment.id.clone(),
        opens: Some(payment),
        call: Call::Terminal {
            terminal: terminal.clone(),
            request,
        },
    }))
}
