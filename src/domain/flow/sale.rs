//! `payment.sale` and `payment.authorize`: one request to one terminal.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::{Next, Plan, finish_as_answered};
use crate::domain::draft::Draft;
use crate::domain::id::TerminalId;
use crate::domain::operation::{Call, Operation};
use crate::domain::payment::Payment;

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
