//! Loads what a decision is about, and forgets it when nothing open needs it any more.

use std::collections::BTreeSet;

use super::Station;
use crate::domain::command::Command;
use crate::domain::entry::Entry;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::operation::Operation;
use crate::domain::order::Order;
use crate::domain::payment::Payment;
use crate::domain::reconciliation::Turnover;
use crate::domain::request::Request;
use crate::domain::state::Aggregates;
use crate::journal::JournalError;

/// What some entries have changed, as it is now.
pub(super) struct Changed {
    pub(super) payments: Vec<Payment>,
    pub(super) orders: Vec<Order>,
}

/// Collects what entries that were applied have changed, each once.
pub(super) fn changed(books: &Aggregates, entries: &[Entry]) -> Changed {
    let payments: BTreeSet<&PaymentId> = entries.iter().filter_map(Entry::payment).collect();
    let orders: BTreeSet<&OrderId> = entries.iter().filter_map(Entry::order).collect();
    Changed {
        payments: payments
            .iter()
            .filter_map(|id| books.payments.get(*id))
            .cloned()
            .collect(),
        orders: orders
            .iter()
            .filter_map(|id| books.orders.get(*id))
            .cloned()
            .collect(),
    }
}

impl Station {
    /// Loads the order and the payments that a command is about. What is in memory is newer than
    /// its table: it is never loaded over.
    pub(super) fn load_for(&mut self, command: &Command) -> Result<(), JournalError> {
        let operation = match command {
            Command::Ask(ask) => {
                self.load_for_request(&ask.request)?;
                ask.request
                    .resolution()
                    .map(|resolution| resolution.operation.clone())
            }
            Command::TerminalReady { terminal, .. } => self
                .state
                .books
                .holder_of_terminal(terminal)
                .map(|operation| operation.id.clone()),
            Command::TerminalResult { effect, .. }
            | Command::TerminalFinished { effect, .. }
            | Command::ProcessorFinished { effect, .. } => {
                let awaiting = self.state.books.awaiting(effect);
                awaiting.map(|operation| operation.id.clone())
            }
            Command::Wake(operation) | Command::Recover(operation) => Some(operation.clone()),
        };
        let operation = operation
            .and_then(|id| self.state.books.operations.get(&id))
            .cloned();
        if let Some(operation) = operation {
            self.load_for_request(&operation.request)?;
            for step in &operation.steps {
                self.load_payment(&step.payment)?;
            }
            if let Some(terminal) = operation.request.batch_of() {
                // All that came before it at its terminal is durable: it was sent behind that.
                let turnover = Turnover::of(&self.reader.steps_of_batch(terminal)?);
                self.state.turnovers.insert(terminal.clone(), turnover);
            }
        }
        Ok(())
    }

    fn load_for_request(&mut self, request: &Request) -> Result<(), JournalError> {
        if let Some(order) = request.order() {
            self.load_order(order)?;
        }
        if let Some(id) = request.payment() {
            self.load_payment(id)?;
            let payment = self.state.books.payments.get(id);
            if let Some(order) = payment.and_then(|payment| payment.order.clone()) {
                self.load_order(&order)?;
            }
        }
        if let Request::OrderPut { payments, .. } = request {
            for payment in payments {
                self.load_payment(&payment.id)?;
            }
        }
        Ok(())
    }

    fn load_order(&mut self, id: &OrderId) -> Result<(), JournalError> {
        if !self.state.books.orders.contains_key(id) {
            let Some(order) = self.reader.order(id)? else {
                return Ok(());
            };
            self.state.books.orders.insert(id.clone(), order);
        }
        let tenders = self
            .state
            .books
            .orders
            .get(id)
            .map(|order| order.tenders.clone());
        for tender in tenders.unwrap_or_default() {
            self.load_payment(&tender.payment)?;
        }
        Ok(())
    }

    fn load_payment(&mut self, id: &PaymentId) -> Result<(), JournalError> {
        if !self.state.books.payments.contains_key(id)
            && let Some(payment) = self.reader.payment(id)?
        {
            self.state.books.payments.insert(id.clone(), payment);
        }
        Ok(())
    }

    /// Drops what no open operation is about, once its table holds all of it.
    pub(super) fn forget_unneeded(&mut self) {
        if !self.outbox.is_empty() {
            return;
        }
        self.state.turnovers.clear();
        let books = &mut self.state.books;
        let orders: BTreeSet<OrderId> = books
            .operations
            .values()
            .filter_map(|op| op.request.order())
            .cloned()
            .collect();
        books.orders.retain(|id, _| orders.contains(id));
        let mut payments: BTreeSet<PaymentId> = books
            .operations
            .values()
            .flat_map(payments_of)
            .cloned()
            .collect();
        for order in books.orders.values() {
            payments.extend(order.tenders.iter().map(|tender| tender.payment.clone()));
        }
        books.payments.retain(|id, _| payments.contains(id));
    }
}

fn payments_of(operation: &Operation) -> impl Iterator<Item = &PaymentId> {
    operation
        .request
        .payment()
        .into_iter()
        .chain(operation.steps.iter().map(|step| &step.payment))
}
