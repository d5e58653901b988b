//! `payment.void`: release all held money that is not captured.

use super::capture::{call_or_fail, check_route};
use super::{Next, check_payment, finish_as_answered, route};
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::PaymentId;
use crate::domain::operation::Operation;
use crate::domain::rejection::Rejection;

pub(super) fn admit(draft: &Draft<'_>, id: &PaymentId) -> Result<Vec<Entry>, Rejection> {
    let payment = check_payment(draft, id)?;
    payment.check_void()?;
    check_route(draft, route::find(draft.directory(), payment))?;
    Ok(Vec::new())
}

pub(super) fn next(draft: &Draft<'_>, operation: &Operation, id: &PaymentId) -> Next {
    if let Some(answer) = operation
        .steps
        .first()
        .and_then(|step| step.answer.as_ref())
    {
        return finish_as_answered(draft, operation, answer);
    }
    let call = draft.payment(id).and_then(|payment| {
        let amount = payment.check_void().ok()?;
        Some(route::find(draft.directory(), payment)?.void(amount))
    });
    call_or_fail(draft, operation, id, call)
}
