//! `deposit.tokenize`: another card secures the remainder of an order whose deposit stands, by a hold
//! on it and a reusable token. A card that gives no token is let go.
//!
//! Where the terminal can hold money and its processor captures parts of that, the remainder is held
//! at once, with the token. Elsewhere the token is read with the smallest amount there is, which is
//! given back at once, and the processor holds the remainder by token.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::order_put::check_order_free;
use super::refund::refund_call;
use super::sale::at_terminal;
use super::{
    Next, Plan, check_payment_free, check_terminal, deposit, finish, finish_as_answered, outcome,
    route,
};
use crate::domain::draft::Draft;
use crate::domain::effect::ProcessorRequest;
use crate::domain::entry::Entry;
use crate::domain::id::{OrderId, SealedToken, TerminalId};
use crate::domain::operation::{Answer, Call, Operation, Step};
use crate::domain::order::Order;
use crate::domain::outcome::{Outcome, Reason, Strategy, Verdict};
use crate::domain::payment::{Payment, Status};
use crate::domain::rejection::Rejection;

/// Minor units with which a token is read where the remainder cannot be held at the terminal.
const READING: u64 = 1;

pub(super) fn admit(
    draft: &Draft<'_>,
    terminal: &TerminalId,
    id: &OrderId,
) -> Result<Vec<Entry>, Rejection> {
    let order = draft
        .order(id)
        .ok_or_else(|| Rejection::OrderUnknown(id.clone()))?;
    check_order_free(draft, id)?;
    for payment in draft.usable_payments(order) {
        check_payment_free(draft, &payment.id)?;
        // It may yet secure the remainder.
        if payment.status() == Status::OnHold {
            return Err(Rejection::PaymentOnHold);
        }
    }
    if draft
        .usable_payments(order)
        .all(|payment| payment.paid_or_queued().is_zero())
    {
        return Err(Rejection::DepositMissing);
    }
    let remainder = remainder(draft, order, &[]);
    if remainder.is_zero() {
        return Err(Rejection::NothingToSecure);
    }
    check_terminal(draft, terminal, remainder)?;
    let profile = draft.directory().terminals.get(terminal);
    let gives_token = profile.is_some_and(|profile| profile.capabilities.card_token);
    match deposit::way(draft, terminal) {
        Strategy::SingleAuthorization | Strategy::TokenAuthorization if gives_token => {
            Ok(Vec::new())
        }
        Strategy::SingleAuthorization
        | Strategy::TokenAuthorization
        | Strategy::SecondCard
        | Strategy::PaidInFull => Err(Rejection::NoRoute),
    }
}

pub(super) fn next(
    draft: &Draft<'_>,
    operation: &Operation,
    terminal: &TerminalId,
    id: &OrderId,
) -> Next {
    let Some(order) = draft.order(id) else {
        return lost(draft, operation);
    };
    let own = [operation.own_payment(0), operation.own_payment(1)];
    let remainder = remainder(draft, order, &own);
    let Some(first) = operation.steps.first() else {
        return read_card(draft, operation, terminal, remainder);
    };
    match &first.answer {
        Some(Answer::Approved(_)) => {}
        Some(answer) => return finish_as_answered(draft, operation, answer),
        None => return lost(draft, operation),
    }
    let token = draft
        .payment(&first.payment)
        .and_then(|payment| payment.card_token.clone());
    let holds = holds_remainder(first, remainder);
    if (!holds || token.is_none())
        && let Some(call) = release(draft, operation, first)
    {
        return Next::Call(Box::new(call));
    }
    let end = match token {
        None => End {
            verdict: Verdict::Declined,
            reason: Some(Reason::CardNotTokenizable),
            strategy: None,
        },
        Some(_) if holds => End {
            verdict: Verdict::Approved,
            reason: None,
            strategy: Some(Strategy::SingleAuthorization),
        },
        Some(token) => match hold_by_token(draft, operation, &token, remainder) {
            Ok(end) => end,
            Err(call) => return Next::Call(call),
        },
    };
    conclude(draft, operation, order, remainder, end)
}

/// How it ends, once the order knows its new tenders.
struct End {
    verdict: Verdict,
    reason: Option<Reason>,
    strategy: Option<Strategy>,
}

/// What the order costs beyond what is paid and held, payments in `but` not counted.
fn remainder(draft: &Draft<'_>, order: &Order, but: &[crate::domain::id::PaymentId]) -> Money {
    let others = draft
        .usable_payments(order)
        .filter(|payment| !but.contains(&payment.id));
    let secured = others.fold(0_u64, |sum, payment| {
        let paid = payment.paid_or_queued().minor;
        let part = paid.saturating_add(payment.open().minor);
        sum.saturating_add(part)
    });
    let total = order.price();
    Money::new(total.minor.saturating_sub(secured), total.currency)
}

/// The card presentation.
fn read_card(
    draft: &Draft<'_>,
    operation: &Operation,
    terminal: &TerminalId,
    remainder: Money,
) -> Next {
    let want_token = true;
    let reading = Money::new(READING, remainder.currency);
    let profile = draft.directory().terminals.get(terminal);
    let can_hold = profile.is_some_and(|profile| profile.capabilities.pre_authorization);
    let by_hold = deposit::way(draft, terminal) == Strategy::SingleAuthorization;
    let amount = if by_hold { remainder } else { reading };
    let request = if can_hold {
        TerminalRequest::Authorize { amount, want_token }
    } else {
        TerminalRequest::Sale { amount, want_token }
    };
    at_terminal(draft, operation, terminal, amount, request)
}

/// Whether the card presentation was to hold all of the remainder.
fn holds_remainder(first: &Step, remainder: Money) -> bool {
    match &first.call {
        Call::Terminal { request, .. } => {
            matches!(request, TerminalRequest::Authorize { amount, .. } if *amount == remainder)
        }
        Call::Processor { .. } => false,
    }
}

/// Gives back what the card was read with, once and before anybody else gets the terminal.
fn release(draft: &Draft<'_>, operation: &Operation, first: &Step) -> Option<Plan> {
    let tried = |step: &Step| step.payment == first.payment;
    if operation.steps.iter().skip(1).any(tried) {
        return None;
    }
    let payment = draft.payment(&first.payment)?;
    let call = if payment.open().is_zero() {
        refund_call(draft, payment, payment.paid(), true)?
    } else {
        route::find(draft.directory(), payment)?.void(payment.open())
    };
    Some(Plan {
        payment: first.payment.clone(),
        opens: None,
        call,
    })
}

/// The processor holds the remainder on the card that was read.
fn hold_by_token(
    draft: &Draft<'_>,
    operation: &Operation,
    token: &SealedToken,
    remainder: Money,
) -> Result<End, Box<Plan>> {
    let id = operation.own_payment(1);
    let strategy = Some(Strategy::TokenAuthorization);
    let step = operation.steps.iter().find(|step| step.payment == id);
    let read = draft.payment(&operation.own_payment(0));
    let account = read.and_then(|payment| payment.account.clone());
    let (verdict, reason) = match (step.and_then(|step| step.answer.as_ref()), account) {
        (None, Some(account)) => {
            let order = operation.request.order().cloned();
            let opened = Payment::opened(id, order, Some(account.clone()), remainder.currency);
            return Err(Box::new(Plan {
                payment: opened.id.clone(),
                opens: Some(opened),
                call: Call::Processor {
                    account,
                    request: ProcessorRequest::Authorize {
                        amount: remainder,
                        card_token: token.clone(),
                    },
                },
            }));
        }
        (None, None) => (Verdict::Failed, Some(Reason::NotSupported)),
        (Some(Answer::Approved(_) | Answer::Queued), _) => (Verdict::Approved, None),
        (Some(Answer::OnHold { .. }), _) => (Verdict::Approved, Some(Reason::OnHold)),
        (Some(Answer::Declined(reason)), _) => (Verdict::Declined, Some(*reason)),
        (Some(Answer::Cancelled), _) => (Verdict::Cancelled, Some(Reason::Aborted)),
        (Some(Answer::NotDone(reason)), _) => (Verdict::Failed, Some(*reason)),
    };
    Ok(End {
        verdict,
        reason,
        strategy,
    })
}

/// What secures the order now becomes its tender, and so does what was taken to read the card and
/// could not be given back: it counts.
fn conclude(
    draft: &Draft<'_>,
    operation: &Operation,
    order: &Order,
    remainder: Money,
    end: End,
) -> Next {
    let accepted = end.verdict == Verdict::Approved;
    let is_tender = |payment: &Payment| {
        order
            .tenders
            .iter()
            .any(|tender| tender.payment == payment.id)
    };
    let counts = |payment: &Payment| {
        let holds = !payment.open().is_zero() || payment.status() == Status::OnHold;
        !payment.paid().is_zero() || (accepted && holds)
    };
    let own = [operation.own_payment(0), operation.own_payment(1)];
    let added: Vec<Entry> = own
        .iter()
        .filter_map(|id| draft.payment(id))
        .filter(|payment| counts(payment) && !is_tender(payment))
        .map(|payment| Entry::TenderAdded {
            order: order.id.clone(),
            tender: deposit::tender(payment.id.clone()),
        })
        .collect();
    if !added.is_empty() {
        return Next::Record(added);
    }
    let outcome = outcome(draft, operation, end.verdict, end.reason);
    let secured = outcome.secured.map_or(0, |secured| secured.minor);
    let falls_short = accepted && end.reason.is_none() && secured < remainder.minor;
    finish(Outcome {
        reason: if falls_short {
            Some(Reason::RemainderDeclined)
        } else {
            end.reason
        },
        strategy: end.strategy,
        ..outcome
    })
}

/// The books lack what the journal must have put there; end rather than guess.
fn lost(draft: &Draft<'_>, operation: &Operation) -> Next {
    let reason = Some(Reason::Other);
    finish(outcome(draft, operation, Verdict::Failed, reason))
}
