//! A tender whose authorization has ended: its merchant account holds the money anew, by the card
//! token that was kept. The new payment is linked to the old one and becomes a tender of the order.

use firmware_protocols::vocabulary::Money;

use super::{Plan, begins_payment, is_approved, takes_money};
use crate::domain::draft::Draft;
use crate::domain::effect::ProcessorRequest;
use crate::domain::entry::Entry;
use crate::domain::operation::{Call, Operation};
use crate::domain::order::{Order, Tender};
use crate::domain::payment::{Movement, Payment};

/// Holds what is needed, and never more than the old authorization held when it ended. One try for
/// each tender.
pub(super) fn plan(
    draft: &Draft<'_>,
    operation: &Operation,
    ended: &Payment,
    rest: Money,
) -> Option<Plan> {
    let was_tried =
        made_by(draft, operation).any(|(payment, _)| payment.replaces.as_ref() == Some(&ended.id));
    let amount = Money::new(ended.lapsed.min(rest.minor), rest.currency);
    (!was_tried)
        .then(|| again(draft, operation, ended, amount))
        .flatten()
}

/// Holds an amount with the card of a payment, where its account can and the card is known.
pub(super) fn again(
    draft: &Draft<'_>,
    operation: &Operation,
    ended: &Payment,
    amount: Money,
) -> Option<Plan> {
    let account = ended.account.clone()?;
    let capabilities = draft.directory().accounts.get(&account)?;
    let card_token = ended.card_token.clone()?;
    let able = capabilities.card_token_authorization && ended.currency == amount.currency;
    if !able || amount.is_zero() {
        return None;
    }
    let before = operation.steps.iter();
    let before = before.filter(|step| begins_payment(&step.call)).count();
    let payment = Payment {
        replaces: Some(ended.id.clone()),
        card: ended.card.clone(),
        ..Payment::opened(
            operation.own_payment(before),
            ended.order.clone(),
            Some(account.clone()),
            amount.currency,
        )
    };
    Some(Plan {
        payment: payment.id.clone(),
        opens: Some(payment),
        call: Call::Processor {
            account,
            request: ProcessorRequest::Authorize { amount, card_token },
        },
    })
}

/// Where a processor captures an authorization only once and lets the rest go, what the order still
/// needs of that rest is held anew.
pub(super) fn secure(draft: &Draft<'_>, operation: &Operation, order: &Order) -> Option<Plan> {
    let mut all = let_go(draft, operation, order);
    all.find_map(|(payment, needed)| plan(draft, operation, payment, needed))
}

/// The tenders of which this operation captured a part and the rest was let go, with what the order
/// still needs.
pub(super) fn let_go<'a>(
    draft: &'a Draft<'_>,
    operation: &'a Operation,
    order: &'a Order,
) -> impl Iterator<Item = (&'a Payment, Money)> {
    let covered = draft
        .usable_payments(order)
        .flat_map(|payment| [payment.paid_or_queued().minor, payment.open().minor])
        .fold(0, u64::saturating_add);
    // With what was kept of cancelled lines, as that is among what was paid.
    let price = order.price();
    let needed = Money::new(price.minor.saturating_sub(covered), price.currency);
    let is_captured = |payment: &Payment| {
        let mut steps = operation.steps.iter();
        steps.any(|step| step.payment == payment.id && takes_money(&step.call) && is_approved(step))
    };
    draft
        .usable_payments(order)
        .filter(move |payment| payment.lapsed > 0 && !needed.is_zero() && is_captured(payment))
        .map(move |payment| (payment, needed))
}

/// What makes a new payment a tender of its order, in the place of a part of the old one; `None` when
/// none waits for it.
pub(super) fn adopt(draft: &Draft<'_>, operation: &Operation, order: &Order) -> Option<Vec<Entry>> {
    let is_tender = |payment: &Payment| {
        let mut tenders = order.tenders.iter();
        tenders.any(|tender| tender.payment == payment.id)
    };
    made_by(draft, operation).find_map(|(payment, asked)| {
        let ended = payment.replaces.as_ref()?;
        if is_tender(payment) || !payment.secures() {
            return None;
        }
        let old = order.tenders.iter().find(|old| old.payment == *ended)?;
        let tender = Tender {
            payment: payment.id.clone(),
            ..old.clone()
        };
        let mut entries = vec![Entry::TenderAdded {
            order: order.id.clone(),
            tender,
        }];
        // What is reviewed holds nothing yet, and may come to hold all that was asked for.
        let amount = match payment.authorized {
            0 => asked.minor,
            authorized => authorized,
        };
        let has_ended = draft.payment(ended).is_some_and(|old| old.lapsed > 0);
        entries.extend(has_ended.then(|| Entry::PaymentMoved {
            payment: ended.clone(),
            movement: Movement::Replaced {
                amount,
                by: payment.id.clone(),
            },
        }));
        Some(entries)
    })
}

/// The payments that the operation has asked a processor for, with the amounts.
fn made_by<'a>(
    draft: &'a Draft<'_>,
    operation: &'a Operation,
) -> impl Iterator<Item = (&'a Payment, Money)> {
    operation.steps.iter().filter_map(|step| match &step.call {
        Call::Processor { request, .. } if begins_payment(&step.call) => {
            Some((draft.payment(&step.payment)?, request.amount()))
        }
        Call::Processor { .. } | Call::Terminal { .. } => None,
    })
}
