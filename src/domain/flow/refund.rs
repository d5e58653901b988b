//! `payment.refund`: give taken money back, capture by capture at the processor, or at the terminal:
//! a whole sale is reversed there by its receipt, a part is paid to the card presented.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::capture::call_or_fail;
use super::{Next, check_free, check_payment, finish_as_answered, is_approved, route};
use crate::domain::draft::Draft;
use crate::domain::effect::ProcessorRequest;
use crate::domain::entry::Entry;
use crate::domain::id::PaymentId;
use crate::domain::operation::{Call, Operation};
use crate::domain::payment::Payment;
use crate::domain::rejection::Rejection;

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
    match refund_call(draft, payment, amount).ok_or(Rejection::NoRoute)? {
        Call::Processor { .. } => Ok(Vec::new()),
        Call::Terminal { terminal, .. } => check_free(draft, &terminal).map(|()| Vec::new()),
    }
}

pub(super) fn next(
    draft: &Draft<'_>,
    operation: &Operation,
    id: &PaymentId,
    amount: Option<Money>,
) -> Next {
    let payment = draft.payment(id);
    let rest = payment.and_then(|payment| {
        let given = operation
            .steps
            .iter()
            .filter(|step| is_approved(step))
            .map(refunded_by);
        let given = given.fold(0_u64, u64::saturating_add);
        // Without an amount all that was paid when it began is meant.
        let asked = amount.map_or(payment.paid().minor.saturating_add(given), |amount| {
            amount.minor
        });
        Some(Money::new(asked.checked_sub(given)?, payment.currency))
    });
    if let Some(step) = operation.steps.last()
        && let Some(answer) = &step.answer
        && (!is_approved(step) || rest.is_none_or(Money::is_zero))
    {
        return finish_as_answered(draft, operation, answer);
    }
    let call = payment
        .zip(rest)
        .and_then(|(payment, rest)| refund_call(draft, payment, rest));
    call_or_fail(draft, operation, id, call)
}

fn refunded_by(step: &crate::domain::operation::Step) -> u64 {
    match &step.call {
        Call::Processor { request, .. } => request.amount().minor,
        Call::Terminal { request, .. } => match request {
            TerminalRequest::Reverse { amount, .. } | TerminalRequest::Refund { amount } => {
                amount.minor
            }
            TerminalRequest::Sale { .. }
            | TerminalRequest::Authorize { .. }
            | TerminalRequest::CaptureReservation { .. }
            | TerminalRequest::ReduceReservation { .. }
            | TerminalRequest::VoidReservation { .. }
            | TerminalRequest::Inquire
            | TerminalRequest::Status
            | TerminalRequest::OpenReservations
            | TerminalRequest::Reconcile => 0,
        },
    }
}

fn refund_call(draft: &Draft<'_>, payment: &Payment, amount: Money) -> Option<Call> {
    match route::find(draft, payment)? {
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
            let request = if whole {
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
