//! `pickup.capture`: hand lines over and take what is due for them, from the order's own tenders in
//! sequence or from another card. What is still held when the last line is gone is released.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::route;
use super::sale::at_terminal;
use super::{Next, Plan, check_terminal, finish, is_approved, outcome, taken};
use crate::domain::allocation;
use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::{LineId, OperationId, OrderId, TerminalId};
use crate::domain::operation::{Answer, Operation};
use crate::domain::order::{LineState, Order, Tender};
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::payment::{Action, Payment};
use crate::domain::quote;
use crate::domain::rejection::Rejection;
use crate::domain::request::PickupTender;

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
    if let Some(holder) = draft.before().holder_of_order(wish.order) {
        return Err(Rejection::OrderBusy {
            holder: holder.id.clone(),
        });
    }
    quote::check_lines(order, wish.lines)?;
    for payment in draft.usable_payments(order) {
        if let Some(holder) = draft.before().holder_of_payment(&payment.id) {
            return Err(Rejection::PaymentBusy {
                holder: holder.id.clone(),
            });
        }
    }
    let due = quote::due(draft.usable_payments(order), order, wish.lines);
    if let PickupTender::Other { terminal } = wish.tender {
        check_terminal(draft, terminal, due)?;
    }
    Ok(vec![Entry::LinesReserved {
        order: order.id.clone(),
        operation: operation.clone(),
        lines: wish.lines.to_vec(),
        due,
    }])
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
    let taken = operation.steps.iter().filter_map(taken);
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

/// The next capture from the order's own tenders; those that refused are passed over.
fn capture_next(
    draft: &Draft<'_>,
    operation: &Operation,
    order: &Order,
    rest: Money,
) -> Option<Next> {
    let able = draft.usable_payments(order).filter(|payment| {
        let refused = |step: &&crate::domain::operation::Step| {
            step.payment == payment.id && !is_approved(step)
        };
        operation.steps.iter().find(refused).is_none() && route::find(draft, payment).is_some()
    });
    let (id, share) = allocation::next_share(able, rest)?;
    let call = route::find(draft, draft.payment(&id)?)?.capture(share);
    Some(Next::Call(Box::new(Plan {
        payment: id,
        opens: None,
        call,
    })))
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
    if order.is_reserved_for(&operation.id) {
        return Next::Record(fulfilment(operation, order));
    }
    let unneeded = |payment: &&Payment| {
        order.is_complete()
            && payment.actions().contains(&Action::Void)
            && !operation.steps.iter().any(|step| is_void_of(step, payment))
    };
    let call = draft
        .usable_payments(order)
        .find(unneeded)
        .and_then(|payment| {
            let call = route::find(draft, payment)?.void(payment.open());
            Some(Plan {
                payment: payment.id.clone(),
                opens: None,
                call,
            })
        });
    match call {
        Some(plan) => Next::Call(Box::new(plan)),
        None => finish(outcome(draft, operation, Verdict::Approved, None)),
    }
}

fn fulfilment(operation: &Operation, order: &Order) -> Vec<Entry> {
    let mut entries = Vec::new();
    let own = operation.own_payment(0);
    if operation.steps.iter().any(|step| step.payment == own) {
        let tender = Tender {
            payment: own,
            tender_type: None,
            card_type: None,
            prepayment: true,
        };
        entries.push(Entry::TenderAdded {
            order: order.id.clone(),
            tender,
        });
    }
    entries.push(Entry::LinesFulfilled {
        order: order.id.clone(),
        operation: operation.id.clone(),
    });
    entries
}

/// Not all could be taken: the goods stay, what was taken counts, the cashier is told the balance.
fn release(draft: &Draft<'_>, operation: &Operation, order: &Order, rest: Money) -> Next {
    let reserved = LineState::Reserved(operation.id.clone());
    if order.lines.iter().any(|line| line.state == reserved) {
        return Next::Record(vec![Entry::LinesReleased {
            order: order.id.clone(),
            operation: operation.id.clone(),
        }]);
    }
    let (verdict, reason) = match operation.steps.last().and_then(|step| step.answer.as_ref()) {
        Some(Answer::Declined(reason)) => (Verdict::Declined, *reason),
        Some(Answer::NotDone(reason)) => (Verdict::Failed, *reason),
        Some(Answer::Cancelled) => (Verdict::Cancelled, Reason::Aborted),
        Some(Answer::Approved(_) | Answer::OnHold { .. }) => {
            (Verdict::Declined, Reason::BalanceDue)
        }
        None => (Verdict::Declined, no_tender(draft, order)),
    };
    let outcome = outcome(draft, operation, verdict, Some(reason));
    finish(Outcome {
        balance_due: Some(rest),
        ..outcome
    })
}

/// Why no tender could even be tried.
fn no_tender(draft: &Draft<'_>, order: &Order) -> Reason {
    let foreign =
        |payment: &Payment| !payment.open().is_zero() && route::find(draft, payment).is_none();
    if draft.usable_payments(order).any(foreign) {
        Reason::MerchantAccountUnknown
    } else {
        Reason::BalanceDue
    }
}

fn is_void_of(step: &crate::domain::operation::Step, payment: &Payment) -> bool {
    use crate::domain::effect::ProcessorRequest;
    use crate::domain::operation::Call;
    let voids = match &step.call {
        Call::Processor { request, .. } => matches!(request, ProcessorRequest::Void { .. }),
        Call::Terminal { request, .. } => {
            matches!(request, TerminalRequest::VoidReservation { .. })
        }
    };
    voids && step.payment == payment.id
}
