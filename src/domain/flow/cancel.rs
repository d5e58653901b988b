//! `order.cancel`: lines that wait are cancelled. Their share of the deposit goes back or is kept, as
//! the app asks; what is still held once nothing waits any more is released.

use firmware_protocols::vocabulary::Money;

use super::order_put::check_order_free;
use super::refund::refund_call;
use super::{
    Next, Plan, check_payment_free, finish, given_back, is_approved, outcome, releases, route,
};
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::{LineId, OperationId, OrderId};
use crate::domain::operation::{Call, Operation, Step};
use crate::domain::order::{LineState, Order};
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::payment::{Action, Payment};
use crate::domain::quote;
use crate::domain::rejection::{OrderProblem, Rejection};
use crate::domain::request::DepositShare;

/// The parameters; no lines means all that wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) order: &'a OrderId,
    pub(super) version: u64,
    pub(super) lines: &'a [LineId],
    pub(super) share: DepositShare,
}

pub(super) fn admit(
    draft: &Draft<'_>,
    operation: &OperationId,
    wish: &Wish<'_>,
) -> Result<Vec<Entry>, Rejection> {
    let order = draft
        .order(wish.order)
        .ok_or_else(|| Rejection::OrderUnknown(wish.order.clone()))?;
    if order.version != wish.version {
        return Err(Rejection::OrderChanged {
            version: order.version,
        });
    }
    check_order_free(draft, wish.order)?;
    quote::check_lines(order, wish.lines)?;
    let waits = |id: &LineId| wish.lines.is_empty() || wish.lines.contains(id);
    let lines: Vec<LineId> = order
        .lines
        .iter()
        .filter(|line| line.state == LineState::Open && waits(&line.id))
        .map(|line| line.id.clone())
        .collect();
    if lines.is_empty() {
        return Err(Rejection::OrderInvalid {
            problem: OrderProblem::NoLines,
        });
    }
    for payment in draft.usable_payments(order) {
        check_payment_free(draft, &payment.id)?;
    }
    let paid = draft.usable_payments(order).fold(0_u64, |sum, it| {
        sum.saturating_add(it.paid_or_queued().minor)
    });
    let settled = settle(order, &lines, paid, wish.share);
    Ok(vec![Entry::LinesCancelled {
        order: order.id.clone(),
        operation: operation.clone(),
        lines,
        deposit: settled.deposit,
        kept: settled.kept,
        refund: Money::new(settled.refund, order.currency),
    }])
}

/// What a cancellation makes of an order's money, in minor units.
struct Settled {
    /// The deposit on the lines that are left.
    deposit: u64,
    /// What is kept of deposits in all.
    kept: u64,
    /// What goes back.
    refund: u64,
}

/// The deposit shrinks with the lines. What was paid for the cancelled ones goes back, but for the
/// deposit's share if that is kept; what was paid beyond goes back once nothing waits any more.
fn settle(order: &Order, lines: &[LineId], paid: u64, share: DepositShare) -> Settled {
    let left = order.without(lines);
    let fulfilled = order.fulfilled();
    let required = left.required_after(fulfilled);
    let beyond = paid.saturating_sub(required);
    let freed = order.required_after(fulfilled).saturating_sub(required);
    let back = if left.is_complete() {
        beyond
    } else {
        beyond.min(freed)
    };
    let carry_out = order
        .carry_out_total()
        .minor
        .saturating_sub(left.carry_out_total().minor);
    let kept = match share {
        DepositShare::Refund => 0,
        DepositShare::Keep => back.min(freed.saturating_sub(carry_out)),
    };
    Settled {
        deposit: left.deposit,
        kept: order.kept.saturating_add(kept),
        refund: back.saturating_sub(kept),
    }
}

pub(super) fn next(draft: &Draft<'_>, operation: &Operation, id: &OrderId) -> Next {
    let (Some(order), Some(refund)) = (draft.order(id), operation.due) else {
        let reason = Some(Reason::Other);
        return finish(outcome(draft, operation, Verdict::Failed, reason));
    };
    let given = given_back(operation);
    let rest = Money::new(refund.minor.saturating_sub(given), refund.currency);
    let plan =
        release(draft, operation, order).or_else(|| give_back(draft, operation, order, rest));
    if let Some(plan) = plan {
        return Next::Call(Box::new(plan));
    }
    let owed = Some(rest).filter(|rest| !rest.is_zero());
    let reason = owed.map(|_| Reason::RefundDue);
    let outcome = outcome(draft, operation, Verdict::Approved, reason);
    finish(Outcome {
        refund_due: owed,
        ..outcome
    })
}

/// The next hold to release: only when no line waits for it, each tried once.
fn release(draft: &Draft<'_>, operation: &Operation, order: &Order) -> Option<Plan> {
    let mut unneeded = draft.usable_payments(order).filter(|payment| {
        let tried = |step: &Step| step.payment == payment.id && releases(&step.call);
        order.is_complete()
            && payment.actions().contains(&Action::Void)
            && !operation.steps.iter().any(tried)
    });
    unneeded.find_map(|payment| {
        let route = route::find(draft.directory(), payment)?;
        let free = route.is_free_for(draft, &operation.id);
        free.then(|| plan(payment, route.void(payment.open())))
    })
}

/// The next part to give back: the tender that paid first gets it first. One that was refused is
/// passed over.
fn give_back(draft: &Draft<'_>, operation: &Operation, order: &Order, rest: Money) -> Option<Plan> {
    if rest.is_zero() {
        return None;
    }
    let mut able = draft.usable_payments(order).filter(|payment| {
        let refused =
            |step: &Step| step.payment == payment.id && !releases(&step.call) && !is_approved(step);
        payment.actions().contains(&Action::Refund) && !operation.steps.iter().any(refused)
    });
    able.find_map(|payment| {
        let free = route::find(draft.directory(), payment)?.is_free_for(draft, &operation.id);
        let part = Money::new(rest.minor.min(payment.paid().minor), rest.currency);
        let call = refund_call(draft, payment, part, true).filter(|_| free)?;
        Some(plan(payment, call))
    })
}

fn plan(payment: &Payment, call: Call) -> Plan {
    Plan {
        payment: payment.id.clone(),
        opens: None,
        call,
    }
}
