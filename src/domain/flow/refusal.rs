//! Why a tender cannot even be tried from here. It is passed over and named; the next one is tried.

use firmware_protocols::vocabulary::Money;

use super::{route, whole};
use crate::domain::directory::Directory;
use crate::domain::draft::Draft;
use crate::domain::id::OperationId;
use crate::domain::operation::Operation;
use crate::domain::order::{Order, Tender};
use crate::domain::outcome::{Reason, Skipped};
use crate::domain::payment::{Payment, Status};

/// Why a payment of an order cannot be captured from here now, if it cannot. Nothing is sent for it.
pub(super) fn find(
    draft: &Draft<'_>,
    operation: &OperationId,
    order: &Order,
    payment: &Payment,
) -> Option<Reason> {
    let directory = draft.directory();
    lasting(directory, order, payment).or_else(|| {
        let route = route::find(directory, payment).filter(|_| !payment.open().is_zero())?;
        (!route.is_free_for(draft, operation)).then_some(Reason::TerminalBusy)
    })
}

/// The same, whatever is going on here now.
#[must_use]
pub fn lasting(directory: &Directory, order: &Order, payment: &Payment) -> Option<Reason> {
    let tender = order.tenders.iter().find(|it| it.payment == payment.id);
    if let Some(reason) = tender.and_then(|tender| of_type(directory, tender)) {
        return Some(reason);
    }
    if payment.status() == Status::OnHold {
        return Some(Reason::OnHold);
    }
    let is_reachable = if payment.open().is_zero() && payment.lapsed > 0 {
        let account = payment.account.as_ref();
        account.is_some_and(|id| directory.accounts.contains_key(id))
    } else {
        route::find(directory, payment).is_some()
    };
    (!is_reachable).then_some(Reason::MerchantAccountUnknown)
}

/// Tenders made here have no type ids, and need none.
fn of_type(directory: &Directory, tender: &Tender) -> Option<Reason> {
    let is_unknown = |known: &Option<std::collections::BTreeSet<String>>, id: &Option<String>| {
        let known = known.as_ref().zip(id.as_ref());
        known.is_some_and(|(known, id)| !known.contains(id))
    };
    if is_unknown(&directory.tender_types, &tender.tender_type) {
        Some(Reason::TenderTypeUnknown)
    } else if is_unknown(&directory.card_types, &tender.card_type) {
        Some(Reason::CardTypeUnknown)
    } else {
        None
    }
}

/// The tenders that were passed over: those that cannot be captured from here and stand before the
/// last one that paid, or all of them when what is due could not be paid.
pub(super) fn skipped(
    draft: &Draft<'_>,
    operation: &Operation,
    order: &Order,
    is_paid: bool,
) -> Vec<Skipped> {
    let has_paid = |payment: &Payment| {
        let mut steps = operation.steps.iter();
        steps.any(|step| step.payment == payment.id && super::has_paid(step))
    };
    let payments: Vec<&Payment> = draft.usable_payments(order).collect();
    let last = payments.iter().rposition(|payment| has_paid(payment));
    let reached = if is_paid {
        last.unwrap_or(0)
    } else {
        payments.len()
    };
    let holds = |payment: &&&Payment| {
        let held = payment.status() == Status::OnHold || !payment.open().is_zero();
        // What was released when the order was complete was held before.
        let touched = operation
            .steps
            .iter()
            .any(|step| step.payment == payment.id);
        (held || payment.lapsed > 0 || touched) && !has_paid(payment)
    };
    // A part was needed, and only all of it could have been taken.
    let is_whole = |payment: &Payment| {
        let touched = operation.steps.iter().any(|it| it.payment == payment.id);
        let nothing = Money::zero(payment.currency);
        let cannot = !touched && whole::cannot_take(draft.directory(), payment, nothing);
        cannot.then_some(Reason::OnlyWholeCapture)
    };
    let passed = payments.iter().take(reached).filter(holds);
    passed
        .filter_map(|payment| {
            let refused = find(draft, &operation.id, order, payment);
            Some(Skipped {
                payment: payment.id.clone(),
                reason: refused.or_else(|| is_whole(payment))?,
            })
        })
        .collect()
}
