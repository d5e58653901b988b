//! `payment.capture`: take held money, by the processor or at the terminal that holds it.

use firmware_protocols::vocabulary::Money;

use super::route::{self, Route};
use super::whole;
use super::{Next, Plan, check_free, check_payment, finish, finish_as_answered, outcome};
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::PaymentId;
use crate::domain::operation::Operation;
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::rejection::Rejection;

pub(super) fn admit(
    draft: &Draft<'_>,
    id: &PaymentId,
    amount: Option<Money>,
) -> Result<Vec<Entry>, Rejection> {
    let payment = check_payment(draft, id)?;
    let amount = payment.check_capture(amount)?;
    if amount.is_zero() {
        return Err(Rejection::AmountOutOfRange);
    }
    if whole::is_too_little(draft.directory(), payment, amount) {
        return Err(Rejection::OnlyWholeCapture {
            open: payment.open(),
        });
    }
    check_route(draft, route::find(draft.directory(), payment))?;
    Ok(Vec::new())
}

pub(super) fn next(
    draft: &Draft<'_>,
    operation: &Operation,
    id: &PaymentId,
    amount: Option<Money>,
) -> Next {
    if let Some(answer) = operation
        .steps
        .first()
        .and_then(|step| step.answer.as_ref())
    {
        return finish_as_answered(draft, operation, answer);
    }
    let call = draft.payment(id).and_then(|payment| {
        let amount = payment.check_capture(amount).ok()?;
        Some(route::find(draft.directory(), payment)?.capture(amount))
    });
    call_or_fail(draft, operation, id, call)
}

/// Checks that there is a way and that its terminal, if any, is free.
pub(super) fn check_route(draft: &Draft<'_>, route: Option<Route>) -> Result<(), Rejection> {
    match route.ok_or(Rejection::NoRoute)? {
        Route::Processor { .. } => Ok(()),
        Route::Terminal { terminal, .. } => check_free(draft, &terminal),
    }
}

/// One call on an existing payment. `admit` has found it possible; were it not so any more, nothing
/// has been sent yet.
pub(super) fn call_or_fail(
    draft: &Draft<'_>,
    operation: &Operation,
    payment: &PaymentId,
    call: Option<crate::domain::operation::Call>,
) -> Next {
    match call {
        Some(call) => Next::Call(Box::new(Plan {
            payment: payment.clone(),
            opens: None,
            call,
        })),
        None => finish(outcome(
            draft,
            operation,
            Verdict::Failed,
            Some(Reason::NotSupported),
        )),
    }
}
