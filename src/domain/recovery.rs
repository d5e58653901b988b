//! What an inquiry proves: whether the terminal's last stored transaction is the one in doubt.

use firmware_protocols::vocabulary::terminal::{TerminalRequest, Verdict};

use super::operation::{Answer, Approval, Call, Step};
use super::outcome::Reason;
use super::terminal::TerminalResult;

/// The certain end of a step in doubt, or `None` when the terminal's last transaction proves
/// nothing and a person has to look.
///
/// * It is the one that the terminal told as the step's result: that is how the step ended.
/// * It is the one known before the step: the step did not happen, or was reversed.
/// * It is another one, of the same amount: the step happened.
/// * Anything else proves nothing.
#[must_use]
pub fn judge(step: &Step, last: Option<&TerminalResult>) -> Option<Answer> {
    let Call::Terminal { request, .. } = &step.call else {
        return None;
    };
    // A closing is no transaction: the last one is the same before and after it.
    if step.call.is_about_batch() {
        return None;
    }
    let Some(last) = last else {
        // A terminal that had nothing stored before and has nothing now has done nothing; one that
        // has forgotten proves nothing.
        return step
            .baseline
            .is_none()
            .then_some(Answer::NotDone(Reason::NotCarriedOut));
    };
    let told = step.reported.as_ref();
    if told.is_some_and(|told| told.reference.mark == last.reference.mark) {
        return Some(answer_of(last));
    }
    if step.baseline.as_ref() == Some(&last.reference.mark) {
        return Some(Answer::NotDone(Reason::NotCarriedOut));
    }
    is_amount_of(request, last).then(|| answer_of(last))
}

/// What a terminal's result means for the step that asked for it.
#[must_use]
pub fn answer_of(result: &TerminalResult) -> Answer {
    match result.verdict {
        Verdict::Approved => Answer::Approved(Box::new(Approval {
            amount: result.amount_minor,
            token: result.auth_token.clone(),
            card_token: result.card_token.clone(),
            card: result.card.clone(),
            terminal: Some(result.reference.clone()),
            expires_at: None,
            totals: None,
        })),
        Verdict::Declined { reason, .. } => Answer::Declined(reason.into()),
    }
}

fn is_amount_of(request: &TerminalRequest, last: &TerminalResult) -> bool {
    let asked = match request {
        TerminalRequest::Sale { amount, .. }
        | TerminalRequest::Authorize { amount, .. }
        | TerminalRequest::CaptureReservation { amount, .. }
        | TerminalRequest::Reverse { amount, .. }
        | TerminalRequest::Refund { amount } => amount.minor,
        // What a terminal reports as the amount of a release differs from maker to maker.
        TerminalRequest::VoidReservation { .. } | TerminalRequest::ReduceReservation { .. } => {
            return true;
        }
        TerminalRequest::Inquire
        | TerminalRequest::Status
        | TerminalRequest::OpenReservations
        | TerminalRequest::Totals
        | TerminalRequest::Reconcile => return false,
    };
    last.amount_minor == Some(asked)
}
