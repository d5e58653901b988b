//! `payment.refund`: give taken money back, capture by capture at the processor, or at the terminal:
//! a whole sale is reversed there by its receipt, a part is paid to the card presented.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::capture::call_or_fail;
use super::{Next, check_free, check_payment, finish_as_answered, given_back, is_approved, route};
use crate::domain::draft::Draft;
use crate::domain::effect::ProcessorRequest;
use crate::domain::entry::Entry;
use crate::domain::id::PaymentId;
use crate::domain::operation::{Answer, Call, Operation, Step};
use crate::domain::outcome::Reason;
use crate::domain::payment::{Movement, Payment};
use crate::domain::rejection::Rejection;
use crate::domain::request::Request;

pub(super) fn admit(
    draft: &Draft<'_>,
    id: &PaymentId,
    amount: Option<Money>,
) -> Result<Vec<Entry>, Rejection> {
    let payment = check_payment(draft, id)?;
    let amount = payment.check_refund(amount)?;
    if amount.is_zero() {
        return Err(Rejection::AmountOutOfRange);
    }
    match refund_call(draft, payment, amount, true).ok_or(Rejection::NoRoute)? {
        // Captures of which nobody here knows the reference cannot be refunded.
        Call::Processor { .. } if amount.minor > payment.refundable() => Err(Rejection::NoRoute),
        Call::Processor { .. } => Ok(Vec::new()),
        Call::Terminal { terminal, .. } => check_free(draft, &terminal).map(|()| Vec::new()),
    }
}

/// What an answer to a refund takes off the price of an order: goods that are gone and were paid back
/// are not asked for again. To be looked at before the answer is booked as `movements`.
#[must_use]
pub fn waived(
    draft: &Draft<'_>,
    operation: &Operation,
    movements: &[(PaymentId, Movement)],
) -> Option<Entry> {
    let Request::Refund { payment, .. } = &operation.request else {
        return None;
    };
    let order = draft.order(draft.payment(payment)?.order.as_ref()?)?;
    let mut payments = draft.usable_payments(order);
    payments.find(|usable| usable.id == *payment)?;
    let given = movements.iter().fold(0_u64, |sum, (_, movement)| {
        if let Movement::Refunded { amount } = movement {
            sum.saturating_add(*amount)
        } else {
            sum
        }
    });
    let paid = draft.usable_payments(order);
    let paid = paid.fold(0_u64, |sum, it| {
        sum.saturating_add(it.paid_or_queued().minor)
    });
    let waived = order.waived_after(paid, given);
    (waived > order.waived).then(|| Entry::PriceWaived {
        order: order.id.clone(),
        operation: operation.id.clone(),
        waived,
    })
}

pub(super) fn next(
    draft: &Draft<'_>,
    operation: &Operation,
    id: &PaymentId,
    amount: Option<Money>,
) -> Next {
    let payment = draft.payment(id);
    let given = given_back(operation);
    let rest = payment.and_then(|payment| {
        // Without an amount all that was paid when it began is meant.
        let asked = amount.map_or(payment.paid().minor.saturating_add(given), |amount| {
            amount.minor
        });
        Some(Money::new(asked.checked_sub(given)?, payment.currency))
    });
    if let Some(step) = operation.steps.last()
        && let Some(answer) = &step.answer
        && !is_reversal_too_late(step)
        && (!is_approved(step) || rest.is_none_or(Money::is_zero))
    {
        return finish_as_answered(draft, operation, answer);
    }
    let call = payment.zip(rest).and_then(|(payment, rest)| {
        let reversed = operation.steps.iter().any(is_reversal_too_late);
        refund_call(draft, payment, rest, !reversed)
    });
    call_or_fail(draft, operation, id, call)
}

/// The terminal reverses nothing of a closed batch; the card has to be presented for a refund.
fn is_reversal_too_late(step: &Step) -> bool {
    let reverses = match &step.call {
        Call::Terminal { request, .. } => matches!(request, TerminalRequest::Reverse { .. }),
        Call::Processor { .. } => false,
    };
    let late = Reason::ReversalNotPossible;
    reverses
        && matches!(
            step.answer,
            Some(Answer::Declined(reason) | Answer::NotDone(reason)) if reason == late
        )
}

pub(super) fn refund_call(
    draft: &Draft<'_>,
    payment: &Payment,
    amount: Money,
    reversible: bool,
) -> Option<Call> {
    match route::find(draft.directory(), payment)? {
        route::Route::Processor { account, .. } => {
            let (capture_token, amount) = payment.next_refund(amount)?;
            let request = ProcessorRequest::Refund {
                amount,
                capture_token,
            };
            Some(Call::Processor { account, request })
        }
        route::Route::Terminal {
            terminal,
            reservation,
        } => {
            let whole = payment.refunded == 0 && amount == payment.paid();
            let request = if whole && reversible {
                TerminalRequest::Reverse {
                    receipt_number: reservation.receipt_number,
                    amount,
                }
            } else {
                TerminalRequest::Refund { amount }
            };
            Some(Call::Terminal { terminal, request })
        }
    }
}
