//! One decision in the making: reads go to what it has changed, then to the state.

use std::collections::BTreeSet;

use super::directory::Directory;
use super::effect::Effect;
use super::entry::Entry;
use super::event::Event;
use super::id::{ClientName, OperationId, OrderId, PaymentId, TerminalId};
use super::operation::Operation;
use super::order::Order;
use super::payment::Payment;
use super::reconciliation::Turnover;
use super::state::{Aggregates, State};
use super::tap::Taps;
use super::terminal::Terminal;

/// What was decided: append the entries and events, apply the entries, then carry the effects out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Facts.
    pub entries: Vec<Entry>,
    /// What apps are told.
    pub events: Vec<Event>,
    /// What leaves once the entries are durable.
    pub effects: Vec<Effect>,
}

/// A decision in the making.
#[derive(Debug)]
pub struct Draft<'a> {
    state: &'a State,
    changed: Aggregates,
    /// Operations that have ended in it.
    ended: BTreeSet<OperationId>,
    decision: Decision,
}

impl<'a> Draft<'a> {
    /// Begins with nothing decided.
    #[must_use]
    pub fn new(state: &'a State) -> Self {
        Self {
            state,
            changed: Aggregates::default(),
            ended: BTreeSet::new(),
            decision: Decision::default(),
        }
    }

    /// What was decided.
    #[must_use]
    pub fn finish(self) -> Decision {
        self.decision
    }

    /// Adds a fact and makes it true for what follows.
    pub fn record(&mut self, entry: Entry) {
        self.bring_in(&entry);
        self.changed.apply(&entry);
        if let Entry::OperationFinished { operation, .. } = &entry {
            self.ended.insert(operation.clone());
        }
        self.announce_change(&entry);
        self.decision.entries.push(entry);
    }

    /// Adds an effect.
    pub fn effect(&mut self, effect: Effect) {
        self.decision.effects.push(effect);
    }

    /// Adds an event.
    pub fn event(&mut self, event: Event) {
        self.decision.events.push(event);
    }

    /// Whether the station is about to end.
    #[must_use]
    pub const fn is_stopping(&self) -> bool {
        self.state.stopping
    }

    /// What was held against the contactless readers lately.
    #[must_use]
    pub const fn taps(&self) -> &'a Taps {
        &self.state.taps
    }

    /// What is configured.
    #[must_use]
    pub const fn directory(&self) -> &'a Directory {
        &self.state.directory
    }

    /// The books before this decision.
    #[must_use]
    pub const fn before(&self) -> &'a Aggregates {
        &self.state.books
    }

    /// An open operation.
    #[must_use]
    pub fn operation(&self, id: &OperationId) -> Option<&Operation> {
        let books = &self.state.books;
        if self.ended.contains(id) {
            return None;
        }
        self.changed
            .operations
            .get(id)
            .or_else(|| books.operations.get(id))
    }

    /// All open operations.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        let changed = &self.changed.operations;
        let before = self.state.books.operations.iter();
        let untouched = before
            .filter(|(id, _)| !changed.contains_key(*id) && !self.ended.contains(*id))
            .map(|(_, operation)| operation);
        changed.values().chain(untouched)
    }

    /// A payment.
    #[must_use]
    pub fn payment(&self, id: &PaymentId) -> Option<&Payment> {
        self.changed
            .payments
            .get(id)
            .or_else(|| self.state.books.payments.get(id))
    }

    /// An order.
    #[must_use]
    pub fn order(&self, id: &OrderId) -> Option<&Order> {
        self.changed
            .orders
            .get(id)
            .or_else(|| self.state.books.orders.get(id))
    }

    /// What is known of a terminal.
    #[must_use]
    pub fn terminal(&self, id: &TerminalId) -> Option<&Terminal> {
        self.changed
            .terminals
            .get(id)
            .or_else(|| self.state.books.terminals.get(id))
    }

    /// The only app that may use a terminal now, if there is one.
    #[must_use]
    pub fn only_for(&self, terminal: &TerminalId) -> Option<&'a ClientName> {
        self.state.only_for.get(terminal)
    }

    /// What the books say of a terminal since its batch was closed last.
    #[must_use]
    pub fn turnover(&self, terminal: &TerminalId) -> Turnover {
        let turnover = self.state.turnovers.get(terminal);
        turnover.cloned().unwrap_or_default()
    }

    /// The payments that may pay an order, in sequence.
    pub fn usable_payments<'b>(&'b self, order: &'b Order) -> impl Iterator<Item = &'b Payment> {
        order
            .usable_tenders()
            .filter_map(|tender| self.payment(&tender.payment))
    }

    fn bring_in(&mut self, entry: &Entry) {
        let books = &self.state.books;
        if let Some(found) = entry.operation().and_then(|id| books.operations.get(id)) {
            self.changed
                .operations
                .entry(found.id.clone())
                .or_insert_with(|| found.clone());
        }
        if let Some(found) = entry.payment().and_then(|id| books.payments.get(id)) {
            self.changed
                .payments
                .entry(found.id.clone())
                .or_insert_with(|| found.clone());
        }
        if let Some(found) = entry.order().and_then(|id| books.orders.get(id)) {
            self.changed
                .orders
                .entry(found.id.clone())
                .or_insert_with(|| found.clone());
        }
    }

    fn announce_change(&mut self, entry: &Entry) {
        if let Some(payment) = entry.payment().and_then(|id| self.changed.payments.get(id)) {
            let event = Event::PaymentChanged {
                payment: payment.id.clone(),
                status: payment.status(),
                authorized_minor: payment.authorized,
                captured_minor: payment.captured,
                voided_minor: payment.voided,
                refunded_minor: payment.refunded,
                queued_minor: payment.queued,
            };
            self.decision.events.push(event);
        }
        if let Some(order) = entry.order().and_then(|id| self.changed.orders.get(id)) {
            let event = Event::OrderChanged {
                order: order.id.clone(),
                version: order.version,
            };
            self.decision.events.push(event);
        }
    }
}
