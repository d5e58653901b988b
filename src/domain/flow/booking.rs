//! What an answer does to the payment it is about.

use firmware_protocols::vocabulary::terminal::TerminalRequest;

use crate::domain::effect::ProcessorRequest;
use crate::domain::operation::{Answer, Approval, Call};
use crate::domain::outcome::Reason;
use crate::domain::payment::{Movement, Payment};

/// The movements that follow from an answer. A refused follow-up (capture, void, refund) leaves the
/// payment as it is; a refused first authorization ends it.
#[must_use]
pub fn movements(payment: &Payment, call: &Call, answer: &Answer) -> Vec<Movement> {
    let begins = begins_payment(call);
    match answer {
        Answer::Approved(approval) => match call {
            Call::Terminal { request, .. } => of_terminal(payment, request, approval),
            Call::Processor { request, .. } => of_processor(request, approval),
        },
        Answer::OnHold { .. } => vec![Movement::HeldForReview],
        Answer::Declined(reason) if begins => vec![Movement::Rejected(*reason)],
        Answer::NotDone(reason) if begins => vec![Movement::Failed(*reason)],
        Answer::Cancelled if begins => vec![Movement::Failed(Reason::Aborted)],
        Answer::Declined(_) | Answer::NotDone(_) | Answer::Cancelled => Vec::new(),
    }
}

const fn begins_payment(call: &Call) -> bool {
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

fn of_terminal(payment: &Payment, request: &TerminalRequest, approval: &Approval) -> Vec<Movement> {
    match request {
        TerminalRequest::Sale { amount, .. } => {
            let amount = approval.amount.unwrap_or(amount.minor);
            let captured = Movement::Captured {
                amount,
                token: approval.token.clone(),
            };
            vec![authorized(amount, approval), captured]
        }
        TerminalRequest::Authorize { amount, .. } => {
            vec![authorized(
                approval.amount.unwrap_or(amount.minor),
                approval,
            )]
        }
        // The terminal books a reservation once and lets the rest go.
        TerminalRequest::CaptureReservation { amount, .. } => {
            let token = approval.token.clone();
            let rest = payment.open().minor.saturating_sub(amount.minor);
            let captured = Movement::Captured {
                amount: amount.minor,
                token,
            };
            if rest == 0 {
                vec![captured]
            } else {
                vec![captured, Movement::Voided { amount: rest }]
            }
        }
        TerminalRequest::ReduceReservation { unused, .. } => {
            let rest = payment.open().minor.saturating_sub(unused.minor);
            let token = approval.token.clone();
            let voided = Movement::Voided {
                amount: unused.minor,
            };
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
        TerminalRequest::Reverse { amount, .. } | TerminalRequest::Refund { amount } => {
            vec![Movement::Refunded {
                amount: amount.minor,
            }]
        }
        TerminalRequest::Inquire
        | TerminalRequest::Status
        | TerminalRequest::OpenReservations
        | TerminalRequest::Reconcile => Vec::new(),
    }
}

fn of_processor(request: &ProcessorRequest, approval: &Approval) -> Vec<Movement> {
    let amount = approval.amount.unwrap_or(request.amount().minor);
    let movement = match request {
        // The processor repeats no card token: the one that was used stays the payment's.
        ProcessorRequest::Authorize { card_token, .. } => {
            let card_token = approval.card_token.as_ref().unwrap_or(card_token).clone();
            let approval = Approval {
                card_token: Some(card_token),
                ..approval.clone()
            };
            authorized(amount, &approval)
        }
        ProcessorRequest::Capture { .. } => Movement::Captured {
            amount,
            token: approval.token.clone(),
        },
        ProcessorRequest::Void { .. } => Movement::Voided { amount },
        ProcessorRequest::Refund { .. } => Movement::Refunded { amount },
    };
    vec![movement]
}

fn authorized(amount: u64, approval: &Approval) -> Movement {
    Movement::Authorized {
        amount,
        card: approval.card.clone(),
        card_token: approval.card_token.clone(),
        auth_token: approval.token.clone(),
        terminal: approval.terminal.clone(),
        expires_at: approval.expires_at,
    }
}
