//! An entry in a few words, for logs and for whoever follows one operation: who, what, how it ended.
//! There is no text of an app in it, no token and no card.

use std::fmt;

use super::entry::Entry;
use super::operation::{Answer, Call};

/// An entry in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The kind of entry, as it is stored.
    pub entry: &'static str,
    /// What is told of it, in its order.
    pub facts: Vec<(&'static str, String)>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry)?;
        for (name, fact) in &self.facts {
            write!(f, " {name}={fact}")?;
        }
        Ok(())
    }
}

impl Summary {
    /// Of an entry.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        let (entry, facts) = match entry {
            Entry::OperationStarted {
                client, request, ..
            } => (
                "operation_started",
                vec![
                    ("method", request.method().to_owned()),
                    ("app", client.to_string()),
                ],
            ),
            Entry::StepRequested { payment, call, .. } => ("step_requested", called(payment, call)),
            Entry::StepRebased { .. } => ("step_rebased", Vec::new()),
            Entry::StepReported { .. } => ("step_reported", Vec::new()),
            Entry::StepInDoubt { .. } => ("step_in_doubt", Vec::new()),
            Entry::OperationParked { .. } => ("operation_parked", Vec::new()),
            Entry::StepDelayed { attempts, .. } => ("step_delayed", told("attempts", attempts)),
            Entry::StepRepeated { .. } => ("step_repeated", Vec::new()),
            Entry::StepAnswered { answer, .. } => ("step_answered", answered(answer)),
            Entry::OperationFinished { outcome, .. } => {
                let mut facts = told("outcome", lower(outcome.verdict));
                facts.extend(outcome.reason.map(|reason| ("reason", lower(reason))));
                ("operation_finished", facts)
            }
            Entry::LinesReserved { order, .. } => ("lines_reserved", told("order", order)),
            Entry::LinesFulfilled { order, .. } => ("lines_fulfilled", told("order", order)),
            Entry::LinesReleased { order, .. } => ("lines_released", told("order", order)),
            Entry::LinesCancelled { order, .. } => ("lines_cancelled", told("order", order)),
            Entry::PriceWaived { order, .. } => ("price_waived", told("order", order)),
            Entry::PaymentOpened { payment } => ("payment_opened", told("payment", &payment.id)),
            Entry::PaymentMoved { payment, .. } => ("payment_moved", told("payment", payment)),
            Entry::OrderStored { order } => ("order_stored", told("order", &order.id)),
            Entry::TenderAdded { order, .. } => ("tender_added", told("order", order)),
            Entry::TagBound { .. } => ("tag_bound", Vec::new()),
            Entry::TerminalSeen { terminal, .. } => ("terminal_seen", told("terminal", terminal)),
            Entry::LeaseOverridden { terminal, .. } => {
                ("lease_overridden", told("terminal", terminal))
            }
            Entry::AppPaired { app, .. } => ("app_paired", told("app", &app.name)),
            Entry::AppRoleChanged { app, .. } => ("app_role_changed", told("app", app)),
            Entry::AppRevoked { app, .. } => ("app_revoked", told("app", app)),
        };
        Self { entry, facts }
    }
}

fn told(name: &'static str, fact: impl fmt::Display) -> Vec<(&'static str, String)> {
    vec![(name, fact.to_string())]
}

fn called(payment: &super::id::PaymentId, call: &Call) -> Vec<(&'static str, String)> {
    let whom = match call {
        Call::Terminal { terminal, .. } => ("terminal", terminal.to_string()),
        Call::Processor { account, .. } => ("account", account.to_string()),
    };
    let mut facts = vec![("call", call.name().to_owned()), whom];
    facts.push(("payment", payment.to_string()));
    facts.extend(call.amount().map(|amount| ("amount", amount.to_string())));
    facts
}

fn answered(answer: &Answer) -> Vec<(&'static str, String)> {
    let (word, reason) = match answer {
        Answer::Approved(_) => ("approved", None),
        Answer::OnHold { .. } => ("on_hold", None),
        Answer::Declined(reason) => ("declined", Some(reason)),
        Answer::Cancelled => ("cancelled", None),
        Answer::NotDone(reason) => ("not_done", Some(reason)),
        Answer::Queued => ("queued", None),
    };
    let mut facts = vec![("answer", word.to_owned())];
    facts.extend(reason.map(|reason| ("reason", lower(reason))));
    facts
}

/// `InsufficientFunds` as `insufficient_funds`.
fn lower(word: impl fmt::Debug) -> String {
    let mut text = String::new();
    for c in format!("{word:?}").chars() {
        if c.is_ascii_uppercase() && text.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::id::{OperationId, TerminalId};
    use super::super::outcome::{Outcome, Reason, Verdict};
    use super::*;
    use crate::domain::id::Timestamp;

    #[test]
    fn an_entry_is_told_in_one_line() {
        let reason = Some(Reason::HostUnreachable);
        let finished = Entry::OperationFinished {
            operation: OperationId::new("a"),
            outcome: Box::new(Outcome::new(Verdict::Failed, reason)),
            at: Timestamp(1),
        };
        assert_eq!(
            Summary::of(&finished).to_string(),
            "operation_finished outcome=failed reason=host_unreachable"
        );
        let seen = Entry::TerminalSeen {
            terminal: TerminalId::new("till"),
            last: None,
            sync: None,
        };
        assert_eq!(
            Summary::of(&seen).to_string(),
            "terminal_seen terminal=till"
        );
    }
}
