//! `pickup.capture`: hand lines over and take what is due for them, from the order's own tenders in
//! sequence or from another card. What is still held when the last line is gone is released.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::order_put::check_order_free;
use super::sale::at_terminal;
use super::{
    Next, Plan, begins_payment, check_payment_free, check_terminal, finish, is_approved, outcome,
    promised, releases, taken,
};
use super::{reauthorize, refusal, route, whole};
use crate::domain::allocation;
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::{LineId, OperationId, OrderId, TerminalId};
use crate::domain::operation::{Answer, Operation, Step};
use crate::domain::order::{Channel, Order, Tender};
use crate::domain::outcome::{Outcome, Reason, Skipped, Verdict};
use crate::domain::payment::{Action, Payment, Status};
use crate::domain::quote;
use crate::domain::rejection::Rejection;
use crate::domain::request::{PickupTender, Request};

/// The parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) order: &'a OrderId,
    pub(super) version: u64,
    pub(super) lines: &'a [LineId],
    pub(super) tender: &'a PickupTender,
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
    for payment in draft.usable_payments(order) {
        check_payment_free(draft, &payment.id)?;
    }
    let due = quote::due(draft.usable_payments(order), order, wish.lines);
    // Without lines it takes what is missing for those that are gone.
    if wish.lines.is_empty() && (due.is_zero() || order.fulfilled() == 0) {
        return Err(Rejection::NoLines);
    }
    match wish.tender {
        PickupTender::Available => {
            check_amount(draft, order)?;
            check_reviews(draft, operation, order, due)?;
        }
        PickupTender::Other { terminal } => check_terminal(draft, terminal, due)?,
    }
    Ok(vec![Entry::LinesReserved {
        order: order.id.clone(),
        operation: operation.clone(),
        lines: wish.lines.to_vec(),
        due,
    }])
}

/// An online order without a deposit is authorized in full when it is made. When all its tenders were
/// approved and still do not make up what it costs, its price has changed since, and whoever made it
/// has to say what is right. A tender that was declined, or is being reviewed, explains a difference;
/// what was released since is no difference.
fn check_amount(draft: &Draft<'_>, order: &Order) -> Result<(), Rejection> {
    let first = draft.usable_payments(order);
    // What was authorized anew was authorized before.
    let first = first.filter(|payment| payment.replaces.is_none());
    let all: Vec<u64> = first.map(|payment| payment.authorized).collect();
    let authorized = all.iter().copied().fold(0, u64::saturating_add);
    let total = order.total();
    let is_in_full = order.channel == Channel::Online && order.deposit == 0;
    let all_approved = !all.is_empty() && !all.contains(&0);
    if is_in_full && all_approved && authorized < total.minor {
        return Err(Rejection::AuthorizedAmountChanged {
            total,
            authorized: Money::new(authorized, total.currency),
        });
    }
    Ok(())
}

/// What is still being reviewed may come to pay or not: where the others do not suffice, nothing is
/// begun.
fn check_reviews(
    draft: &Draft<'_>,
    operation: &OperationId,
    order: &Order,
    due: Money,
) -> Result<(), Rejection> {
    let mut payments = draft.usable_payments(order);
    let able = draft
        .usable_payments(order)
        .filter(|payment| refusal::find(draft, operation, order, payment).is_none());
    let can_pay = able.fold(0_u64, |sum, payment| {
        sum.saturating_add(payment.open().minor)
            .saturating_add(payment.lapsed)
    });
    let is_reviewed = payments.any(|payment| payment.status() == Status::OnHold);
    if is_reviewed && can_pay < due.minor {
        Err(Rejection::PaymentOnHold)
    } else {
        Ok(())
    }
}

pub(super) fn next(
    draft: &Draft<'_>,
    operation: &Operation,
    id: &OrderId,
    tender: &PickupTender,
) -> Next {
    let (Some(order), Some(due)) = (draft.order(id), operation.due) else {
        return finish(outcome(
            draft,
            operation,
            Verdict::Failed,
            Some(Reason::Other),
        ));
    };
    let paid = |step: &Step| taken(step).or_else(|| promised(step));
    let taken = operation.steps.iter().filter_map(paid);
    let taken = taken.fold(0_u64, |sum, part| sum.saturating_add(part.minor));
    let rest = Money::new(due.minor.saturating_sub(taken), due.currency);
    if rest.is_zero() {
        return hand_over(draft, operation, order);
    }
    let step = match tender {
        PickupTender::Available => capture_next(draft, operation, order, rest),
        PickupTender::Other { terminal } => other_card(draft, operation, terminal, rest),
    };
    step.unwrap_or_else(|| release(draft, operation, order, rest))
}

/// The next capture from the order's own tenders; those that refused are passed over, as are those
/// whose terminal is at work for somebody else. What an authorization that has ended can pay no more
/// is authorized anew, and that is captured at once.
fn capture_next(
    draft: &Draft<'_>,
    operation: &Operation,
    order: &Order,
    rest: Money,
) -> Option<Next> {
    if let Some(entries) = reauthorize::adopt(draft, operation, order) {
        return Some(Next::Record(entries));
    }
    let made_now = |payment: &&Payment| {
        payment.replaces.is_some()
            && operation
                .steps
                .iter()
                .any(|step| step.payment == payment.id)
    };
    let able = |payment: &&Payment| refusal::find(draft, &operation.id, order, payment).is_none();
    let first = draft.usable_payments(order).filter(made_now);
    // Before more is held anew, what was held anew before is used up.
    let held_anew = |ended: &Payment| {
        let made = draft
            .usable_payments(order)
            .filter(|it| it.replaces.is_some());
        let mut made = made.filter(|_| ended.lapsed > 0).filter(able);
        made.find_map(|payment| capture(draft, operation, payment, rest))
    };
    let plan = first
        .chain(draft.usable_payments(order))
        .filter(able)
        .find_map(|payment| {
            capture(draft, operation, payment, rest)
                .or_else(|| held_anew(payment))
                .or_else(|| reauthorize::plan(draft, operation, payment, rest))
        })?;
    Some(Next::Call(Box::new(plan)))
}

/// A capture of what a tender can pay, unless it was refused before.
fn capture(
    draft: &Draft<'_>,
    operation: &Operation,
    payment: &Payment,
    rest: Money,
) -> Option<Plan> {
    let refused = |step: &Step| step.payment == payment.id && !is_approved(step);
    if operation.steps.iter().any(refused) {
        return None;
    }
    let (id, share) = allocation::next_share([payment], rest)?;
    if whole::is_too_little(draft.directory(), payment, share) {
        return whole::take_part(draft, operation, payment, share);
    }
    Some(Plan {
        payment: id,
        opens: None,
        call: route::find(draft.directory(), payment)?.capture(share),
    })
}

/// The whole amount from another card; there is one try.
fn other_card(
    draft: &Draft<'_>,
    operation: &Operation,
    terminal: &TerminalId,
    rest: Money,
) -> Option<Next> {
    let request = TerminalRequest::Sale {
        amount: rest,
        want_token: false,
    };
    operation
        .steps
        .is_empty()
        .then(|| at_terminal(draft, operation, terminal, rest, request))
}

/// All is paid: the lines are the customer's. Then what is still held for a finished order is
/// released, tender by tender, each tried once.
fn hand_over(draft: &Draft<'_>, operation: &Operation, order: &Order) -> Next {
    let mut entries = other_tender(draft, operation, order);
    if order.is_reserved_for(&operation.id) {
        entries.push(Entry::LinesFulfilled {
            order: order.id.clone(),
            operation: operation.id.clone(),
        });
    }
    if !entries.is_empty() {
        return Next::Record(entries);
    }
    let is_unneeded = |payment: &&Payment| {
        order.is_complete()
            && payment.actions().contains(&Action::Void)
            && !operation
                .steps
                .iter()
                .any(|step| step.payment == payment.id && releases(&step.call))
    };
    let mut unneeded = draft.usable_payments(order).filter(is_unneeded);
    let call = unneeded.find_map(|payment| {
        let route = route::find(draft.directory(), payment)?;
        route.is_free_for(draft, &operation.id).then(|| Plan {
            payment: payment.id.clone(),
            opens: None,
            call: route.void(payment.open()),
        })
    });
    if let Some(entries) = reauthorize::adopt(draft, operation, order) {
        return Next::Record(entries);
    }
    let plan = call
        .or_else(|| whole::exchange(draft, operation, order))
        .or_else(|| reauthorize::secure(draft, operation, order));
    if let Some(plan) = plan {
        return Next::Call(Box::new(plan));
    }
    let let_go = reauthorize::let_go(draft, operation, order).next();
    let is_promised = operation.steps.iter().any(|it| promised(it).is_some());
    let warning = let_go.map(|_| Reason::RestNotSecured);
    let warning = is_promised.then_some(Reason::AwaitingRetry).or(warning);
    finish(Outcome {
        skipped: skipped(draft, operation, order, true),
        ..outcome(draft, operation, Verdict::Approved, warning)
    })
}

/// The other card becomes a tender of the order if it has paid anything.
fn other_tender(draft: &Draft<'_>, operation: &Operation, order: &Order) -> Vec<Entry> {
    let own = operation.own_payment(0);
    let known = order.tenders.iter().any(|tender| tender.payment == own);
    // What was authorized anew is taken in where it takes the place of the old one.
    let paid = draft.payment(&own);
    let is_other = paid.is_some_and(|paid| paid.secures() && paid.replaces.is_none());
    if known || !is_other {
        return Vec::new();
    }
    let tender = Tender {
        payment: own,
        tender_type: None,
        card_type: None,
        prepayment: true,
    };
    vec![Entry::TenderAdded {
        order: order.id.clone(),
        tender,
    }]
}

/// Not all could be taken: the goods stay, what was taken counts, the cashier is told the balance.
fn release(draft: &Draft<'_>, operation: &Operation, order: &Order, rest: Money) -> Next {
    let mut entries = other_tender(draft, operation, order);
    if order.is_reserved_for(&operation.id) {
        entries.push(Entry::LinesReleased {
            order: order.id.clone(),
            operation: operation.id.clone(),
        });
    }
    if !entries.is_empty() {
        return Next::Record(entries);
    }
    let skipped = skipped(draft, operation, order, false);
    let last = operation.steps.last();
    // By card token: with the card at the terminal the cashier hears what the terminal says.
    let renews = last.is_some_and(|step| {
        let made = draft.payment(&step.payment);
        let old = made.and_then(|made| draft.payment(made.replaces.as_ref()?));
        begins_payment(&step.call) && old.is_some_and(|old| old.open().is_zero())
    });
    let (verdict, reason) = match last.and_then(|step| step.answer.as_ref()) {
        Some(Answer::Declined(_)) if renews => (Verdict::Declined, Reason::AuthorizationNotRenewed),
        Some(Answer::NotDone(_)) if renews => (Verdict::Failed, Reason::AuthorizationNotRenewed),
        Some(Answer::Declined(reason)) => (Verdict::Declined, *reason),
        Some(Answer::NotDone(reason)) => (Verdict::Failed, *reason),
        Some(Answer::Cancelled) => (Verdict::Cancelled, Reason::Aborted),
        Some(Answer::OnHold { .. }) => (Verdict::Declined, Reason::OnHold),
        Some(Answer::Approved(_) | Answer::Queued) => (Verdict::Declined, Reason::BalanceDue),
        None => {
            let first = skipped.first().map(|skipped| skipped.reason);
            (Verdict::Declined, first.unwrap_or(Reason::BalanceDue))
        }
    };
    let outcome = outcome(draft, operation, verdict, Some(reason));
    finish(Outcome {
        balance_due: Some(rest),
        skipped,
        ..outcome
    })
}

/// The tenders that were passed over; with another card none was asked for.
fn skipped(draft: &Draft<'_>, operation: &Operation, order: &Order, is_paid: bool) -> Vec<Skipped> {
    if let Request::PickupCapture {
        tender: PickupTender::Other { .. },
        ..
    } = operation.request
    {
        return Vec::new();
    }
    refusal::skipped(draft, operation, order, is_paid)
}
