//! `deposit.take`: one card presentation pays the deposit, holds the remainder and keeps a card
//! token. Which way is chosen by capability; the table of outcomes is in docs/deposit.md.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::order_put::{check_order, check_order_free};
use super::sale::at_terminal;
use super::{
    Next, Plan, check_terminal, finish, finish_as_answered, is_approved, outcome, route, taken,
};
use crate::domain::directory::PartialCapture;
use crate::domain::draft::Draft;
use crate::domain::effect::ProcessorRequest;
use crate::domain::entry::Entry;
use crate::domain::id::{OrderId, PaymentId, TerminalId};
use crate::domain::operation::{Answer, Call, Operation};
use crate::domain::order::{Fulfilment, LineState, Order, Tender};
use crate::domain::outcome::{Outcome, Reason, Strategy, Verdict};
use crate::domain::payment::Payment;
use crate::domain::rejection::{OrderProblem, Rejection};

/// The parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) terminal: &'a TerminalId,
    pub(super) order: &'a Order,
    pub(super) deposit: Money,
}

impl Wish<'_> {
    /// What is taken now: the deposit and the carry-out lines.
    fn now(&self) -> Money {
        self.deposit
            .checked_add(self.order.carry_out_total())
            .unwrap_or(self.deposit)
    }

    /// What is held for later.
    fn remainder(&self) -> Money {
        let total = self.order.total();
        total
            .checked_sub(self.now())
            .unwrap_or(Money::zero(total.currency))
    }
}

pub(super) fn admit(
    draft: &Draft<'_>,
    terminal: &TerminalId,
    order: &Order,
    deposit: Money,
) -> Result<Vec<Entry>, Rejection> {
    if deposit.currency != order.currency {
        return Err(Rejection::CurrencyMismatch {
            expected: order.currency,
        });
    }
    let asked = Order {
        deposit: deposit.minor,
        ..order.clone()
    };
    check_order(draft, &asked)?;
    let wish = Wish {
        terminal,
        order,
        deposit,
    };
    if wish.now().is_zero() {
        return Err(Rejection::AmountOutOfRange);
    }
    if let Some(line) = order.lines.iter().find(|line| !line.awaits()) {
        return Err(Rejection::LineNotOpen(line.id.clone()));
    }
    check_order_free(draft, &order.id)?;
    if let Some(known) = draft.order(&order.id) {
        let secured = draft.usable_payments(known).any(Payment::secures);
        if order.version < known.version || secured {
            return Err(Rejection::OrderChanged {
                version: known.version,
            });
        }
    }
    if !order.tenders.is_empty() {
        return Err(Rejection::OrderInvalid {
            problem: OrderProblem::ForeignPayment,
        });
    }
    check_terminal(draft, terminal, wish.now())?;
    Ok(Vec::new())
}

pub(super) fn next(draft: &Draft<'_>, operation: &Operation, wish: &Wish<'_>) -> Next {
    let strategy = strategy(draft, wish);
    let Some(first) = operation.steps.first() else {
        return present_card(draft, operation, wish, strategy);
    };
    let Some(answer) = &first.answer else {
        return wait(draft, operation);
    };
    let Answer::Approved(_) = answer else {
        return finish_as_answered(draft, operation, answer);
    };
    match strategy {
        Strategy::PaidInFull => conclude(draft, operation, wish, strategy, None),
        Strategy::SingleAuthorization => capture_deposit(draft, operation, wish),
        Strategy::TokenAuthorization | Strategy::SecondCard => {
            hold_remainder(draft, operation, wish)
        }
    }
}

/// Which way the terminal and the processor allow.
fn strategy(draft: &Draft<'_>, wish: &Wish<'_>) -> Strategy {
    if wish.remainder().is_zero() {
        Strategy::PaidInFull
    } else {
        way(draft, wish.terminal)
    }
}

/// Which way a terminal and its processor allow to secure a remainder.
pub(super) fn way(draft: &Draft<'_>, terminal: &TerminalId) -> Strategy {
    let directory = draft.directory();
    let Some(profile) = directory.terminals.get(terminal) else {
        return Strategy::SecondCard;
    };
    let Some(account) = profile
        .account
        .as_ref()
        .and_then(|id| directory.accounts.get(id))
    else {
        return Strategy::SecondCard;
    };
    let captures_parts =
        account.follows_up_terminals && account.partial_capture == PartialCapture::Many;
    if profile.capabilities.pre_authorization && captures_parts {
        Strategy::SingleAuthorization
    } else if profile.capabilities.card_token && account.card_token_authorization {
        Strategy::TokenAuthorization
    } else {
        Strategy::SecondCard
    }
}

/// The one card presentation.
fn present_card(
    draft: &Draft<'_>,
    operation: &Operation,
    wish: &Wish<'_>,
    strategy: Strategy,
) -> Next {
    let total = wish.order.total();
    let (amount, request) = match strategy {
        Strategy::SingleAuthorization => (
            total,
            TerminalRequest::Authorize {
                amount: total,
                want_token: true,
            },
        ),
        Strategy::TokenAuthorization | Strategy::SecondCard => (
            wish.now(),
            TerminalRequest::Sale {
                amount: wish.now(),
                want_token: true,
            },
        ),
        // Nothing is left to secure, so no token is asked for.
        Strategy::PaidInFull => (
            wish.now(),
            TerminalRequest::Sale {
                amount: wish.now(),
                want_token: false,
            },
        ),
    };
    at_terminal(draft, operation, wish.terminal, amount, request)
}

/// Single authorization: the deposit is captured from it, as far as it goes. If that fails, all of
/// it is released, so that the customer does not pay for an order that was not made.
fn capture_deposit(draft: &Draft<'_>, operation: &Operation, wish: &Wish<'_>) -> Next {
    let strategy = Strategy::SingleAuthorization;
    let id = operation.own_payment(0);
    let Some(payment) = draft.payment(&id) else {
        return wait(draft, operation);
    };
    let open = payment.open();
    match operation.steps.get(1) {
        Some(capture) if is_approved(capture) => conclude(draft, operation, wish, strategy, None),
        Some(_) if operation.steps.len() > 2 => end_without_deposit(draft, operation),
        tried => match route::find(draft.directory(), payment) {
            None => end_without_deposit(draft, operation),
            Some(route) if tried.is_some() => call(&id, route.void(open)),
            Some(route) => {
                let now = Money::new(wish.now().minor.min(open.minor), open.currency);
                call(&id, route.capture(now))
            }
        },
    }
}

/// Token authorization: the remainder is held by the card token that the sale gave.
fn hold_remainder(draft: &Draft<'_>, operation: &Operation, wish: &Wish<'_>) -> Next {
    let strategy = strategy(draft, wish);
    if let Some(answer) = operation.steps.get(1).and_then(|step| step.answer.as_ref()) {
        let warning = match answer {
            Answer::Approved(_) => None,
            Answer::OnHold { .. } => Some(Reason::OnHold),
            Answer::Declined(_) | Answer::Cancelled | Answer::NotDone(_) | Answer::Queued => {
                Some(Reason::RemainderDeclined)
            }
        };
        return conclude(draft, operation, wish, strategy, warning);
    }
    let deposit = draft.payment(&operation.own_payment(0));
    let account = deposit.and_then(|payment| payment.account.clone());
    let token = deposit.and_then(|payment| payment.card_token.clone());
    let (Strategy::TokenAuthorization, Some(account), Some(card_token)) =
        (strategy, account, token)
    else {
        let reason = Some(Reason::SecondCardNeeded);
        return conclude(draft, operation, wish, Strategy::SecondCard, reason);
    };
    let amount = wish.remainder();
    let order = Some(wish.order.id.clone());
    let payment = Payment::opened(
        operation.own_payment(1),
        order,
        Some(account.clone()),
        amount.currency,
    );
    Next::Call(Box::new(Plan {
        payment: payment.id.clone(),
        opens: Some(payment),
        call: Call::Processor {
            account,
            request: ProcessorRequest::Authorize { amount, card_token },
        },
    }))
}

/// The deposit stands: the order is stored with its tenders, then the operation ends.
fn conclude(
    draft: &Draft<'_>,
    operation: &Operation,
    wish: &Wish<'_>,
    strategy: Strategy,
    warning: Option<Reason>,
) -> Next {
    let first = operation.own_payment(0);
    let is_stored = |id: &OrderId| {
        let stored = draft.order(id);
        stored.is_some_and(|order| order.tenders.iter().any(|tender| tender.payment == first))
    };
    if !is_stored(&wish.order.id) {
        let order = with_tenders(draft, operation, wish);
        return Next::Record(vec![Entry::OrderStored {
            order: Box::new(order),
        }]);
    }
    let outcome = outcome(draft, operation, Verdict::Approved, None);
    let secured = outcome.secured.map_or(0, |secured| secured.minor);
    let missing = missing(operation, wish);
    let reason = if !missing.is_zero() {
        Some(Reason::BalanceDue)
    } else if warning.is_none() && secured < wish.remainder().minor {
        Some(Reason::RemainderDeclined)
    } else {
        warning
    };
    finish(Outcome {
        strategy: Some(strategy),
        reason,
        balance_due: Some(missing).filter(|missing| !missing.is_zero()),
        ..outcome
    })
}

/// What was approved less than is due now.
fn missing(operation: &Operation, wish: &Wish<'_>) -> Money {
    let taken = operation.steps.iter().filter_map(taken);
    let taken = taken.fold(0_u64, |sum, part| sum.saturating_add(part.minor));
    let now = wish.now();
    Money::new(now.minor.saturating_sub(taken), now.currency)
}

/// The order as it is stored: carry-out lines are gone if all that is due now was paid, tenders are
/// the payments that secure it.
fn with_tenders(draft: &Draft<'_>, operation: &Operation, wish: &Wish<'_>) -> Order {
    let mut order = wish.order.clone();
    order.deposit = wish.deposit.minor;
    if let Some(known) = draft.order(&order.id) {
        order.version = order.version.max(known.version.saturating_add(1));
        order.tenders.clone_from(&known.tenders);
        order.placed_at = order.placed_at.or(known.placed_at);
    }
    order.placed_at = order.placed_at.or(Some(operation.started_at));
    let is_paid = missing(operation, wish).is_zero();
    for line in &mut order.lines {
        if is_paid && line.fulfilment == Fulfilment::CarryOut && line.state == LineState::Open {
            line.state = LineState::Fulfilled;
        }
    }
    // The deposit is one of them whatever it came to: `conclude` knows by it that this is done.
    let second = operation.own_payment(1);
    let second = draft
        .payment(&second)
        .is_some_and(Payment::secures)
        .then_some(second);
    order.tenders.push(tender(operation.own_payment(0)));
    order.tenders.extend(second.map(tender));
    order
}

pub(super) fn tender(payment: PaymentId) -> Tender {
    Tender {
        payment,
        tender_type: None,
        card_type: None,
        prepayment: true,
    }
}

fn end_without_deposit(draft: &Draft<'_>, operation: &Operation) -> Next {
    let reason = Some(Reason::DepositNotCaptured);
    let outcome = outcome(draft, operation, Verdict::Declined, reason);
    finish(Outcome {
        strategy: Some(Strategy::SingleAuthorization),
        ..outcome
    })
}

fn call(payment: &PaymentId, call: Call) -> Next {
    Next::Call(Box::new(Plan {
        payment: payment.clone(),
        opens: None,
        call,
    }))
}

/// The books lack what the journal must have put there; end rather than guess.
fn wait(draft: &Draft<'_>, operation: &Operation) -> Next {
    finish(outcome(
        draft,
        operation,
        Verdict::Failed,
        Some(Reason::Other),
    ))
}
