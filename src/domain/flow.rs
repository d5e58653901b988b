//! The operations, one file each. A flow is two pure functions: `admit` refuses or says how the
//! operation begins, and `next` looks at the answers so far and says what to ask next. A flow keeps
//! no state of its own, so it goes on after a crash from wherever the journal left it.

mod bind;
mod booking;
mod cancel;
mod capture;
mod deposit;
mod order_put;
mod park;
mod pickup;
mod queued;
mod reauthorize;
pub mod reconcile;
mod refund;
pub mod refusal;
mod resolve;
pub mod review;
mod route;
mod sale;
mod ship;
mod tokenize;
mod void;
mod whole;
mod write_off;

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

pub use booking::{after_its_time, begins_payment, booked, in_earnest, moved};
pub use refund::waived;

use super::draft::Draft;
use super::entry::Entry;
use super::id::{OperationId, PaymentId, TerminalId, Timestamp};
use super::operation::{Answer, Call, Operation, Step};
use super::order::Order;
use super::outcome::{OrderVersion, Outcome, Reason, Verdict};
use super::payment::Payment;
use super::rejection::Rejection;
use super::request::Request;

/// What a flow wants next.
#[derive(Clone, Debug)]
pub enum Next {
    /// Ask the outside.
    Call(Box<Plan>),
    /// Note these facts, then ask again what is next.
    Record(Vec<Entry>),
    /// It is over.
    Finish(Box<Outcome>),
}

/// A step to take.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whose money it moves; where it moves none, a name that no payment has.
    pub payment: PaymentId,
    /// The payment to open first, if it does not exist yet.
    pub opens: Option<Payment>,
    /// What to ask.
    pub call: Call,
}

/// Refuses an order that was made elsewhere, or says what is true with it.
pub fn take_in(
    draft: &Draft<'_>,
    order: &Order,
    payments: &[Payment],
    now: Timestamp,
) -> Result<Vec<Entry>, Rejection> {
    order_put::admit(draft, order, payments, now)
}

/// Refuses a request, or says what is true as soon as it has begun.
pub fn admit(
    draft: &Draft<'_>,
    operation: &OperationId,
    request: &Request,
    now: Timestamp,
) -> Result<Vec<Entry>, Rejection> {
    match request {
        Request::Sale {
            terminal,
            amount,
            reference,
            ..
        }
        | Request::Authorize {
            terminal,
            amount,
            reference,
            ..
        } => sale::admit(draft, terminal, *amount, reference.as_ref()),
        Request::Capture { payment, amount } => capture::admit(draft, payment, *amount),
        Request::Void { payment } => void::admit(draft, payment),
        Request::Refund { payment, amount } => refund::admit(draft, payment, *amount),
        Request::DepositTake {
            terminal,
            order,
            deposit,
        } => deposit::admit(draft, terminal, order, *deposit),
        Request::DepositTokenize { terminal, order } => tokenize::admit(draft, terminal, order),
        Request::OrderPut { order, payments } => order_put::admit(draft, order, payments, now),
        Request::PickupCapture {
            order,
            version,
            lines,
            tender,
        } => pickup::admit(
            draft,
            operation,
            &pickup::Wish {
                order,
                version: *version,
                lines,
                tender,
            },
        ),
        Request::OrderShip {
            order,
            version,
            lines,
        } => ship::admit(draft, operation, order, *version, lines),
        Request::OrderCancel {
            order,
            version,
            lines,
            share,
        } => cancel::admit(
            draft,
            operation,
            &cancel::Wish {
                order,
                version: *version,
                lines,
                share: *share,
            },
        ),
        // Nobody asks for it: a decision starts it.
        Request::CaptureQueued(_) | Request::Review(_) => Err(Rejection::NoRoute),
        Request::OperationResolve(wish) => resolve::admit(draft, wish),
        Request::NfcBind {
            tap,
            customer_reference,
        } => bind::admit(draft, operation, tap, customer_reference.as_ref()),
        Request::OperationPark(wish) => park::admit(draft, wish),
        Request::PaymentWriteOff(wish) => write_off::admit(draft, operation, wish),
        Request::TerminalTotals { terminal } | Request::TerminalReconcile { terminal } => {
            reconcile::admit(draft, terminal)
        }
    }
}

/// Whether an operation of a queue still has to take what was promised. What it does after that is
/// tried once.
#[must_use]
pub fn is_promise_due(operation: &Operation) -> bool {
    operation.queued().is_some() && queued::is_due(operation)
}

/// Looks at the answers so far and says what is next.
#[must_use]
pub fn next(draft: &Draft<'_>, operation: &Operation) -> Next {
    match &operation.request {
        Request::Sale {
            terminal,
            amount,
            want_token,
            reference: _,
        } => {
            let request = TerminalRequest::Sale {
                amount: *amount,
                want_token: *want_token,
            };
            sale::next(draft, operation, terminal, *amount, request)
        }
        Request::Authorize {
            terminal,
            amount,
            want_token,
            reference: _,
        } => {
            let request = TerminalRequest::Authorize {
                amount: *amount,
                want_token: *want_token,
            };
            sale::next(draft, operation, terminal, *amount, request)
        }
        Request::Capture { payment, amount } => capture::next(draft, operation, payment, *amount),
        Request::Void { payment } => void::next(draft, operation, payment),
        Request::Refund { payment, amount } => refund::next(draft, operation, payment, *amount),
        Request::DepositTake {
            terminal,
            order,
            deposit,
        } => {
            let wish = deposit::Wish {
                terminal,
                order,
                deposit: *deposit,
            };
            deposit::next(draft, operation, &wish)
        }
        Request::DepositTokenize { terminal, order } => {
            tokenize::next(draft, operation, terminal, order)
        }
        Request::OrderPut { order, .. } => order_put::next(draft, operation, order),
        Request::PickupCapture { order, tender, .. } => {
            pickup::next(draft, operation, order, tender)
        }
        Request::OrderShip { order, .. } => ship::next(draft, operation, order),
        Request::OrderCancel { order, .. } => cancel::next(draft, operation, order),
        Request::CaptureQueued(queued) => queued::next(draft, operation, queued),
        Request::Review(review) => review::next(draft, operation, review),
        Request::TerminalTotals { terminal } => reconcile::next(draft, operation, terminal, false),
        Request::TerminalReconcile { terminal } => {
            reconcile::next(draft, operation, terminal, true)
        }
        // What there was to do was done as it began.
        Request::OperationResolve(_)
        | Request::NfcBind { .. }
        | Request::OperationPark(_)
        | Request::PaymentWriteOff(_) => finish(outcome(draft, operation, Verdict::Approved, None)),
    }
}

/// Checks that a terminal is configured, takes the amount's currency and is free.
fn check_terminal(
    draft: &Draft<'_>,
    terminal: &TerminalId,
    amount: Money,
) -> Result<(), Rejection> {
    let Some(profile) = draft.directory().terminals.get(terminal) else {
        return Err(Rejection::TerminalUnknown(terminal.clone()));
    };
    if profile.currency != amount.currency {
        return Err(Rejection::CurrencyMismatch {
            expected: profile.currency,
        });
    }
    check_free(draft, terminal)
}

/// Checks that no other operation has the terminal.
fn check_free(draft: &Draft<'_>, terminal: &TerminalId) -> Result<(), Rejection> {
    draft
        .before()
        .holder_of_terminal(terminal)
        .map_or(Ok(()), |holder| {
            Err(Rejection::TerminalLocked {
                terminal: terminal.clone(),
                holder: holder.id.clone(),
            })
        })
}

/// Finds a payment that no other operation is about.
fn check_payment<'a>(draft: &'a Draft<'_>, id: &PaymentId) -> Result<&'a Payment, Rejection> {
    let payment = draft
        .payment(id)
        .ok_or_else(|| Rejection::PaymentUnknown(id.clone()))?;
    check_payment_free(draft, id)?;
    if let Some(order) = &payment.order
        && let Some(holder) = draft.before().holder_of_order(order)
    {
        return Err(Rejection::OrderBusy {
            holder: holder.id.clone(),
        });
    }
    Ok(payment)
}

/// Checks that no other operation is about the payment.
fn check_payment_free(draft: &Draft<'_>, id: &PaymentId) -> Result<(), Rejection> {
    draft
        .before()
        .holder_of_payment(id)
        .map_or(Ok(()), |holder| {
            Err(Rejection::PaymentBusy {
                holder: holder.id.clone(),
            })
        })
}

/// Ends an operation as its last answer says.
fn finish_as_answered(draft: &Draft<'_>, operation: &Operation, answer: &Answer) -> Next {
    let missing = operation.steps.last().and_then(missing);
    let (verdict, reason) = match answer {
        Answer::Approved(_) => (Verdict::Approved, missing.map(|_| Reason::BalanceDue)),
        Answer::OnHold { .. } => (Verdict::Approved, Some(Reason::OnHold)),
        Answer::Declined(reason) => (Verdict::Declined, Some(*reason)),
        Answer::Cancelled => (Verdict::Cancelled, Some(Reason::Aborted)),
        Answer::NotDone(reason) => (Verdict::Failed, Some(*reason)),
        Answer::Queued => (Verdict::Approved, Some(Reason::AwaitingRetry)),
    };
    let outcome = outcome(draft, operation, verdict, reason);
    finish(Outcome {
        balance_due: missing,
        ..outcome
    })
}

/// What an approval held or took less than was asked for.
fn missing(step: &Step) -> Option<Money> {
    let Some(Answer::Approved(approval)) = &step.answer else {
        return None;
    };
    let asked = amount_asked(&step.call)?;
    let moved = Money::new(moved(&step.call, approval), asked.currency);
    asked.checked_sub(moved).filter(|rest| !rest.is_zero())
}

fn finish(outcome: Outcome) -> Next {
    Next::Finish(Box::new(outcome))
}

/// An outcome with all that the operation has touched, as it stands now.
fn outcome(
    draft: &Draft<'_>,
    operation: &Operation,
    verdict: Verdict,
    reason: Option<Reason>,
) -> Outcome {
    let mut outcome = Outcome::new(verdict, reason);
    outcome.receipts.clone_from(&operation.receipts);
    for step in &operation.steps {
        let known = outcome
            .payments
            .iter()
            .any(|payment| payment.id == step.payment);
        if let Some(payment) = draft.payment(&step.payment).filter(|_| !known) {
            outcome.payments.push(payment.clone());
        }
    }
    if let Some(first) = outcome.payments.first() {
        let nothing = Money::zero(first.currency);
        outcome.captured = operation
            .steps
            .iter()
            .filter_map(taken)
            .try_fold(nothing, Money::checked_add);
        let mut queued = operation.steps.iter().filter_map(promised);
        outcome.queued = queued
            .try_fold(nothing, Money::checked_add)
            .filter(|queued| !queued.is_zero());
        let refunded = Money::new(given_back(operation), first.currency);
        outcome.refunded = Some(refunded).filter(|refunded| !refunded.is_zero());
        let open = outcome.payments.iter().map(Payment::open);
        outcome.secured = open.into_iter().try_fold(nothing, Money::checked_add);
    }
    let order = operation.request.order().and_then(|id| draft.order(id));
    outcome.order = order.map(|order| OrderVersion {
        id: order.id.clone(),
        version: order.version,
    });
    outcome
}

/// What an approved step has taken from the customer.
fn taken(step: &Step) -> Option<Money> {
    let Some(Answer::Approved(approval)) = &step.answer else {
        return None;
    };
    let asked = amount_asked(&step.call).filter(|_| takes_money(&step.call))?;
    Some(Money::new(moved(&step.call, approval), asked.currency))
}

/// What a step promised, to be taken when the processor can be reached again.
fn promised(step: &Step) -> Option<Money> {
    amount_asked(&step.call).filter(|_| step.answer == Some(Answer::Queued))
}

/// What an operation has given back so far, in minor units.
fn given_back(operation: &Operation) -> u64 {
    use super::effect::ProcessorRequest;
    let refunds = |call: &Call| match call {
        Call::Terminal { request, .. } => matches!(
            request,
            TerminalRequest::Reverse { .. } | TerminalRequest::Refund { .. }
        ),
        Call::Processor { request, .. } => matches!(request, ProcessorRequest::Refund { .. }),
    };
    let given = operation
        .steps
        .iter()
        .filter_map(|step| match &step.answer {
            Some(Answer::Approved(approval)) if refunds(&step.call) => {
                Some(moved(&step.call, approval))
            }
            Some(
                Answer::Approved(_)
                | Answer::OnHold { .. }
                | Answer::Declined(_)
                | Answer::Cancelled
                | Answer::NotDone(_)
                | Answer::Queued,
            )
            | None => None,
        });
    given.fold(0, u64::saturating_add)
}

/// Whether a call takes money from the customer, not only holds it.
const fn takes_money(call: &Call) -> bool {
    use super::effect::ProcessorRequest;
    match call {
        Call::Terminal { request, .. } => matches!(
            request,
            TerminalRequest::Sale { .. } | TerminalRequest::CaptureReservation { .. }
        ),
        Call::Processor { request, .. } => matches!(request, ProcessorRequest::Capture { .. }),
    }
}

/// What a call would hold on or take from the customer's card.
const fn amount_asked(call: &Call) -> Option<Money> {
    use super::effect::ProcessorRequest;
    match call {
        Call::Terminal { request, .. } => match request {
            TerminalRequest::Sale { amount, .. }
            | TerminalRequest::Authorize { amount, .. }
            | TerminalRequest::CaptureReservation { amount, .. } => Some(*amount),
            TerminalRequest::ReduceReservation { .. }
            | TerminalRequest::VoidReservation { .. }
            | TerminalRequest::Reverse { .. }
            | TerminalRequest::Refund { .. }
            | TerminalRequest::Inquire
            | TerminalRequest::Status
            | TerminalRequest::OpenReservations
            | TerminalRequest::Totals
            | TerminalRequest::Reconcile => None,
        },
        Call::Processor { request, .. } => match request {
            ProcessorRequest::Authorize { amount, .. }
            | ProcessorRequest::Capture { amount, .. } => Some(*amount),
            ProcessorRequest::Void { .. }
            | ProcessorRequest::Refund { .. }
            | ProcessorRequest::Review { .. } => None,
        },
    }
}

/// Whether a step has paid for goods, now or by a promise.
fn has_paid(step: &Step) -> bool {
    takes_money(&step.call) && (is_approved(step) || step.answer == Some(Answer::Queued))
}

/// Whether a call lets go what is held.
const fn releases(call: &Call) -> bool {
    match call {
        Call::Processor { request, .. } => {
            matches!(request, super::effect::ProcessorRequest::Void { .. })
        }
        Call::Terminal { request, .. } => {
            matches!(request, TerminalRequest::VoidReservation { .. })
        }
    }
}

/// Whether a step was approved.
const fn is_approved(step: &Step) -> bool {
    matches!(step.answer, Some(Answer::Approved(_)))
}
