//! `order.put`: store an order that was made anywhere, or a newer version of it. Nothing is asked of
//! the outside.

use super::{Next, check_payment_free, finish, outcome};
use crate::domain::draft::Draft;
use crate::domain::elsewhere;
use crate::domain::entry::Entry;
use crate::domain::id::{OrderId, PaymentId, Timestamp};
use crate::domain::operation::Operation;
use crate::domain::order::{Fulfilment, Order};
use crate::domain::outcome::Verdict;
use crate::domain::payment::Payment;
use crate::domain::rejection::{OrderProblem, Rejection};
use crate::domain::request::AMOUNT_MAX;

/// Of a payment that is known here the own counters stay: this station has seen its money move. Only
/// where another store has moved more, and nothing less, is that noted.
pub(super) fn admit(
    draft: &Draft<'_>,
    order: &Order,
    payments: &[Payment],
    now: Timestamp,
) -> Result<Vec<Entry>, Rejection> {
    check_order(draft, order)?;
    check_payments(draft, order, payments)?;
    check_order_free(draft, &order.id)?;
    let known = draft.order(&order.id);
    let placed_before = known.and_then(|known| known.placed_at);
    let order = &Order {
        placed_at: order.placed_at.or(placed_before).or(Some(now)),
        // Whoever made the order may not have heard of it.
        waived: order.waived.max(known.map_or(0, |known| known.waived)),
        ..order.clone()
    };
    if let Some(known) = known {
        if order == known {
            return Ok(Vec::new());
        }
        if order.version <= known.version {
            return Err(Rejection::OrderChanged {
                version: known.version,
            });
        }
    }
    let mut entries = Vec::new();
    for payment in payments {
        match draft.payment(&payment.id) {
            None => entries.push(Entry::PaymentOpened {
                payment: Box::new(payment.clone()),
            }),
            Some(known) => {
                // What this station has promised itself is not for others to say.
                let mut told = payment.clone();
                told.queued = told.queued.max(promised_here(draft, &known.id));
                let moved = elsewhere::moved(known, &told, payments);
                if !moved.is_empty() {
                    check_payment_free(draft, &payment.id)?;
                }
                let moved = moved.into_iter().chain(elsewhere::account(known, payment));
                entries.extend(moved.map(|movement| Entry::PaymentMoved {
                    payment: payment.id.clone(),
                    movement,
                }));
            }
        }
    }
    entries.push(Entry::OrderStored {
        order: Box::new(order.clone()),
    });
    Ok(entries)
}

/// Minor units of a payment that wait for their processor here.
fn promised_here(draft: &Draft<'_>, payment: &PaymentId) -> u64 {
    let queued = draft.operations().filter_map(Operation::queued);
    queued
        .filter(|queued| queued.payment == *payment)
        .fold(0, |sum, queued| sum.saturating_add(queued.amount.minor))
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

/// Checks that no other operation is about the order.
pub(super) fn check_order_free(draft: &Draft<'_>, order: &OrderId) -> Result<(), Rejection> {
    draft
        .before()
        .holder_of_order(order)
        .map_or(Ok(()), |holder| {
            Err(Rejection::OrderBusy {
                holder: holder.id.clone(),
            })
        })
}

/// Checks that an order does not contradict itself.
pub(super) fn check_order(draft: &Draft<'_>, order: &Order) -> Result<(), Rejection> {
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
    let price = ever_cost(order).and_then(|total| total.checked_add(order.kept));
    if price.is_none_or(|price| price > AMOUNT_MAX) {
        return invalid(OrderProblem::TotalOutOfRange);
    }
    let waiting = order.total().checked_sub(order.carry_out_total());
    if waiting.is_none_or(|waiting| order.deposit > waiting.minor) {
        return invalid(OrderProblem::DepositTooLarge);
    }
    if let Some(stores) = &draft.directory().stores {
        let mut wanted = order.lines.iter().map(|line| match &line.fulfilment {
            Fulfilment::Pickup { store } => store.as_ref(),
            Fulfilment::CarryOut | Fulfilment::Ship => None,
        });
        let is_unknown = |store: Option<&String>| store.is_some_and(|it| !stores.contains(it));
        if let Some(line) = wanted.position(is_unknown) {
            return invalid(OrderProblem::StoreUnknown(line));
        }
    }
    Ok(())
}

/// What all lines cost, those that were cancelled since as well.
fn ever_cost(order: &Order) -> Option<u64> {
    let mut lines = order.lines.iter();
    lines.try_fold(0_u64, |sum, line| sum.checked_add(line.amount))
}

fn check_payments(draft: &Draft<'_>, order: &Order, payments: &[Payment]) -> Result<(), Rejection> {
    let invalid = |problem| Err(Rejection::OrderInvalid { problem });
    for (at, payment) in payments.iter().enumerate() {
        if payment.currency != order.currency {
            return invalid(OrderProblem::MixedCurrencies);
        }
        if !payment.holds_invariants() || payment.authorized > AMOUNT_MAX {
            return invalid(OrderProblem::ImpossibleCounters);
        }
        let named_before = payments.iter().take(at).any(|other| other.id == payment.id);
        if named_before {
            return invalid(OrderProblem::DuplicateTender);
        }
        if payment.order.as_ref() != Some(&order.id) || !is_tender(order, &payment.id) {
            return invalid(OrderProblem::ForeignPayment);
        }
    }
    // What was taken for lines that were cancelled since may still have to be given back.
    let taken = payments.iter().map(|payment| payment.paid().minor);
    let taken = taken.fold(0, u64::saturating_add);
    if ever_cost(order).is_some_and(|cost| taken > cost) {
        return invalid(OrderProblem::PaidTooMuch);
    }
    for (at, tender) in order.tenders.iter().enumerate() {
        let id = &tender.payment;
        // Counted twice, it would pay twice.
        if order
            .tenders
            .iter()
            .take(at)
            .any(|other| other.payment == *id)
        {
            return invalid(OrderProblem::DuplicateTender);
        }
        let known = draft.payment(id);
        if known.is_some_and(|known| known.order.as_ref() != Some(&order.id)) {
            return invalid(OrderProblem::ForeignPayment);
        }
        if known.is_none() && !payments.iter().any(|payment| payment.id == *id) {
            return Err(Rejection::PaymentUnknown(id.clone()));
        }
    }
    Ok(())
}

fn is_tender(order: &Order, payment: &PaymentId) -> bool {
    order
        .tenders
        .iter()
        .any(|tender| tender.payment == *payment)
}
