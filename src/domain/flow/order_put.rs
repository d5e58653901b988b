//! `order.put`: store an order that was made anywhere, or a newer version of it. Nothing is asked of
//! the outside.

use super::{Next, finish, outcome};
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::operation::Operation;
use crate::domain::order::{Line, Order};
use crate::domain::outcome::Verdict;
use crate::domain::payment::Payment;
use crate::domain::rejection::{OrderProblem, Rejection};

/// Of a payment that is known here the own counters stay: this station has seen its money move.
pub(super) fn admit(
    draft: &Draft<'_>,
    order: &Order,
    payments: &[Payment],
) -> Result<Vec<Entry>, Rejection> {
    check_order(order)?;
    check_payments(draft, order, payments)?;
    if let Some(known) = draft.order(&order.id) {
        if let Some(holder) = draft.before().holder_of_order(&order.id) {
            return Err(Rejection::OrderBusy {
                holder: holder.id.clone(),
            });
        }
        if order == known {
            return Ok(Vec::new());
        }
        if order.version <= known.version {
            return Err(Rejection::OrderChanged {
                version: known.version,
            });
        }
    }
    let new = payments
        .iter()
        .filter(|payment| draft.payment(&payment.id).is_none());
    let mut entries: Vec<Entry> = new
        .map(|payment| Entry::PaymentOpened {
            payment: Box::new(payment.clone()),
        })
        .collect();
    entries.push(Entry::OrderStored {
        order: Box::new(order.clone()),
    });
    Ok(entries)
}

pub(super) fn next(draft: &Draft<'_>, operation: &Operation, order: &Order) -> Next {
    let mut outcome = outcome(draft, operation, Verdict::Approved, None);
    let payments = order
        .tenders
        .iter()
        .filter_map(|tender| draft.payment(&tender.payment));
    outcome.payments = payments.cloned().collect();
    finish(outcome)
}

/// Checks that an order does not contradict itself.
pub(super) fn check_order(order: &Order) -> Result<(), Rejection> {
    let invalid = |problem| Err(Rejection::OrderInvalid { problem });
    if order.lines.is_empty() {
        return invalid(OrderProblem::NoLines);
    }
    let mut names: Vec<_> = order.lines.iter().map(|line| &line.id).collect();
    names.sort();
    names.dedup();
    if names.len() != order.lines.len() {
        return invalid(OrderProblem::DuplicateLine);
    }
    let total = order
        .lines
        .iter()
        .try_fold(0_u64, |sum, line: &Line| sum.checked_add(line.amount));
    if total.is_none_or(|total| total > crate::domain::engine::AMOUNT_MAX) {
        return invalid(OrderProblem::TotalOutOfRange);
    }
    let waiting = order.total().checked_sub(order.carry_out_total());
    if waiting.is_none_or(|waiting| order.deposit > waiting.minor) {
        return invalid(OrderProblem::DepositTooLarge);
    }
    Ok(())
}

fn check_payments(draft: &Draft<'_>, order: &Order, payments: &[Payment]) -> Result<(), Rejection> {
    let invalid = |problem| Err(Rejection::OrderInvalid { problem });
    for payment in payments {
        if payment.currency != order.currency {
            return invalid(OrderProblem::MixedCurrencies);
        }
        if !payment.holds_invariants() {
            return invalid(OrderProblem::ImpossibleCounters);
        }
        let known = draft.payment(&payment.id);
        if known.is_some_and(|known| known.order.as_ref() != Some(&order.id)) {
            return invalid(OrderProblem::ForeignPayment);
        }
    }
    Ok(())
}
