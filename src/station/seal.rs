//! Where clear tokens end: what a terminal reports becomes what the domain may see.

use firmware_protocols::vocabulary::card::CardToken;
use firmware_protocols::vocabulary::terminal::{Ending, Report, Transaction, Verdict};

use super::Station;
use crate::domain::command::TerminalEnding;
use crate::domain::id::{SealedToken, TerminalId};
use crate::domain::operation::Answer;
use crate::domain::outcome::Reason;
use crate::domain::recovery;
use crate::domain::terminal::{TerminalReference, TerminalResult, TransactionMark};
use crate::vault::TokenKind;

impl Station {
    /// How a terminal's request ended, as the domain may know it.
    pub(super) fn sealed_ending(&self, terminal: &TerminalId, ending: Ending) -> TerminalEnding {
        let answered = TerminalEnding::Answered;
        match ending {
            Ending::Completed(Report::Approved(transaction))
                if self.is_foreign(terminal, &transaction) =>
            {
                TerminalEnding::InDoubt
            }
            Ending::Completed(Report::Approved(transaction)) => answered(recovery::answer_of(
                &self.sealed_result(terminal, transaction),
            )),
            Ending::Completed(Report::LastTransaction(last)) => TerminalEnding::LastTransaction(
                last.map(|last| Box::new(self.sealed_result(terminal, last))),
            ),
            Ending::Completed(Report::Totals(totals)) => TerminalEnding::Totals(totals),
            Ending::Completed(Report::Reconciled(totals)) => TerminalEnding::Reconciled(totals),
            // Answers to requests that no operation makes.
            Ending::Completed(Report::Status(_) | Report::OpenReservations(_)) => {
                TerminalEnding::InDoubt
            }
            Ending::Declined { reason, .. } => answered(Answer::Declined(reason.into())),
            Ending::Aborted => answered(Answer::Cancelled),
            Ending::Refused { reason, .. } => answered(Answer::NotDone(reason.into())),
            Ending::NotSent => TerminalEnding::not_done(Reason::TerminalUnreachable),
            Ending::InDoubt => TerminalEnding::InDoubt,
        }
    }

    /// A terminal's transaction with its tokens sealed.
    pub(super) fn sealed_result(
        &self,
        terminal: &TerminalId,
        transaction: Transaction,
    ) -> TerminalResult {
        let reference = reference_for_processor(&transaction);
        // Minor units of another currency are no amount.
        let is_foreign = self.is_foreign(terminal, &transaction);
        TerminalResult {
            verdict: transaction.verdict,
            amount_minor: transaction.amount_minor.filter(|_| !is_foreign),
            card: transaction.card,
            card_token: self.seal(
                TokenKind::Card,
                transaction.token.as_ref().map(CardToken::expose),
            ),
            auth_token: self.seal(TokenKind::Reference, reference.as_deref()),
            sync: transaction.sync,
            reference: TerminalReference {
                terminal: terminal.clone(),
                mark: TransactionMark {
                    receipt_number: transaction.receipt_number,
                    trace_number: transaction.trace_number,
                    date: transaction.date,
                    time: transaction.time,
                },
                authorization_code: transaction.authorization_code,
                terminal_id: transaction.terminal_id,
                merchant_id: transaction.merchant_id,
            },
        }
    }

    /// Whether a terminal says that it moved money in another currency than it was asked for. That is not
    /// what was asked for: it is not acknowledged, so that the terminal takes it back, and it approves
    /// nothing.
    pub(super) fn is_foreign(&self, terminal: &TerminalId, transaction: &Transaction) -> bool {
        let profile = self.state.directory.terminals.get(terminal);
        let asked = profile.map(|profile| profile.currency);
        let told = transaction.currency;
        transaction.verdict == Verdict::Approved
            && told.is_some_and(|told| asked.is_some_and(|asked| asked != told))
    }

    fn seal(&self, kind: TokenKind, clear: Option<&str>) -> Option<SealedToken> {
        self.vault
            .seal(kind, clear?)
            .map_err(|error| tracing::error!(%error, "token is not kept"))
            .ok()
    }
}

/// How a processor finds what a terminal has authorized: by the three numbers that stand on the
/// receipt.
fn reference_for_processor(transaction: &Transaction) -> Option<String> {
    let terminal_id = transaction.terminal_id.as_deref()?;
    let trace_number = transaction.trace_number.as_deref()?;
    let authorization_code = transaction.authorization_code.as_deref()?;
    Some(format!(
        "pt:{terminal_id}:{trace_number}:{authorization_code}"
    ))
}
