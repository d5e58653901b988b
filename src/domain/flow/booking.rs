//! What an answer does to the payment it is about.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::TerminalRequest;

use super::queued;
use crate::domain::directory::{Directory, PartialCapture};
use crate::domain::draft::Draft;
use crate::domain::effect::ProcessorRequest;
use crate::domain::id::{PaymentId, SealedToken, Timestamp};
use crate::domain::operation::{Answer, Approval, Call, Operation, Step};
use crate::domain::outcome::Reason;
use crate::domain::payment::{Movement, Payment, Standing};

/// An approval of nothing is a decline: nothing was moved.
#[must_use]
pub fn in_earnest(call: &Call, answer: Answer) -> Answer {
    match answer {
        Answer::Approved(approval) if !call.is_about_batch() && moved(call, &approval) == 0 => {
            Answer::Declined(Reason::AmountNotAllowed)
        }
        Answer::Approved(_)
        | Answer::OnHold { .. }
        | Answer::Declined(_)
        | Answer::Cancelled
        | Answer::NotDone(_)
        | Answer::Queued => answer,
    }
}

/// What a refused capture means when the authorization's time is over: a processor may only say that
/// it knows it no more, or no reason at all. Whether the time is over is for the processor to say, so
/// a capture is tried in any case.
#[must_use]
pub fn after_its_time(payment: &Payment, call: &Call, answer: Answer, now: Timestamp) -> Answer {
    let captures = match call {
        Call::Processor { request, .. } => matches!(request, ProcessorRequest::Capture { .. }),
        Call::Terminal { .. } => false,
    };
    let unclear = matches!(
        answer,
        Answer::Declined(Reason::CardDeclined | Reason::AuthorizationUnknown | Reason::Other)
    );
    if captures && unclear && payment.expires_at.is_some_and(|end| end <= now) {
        Answer::Declined(Reason::AuthorizationExpired)
    } else {
        answer
    }
}

/// How much an approval of a call moved, in minor units. An approval may be of less than was asked
/// for; of more only where the cardholder could add something at the terminal.
#[must_use]
pub fn moved(call: &Call, approval: &Approval) -> u64 {
    match call {
        Call::Terminal { request, .. } => match request {
            TerminalRequest::Sale { amount, .. } | TerminalRequest::Authorize { amount, .. } => {
                approval.amount.unwrap_or(amount.minor)
            }
            TerminalRequest::CaptureReservation { amount, .. }
            | TerminalRequest::Refund { amount } => at_most(*amount, approval),
            // What a terminal repeats for a release or a reversal differs from maker to maker.
            TerminalRequest::ReduceReservation { unused, .. } => unused.minor,
            TerminalRequest::VoidReservation { reservation } => reservation.amount.minor,
            TerminalRequest::Reverse { amount, .. } => amount.minor,
            TerminalRequest::Inquire
            | TerminalRequest::Status
            | TerminalRequest::OpenReservations
            | TerminalRequest::Totals
            | TerminalRequest::Reconcile => 0,
        },
        Call::Processor {
            request: ProcessorRequest::Review { .. },
            ..
        } => approval.amount.unwrap_or(0),
        Call::Processor { request, .. } => at_most(request.amount(), approval),
    }
}

fn at_most(asked: Money, approval: &Approval) -> u64 {
    approval
        .amount
        .map_or(asked.minor, |amount| amount.min(asked.minor))
}

/// Whether a capture of a part leaves the rest held.
fn keeps_rest(directory: &Directory, call: &Call) -> bool {
    match call {
        Call::Processor { account, .. } => directory
            .accounts
            .get(account)
            .is_none_or(|account| account.partial_capture == PartialCapture::Many),
        // What a terminal does is said where its answers are booked.
        Call::Terminal { .. } => true,
    }
}

/// What an answer does to the books.
#[must_use]
pub fn booked(
    draft: &Draft<'_>,
    operation: &Operation,
    step: &Step,
    answer: &Answer,
    now: Timestamp,
) -> Vec<(PaymentId, Movement)> {
    let Some(payment) = draft.payment(&step.payment) else {
        return Vec::new();
    };
    let queued = operation.queued().filter(|_| queued::is_due(operation));
    let mut booked = Vec::new();
    if queued.is_none() || begins_payment(&step.call) {
        let keeps_rest = keeps_rest(draft.directory(), &step.call);
        let movements = match answer {
            Answer::Queued => vec![promise(payment, &step.call, keeps_rest)],
            Answer::Approved(_)
            | Answer::OnHold { .. }
            | Answer::Declined(_)
            | Answer::Cancelled
            | Answer::NotDone(_) => movements(payment, &step.call, answer, keeps_rest, now),
        };
        booked.extend(movements.into_iter().map(|it| (payment.id.clone(), it)));
    }
    if let Some(queued) = queued {
        booked.extend(queued::movements(draft, operation, queued, step, answer));
    }
    booked
}

/// The capture is promised; where the processor captures only once, the rest goes with it.
fn promise(payment: &Payment, call: &Call, keeps_rest: bool) -> Movement {
    let amount = super::amount_asked(call).map_or(0, |amount| amount.minor);
    let rest = payment.open().minor.saturating_sub(amount);
    Movement::CaptureQueued {
        amount,
        rest: if keeps_rest { 0 } else { rest },
    }
}

/// The movements that follow from an answer. A refused follow-up (capture, void, refund) leaves the
/// payment as it is; a refused first authorization ends it.
fn movements(
    payment: &Payment,
    call: &Call,
    answer: &Answer,
    keeps_rest: bool,
    now: Timestamp,
) -> Vec<Movement> {
    let reviews = matches!(
        call,
        Call::Processor {
            request: ProcessorRequest::Review { .. },
            ..
        }
    );
    // What was told otherwise meanwhile is decided.
    if reviews && payment.standing != Standing::OnHold {
        return Vec::new();
    }
    let begins = begins_payment(call) || reviews;
    match answer {
        Answer::Approved(approval) => {
            let amount = moved(call, approval);
            match call {
                Call::Terminal { request, .. } => {
                    of_terminal(payment, request, amount, approval, now)
                }
                Call::Processor { request, .. } => {
                    let mut movements = of_processor(payment, request, amount, approval, now);
                    let captures = matches!(request, ProcessorRequest::Capture { .. });
                    if captures && !keeps_rest && payment.open().minor > amount {
                        movements.push(Movement::Lapsed);
                    }
                    movements
                }
            }
        }
        Answer::OnHold { token } if begins => vec![Movement::HeldForReview {
            token: token.clone(),
            card_token: card_token(call).cloned(),
        }],
        Answer::Declined(reason) if begins => vec![Movement::Rejected(*reason)],
        Answer::NotDone(reason) if begins => vec![Movement::Failed(*reason)],
        Answer::Cancelled if begins => vec![Movement::Failed(Reason::Aborted)],
        Answer::Declined(Reason::AuthorizationExpired) if !payment.open().is_zero() => {
            vec![Movement::Lapsed]
        }
        Answer::OnHold { .. }
        | Answer::Declined(_)
        | Answer::NotDone(_)
        | Answer::Cancelled
        | Answer::Queued => Vec::new(),
    }
}

/// The card token that a call uses.
const fn card_token(call: &Call) -> Option<&SealedToken> {
    match call {
        Call::Processor {
            request: ProcessorRequest::Authorize { card_token, .. },
            ..
        } => Some(card_token),
        Call::Processor { .. } | Call::Terminal { .. } => None,
    }
}

/// Whether a call makes a new authorization.
#[must_use]
pub const fn begins_payment(call: &Call) -> bool {
    match call {
        Call::Terminal { request, .. } => {
            matches!(
                request,
                TerminalRequest::Sale { .. } | TerminalRequest::Authorize { .. }
            )
        }
        Call::Processor { request, .. } => matches!(request, ProcessorRequest::Authorize { .. }),
    }
}

fn of_terminal(
    payment: &Payment,
    request: &TerminalRequest,
    amount: u64,
    approval: &Approval,
    now: Timestamp,
) -> Vec<Movement> {
    match request {
        TerminalRequest::Sale { .. } => {
            let captured = Movement::Captured {
                amount,
                token: approval.token.clone(),
            };
            vec![authorized(amount, approval, now), captured]
        }
        TerminalRequest::Authorize { .. } => vec![authorized(amount, approval, now)],
        // The terminal books a reservation once and lets the rest go.
        TerminalRequest::CaptureReservation { .. } => {
            let token = approval.token.clone();
            let rest = payment.open().minor.saturating_sub(amount);
            let captured = Movement::Captured { amount, token };
            if rest == 0 {
                vec![captured]
            } else {
                vec![captured, Movement::Voided { amount: rest }]
            }
        }
        TerminalRequest::ReduceReservation { .. } => {
            let rest = payment.open().minor.saturating_sub(amount);
            let token = approval.token.clone();
            let voided = Movement::Voided { amount };
            vec![
                Movement::Captured {
                    amount: rest,
                    token,
                },
                voided,
            ]
        }
        TerminalRequest::VoidReservation { .. } => {
            vec![Movement::Voided {
                amount: payment.open().minor,
            }]
        }
        TerminalRequest::Reverse { .. } | TerminalRequest::Refund { .. } => {
            vec![Movement::Refunded { amount }]
        }
        TerminalRequest::Inquire
        | TerminalRequest::Status
        | TerminalRequest::OpenReservations
        | TerminalRequest::Totals
        | TerminalRequest::Reconcile => Vec::new(),
    }
}

fn of_processor(
    payment: &Payment,
    request: &ProcessorRequest,
    amount: u64,
    approval: &Approval,
    now: Timestamp,
) -> Vec<Movement> {
    let movement = match request {
        // The processor repeats neither card nor token: those that were used stay the payment's.
        ProcessorRequest::Authorize { card_token, .. } => {
            let card_token = approval.card_token.as_ref().unwrap_or(card_token).clone();
            let approval = Approval {
                card_token: Some(card_token),
                card: approval.card.as_ref().or(payment.card.as_ref()).cloned(),
                ..approval.clone()
            };
            authorized(amount, &approval, now)
        }
        ProcessorRequest::Capture { .. } => Movement::Captured {
            amount,
            token: approval.token.clone(),
        },
        ProcessorRequest::Void { .. } => Movement::Voided { amount },
        ProcessorRequest::Refund { .. } => Movement::Refunded { amount },
        ProcessorRequest::Review { auth_token, .. } => {
            let approval = Approval {
                token: Some(auth_token.clone()),
                card_token: payment.card_token.clone(),
                card: payment.card.clone(),
                terminal: payment.terminal.clone(),
                ..approval.clone()
            };
            authorized(amount, &approval, now)
        }
    };
    vec![movement]
}

fn authorized(amount: u64, approval: &Approval, now: Timestamp) -> Movement {
    Movement::Authorized {
        amount,
        card: approval.card.clone(),
        card_token: approval.card_token.clone(),
        auth_token: approval.token.clone(),
        terminal: approval.terminal.clone(),
        expires_at: approval.expires_at,
        at: Some(now),
    }
}
