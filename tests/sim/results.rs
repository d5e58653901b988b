//! What an app is told of its payments belongs to its request and to nobody else's: by the books of
//! the terminals and of the bank.

use firmware_protocols::vocabulary::Money;
use hw_sim::wallet::Card;
use posd::domain::id::{OperationId, TerminalId};
use posd::domain::outcome::{Outcome, Verdict};
use posd::domain::payment::Payment;
use posd::domain::request::Request;
use posd::vault::TokenKind;

use crate::auditor::Check;
use crate::world::World;

impl World<'_> {
    pub(crate) fn check_result(&self, operation: &OperationId, outcome: &Outcome) -> Check {
        let Some((request, own)) = self.auditor.operation(operation) else {
            return Ok(());
        };
        let own: Vec<_> = own.collect();
        for payment in &outcome.payments {
            let is_ordered = payment.order.is_some() && payment.order.as_ref() == request.order();
            let is_named = request.payment() == Some(&payment.id);
            if !is_ordered && !is_named && !own.contains(&&payment.id) {
                return Err(format!("result: {operation} tells of {payment:?}"));
            }
        }
        let asked = match request {
            Request::Sale {
                terminal, amount, ..
            } => (terminal, amount.minor, amount.minor),
            Request::Authorize {
                terminal, amount, ..
            } => (terminal, amount.minor, 0),
            Request::Capture {
                amount: Some(amount),
                ..
            } => return is_told(operation, outcome, outcome.captured, amount.minor),
            Request::Refund {
                amount: Some(amount),
                ..
            } => return is_told(operation, outcome, outcome.refunded, amount.minor),
            _ => return Ok(()),
        };
        if outcome.verdict != Verdict::Approved {
            return Ok(());
        }
        let [payment] = outcome.payments.as_slice() else {
            return Err(format!(
                "result: {operation} tells of no payment: {outcome:?}"
            ));
        };
        if (payment.authorized, payment.captured) != (asked.1, asked.2) {
            return Err(format!(
                "result: {operation} asked for {asked:?}: {payment:?}"
            ));
        }
        self.check_card_and_numbers(operation, asked.0, payment)
    }

    /// The payment that an app is told of is the one that the bank has made for this operation.
    fn check_card_and_numbers(
        &self,
        operation: &OperationId,
        terminal: &TerminalId,
        payment: &Payment,
    ) -> Check {
        let told = payment.auth_token.as_ref().and_then(|token| {
            let token = self.home.vault.unseal(TokenKind::Reference, token).ok()?;
            self.outside.bank.authorization(&token)
        });
        let one = told.ok_or_else(|| format!("result: the bank lacks {payment:?}"))?;
        let first = one.movements.first().map(|first| first.key.as_str());
        let mut done = self.auditor.at_terminals.iter();
        let done = done.find(|done| Some(done.key.as_str()) == first);
        let is_its_own = done.is_some_and(|done| {
            let step = done.step.as_ref();
            step.is_some_and(|step| step.operation == *operation)
                && done.terminal == *terminal
                && done.minor == payment.authorized
        });
        let card = hw_sim::wallet::card(one.card);
        let shown = payment.card.as_ref();
        let shown = shown.and_then(|card| card.masked_pan.as_ref());
        let is_its_card =
            shown.is_none_or(|shown| card.is_some_and(|card| is_of(shown.as_str(), card)));
        let reference = payment.terminal.as_ref();
        let is_its_number = reference.is_some_and(|reference| {
            let code = reference.authorization_code.as_deref();
            reference.terminal == *terminal && code == Some(one.authorization_code.as_str())
        });
        if is_its_own && is_its_card && is_its_number {
            Ok(())
        } else {
            Err(format!(
                "result: {operation} at {terminal} is told {payment:?}; that is {one:?}, {done:?}"
            ))
        }
    }
}

fn is_told(operation: &OperationId, outcome: &Outcome, told: Option<Money>, minor: u64) -> Check {
    let is_right = told.is_none_or(|told| told.minor == minor || told.minor == 0);
    if outcome.verdict != Verdict::Approved || is_right {
        Ok(())
    } else {
        Err(format!(
            "result: {operation} asked for {minor}: {outcome:?}"
        ))
    }
}

/// Whether a masked number is that of a card: its first six and its last four digits.
fn is_of(shown: &str, card: &Card) -> bool {
    let number = card.expose_pan();
    let (first, _) = number.split_at(6);
    let (_, last) = number.split_at(number.len() - 4);
    shown.starts_with(first) && shown.ends_with(last)
}
