//! A step that may have happened, as it is shown to a person who has to say whether it did.
//!
//! The machine decides what it can prove. Where terminal or processor cannot tell any more (the
//! terminal was replaced, has forgotten, took other payments meanwhile) the receipt, the terminal's
//! own journal or the acquirer can, and a person reads them.

use serde::{Deserialize, Serialize};

use super::id::EffectId;
use super::operation::{Answer, Call, Operation, Step};
use super::outcome::Reason;
use super::recovery::answer_of;
use super::state::Aggregates;
use super::terminal::TransactionMark;

/// What is known of a step in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What was asked.
    pub call: Call,
    /// How often terminal or processor were asked in vain how it ended.
    pub inquiries: u32,
    /// Nobody waits for it any more.
    pub is_parked: bool,
    /// Of a terminal: its last transaction before the step.
    pub before: Option<TransactionMark>,
    /// Of a terminal: its last transaction as it told it last.
    pub last: Option<TransactionMark>,
    effect: EffectId,
}

/// What a person has found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// It happened, as it was asked.
    CarriedOut,
    /// It did not happen.
    NotCarriedOut,
}

impl Doubt {
    /// The doubt that an open operation is in, if it is.
    #[must_use]
    pub fn of(books: &Aggregates, operation: &Operation) -> Option<Self> {
        let (effect, step) = operation.pending().filter(|(_, step)| step.in_doubt)?;
        // A question that is not answered is asked again; there is nothing to find out by hand.
        let amount = step.call.amount().filter(|amount| !amount.is_zero());
        (amount.is_some() || step.call.closes_batch()).then_some(())?;
        let terminal = operation.terminal().and_then(|id| books.terminals.get(id));
        Some(Self {
            call: step.call.clone(),
            inquiries: step.attempts,
            is_parked: operation.parked,
            before: step.baseline.clone(),
            last: terminal.and_then(|terminal| terminal.last.clone()),
            effect,
        })
    }

    /// Names what was shown. It changes when more becomes known; the number of inquiries in vain is
    /// nothing more.
    #[must_use]
    pub fn evidence(&self) -> String {
        let mut evidence = self.effect.to_string();
        for mark in [&self.before, &self.last] {
            evidence.push('|');
            let Some(mark) = mark else { continue };
            for part in [
                &mark.receipt_number,
                &mark.trace_number,
                &mark.date,
                &mark.time,
            ] {
                evidence.push_str(part.as_deref().unwrap_or_default());
                evidence.push('.');
            }
        }
        evidence
    }
}

impl Finding {
    /// The end that a finding gives to a step. A result that the terminal told stands, with its
    /// tokens; without one nothing more is known than that it happened.
    #[must_use]
    pub fn ending(self, step: &Step) -> Answer {
        match (self, step.reported.as_ref().map(answer_of)) {
            (Self::CarriedOut, Some(Answer::Approved(approval))) => Answer::Approved(approval),
            (Self::CarriedOut, _) => Answer::Approved(Box::default()),
            (Self::NotCarriedOut, _) => Answer::NotDone(Reason::NotCarriedOut),
        }
    }
}
