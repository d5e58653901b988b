//! What is in memory: what is open, and what the running operations are about.

use std::collections::BTreeMap;

use super::app::App;
use super::directory::Directory;
use super::entry::Entry;
use super::id::{ClientName, EffectId, OperationId, OrderId, PaymentId, TerminalId};
use super::operation::Operation;
use super::order::{LineState, Order};
use super::payment::Payment;
use super::reconciliation::Turnover;
use super::tap::Taps;
use super::terminal::Terminal;

/// The books in memory, and what is configured.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What is configured.
    pub directory: Directory,
    /// The books.
    pub books: Aggregates,
    /// What was held against the contactless readers lately. No entry makes it: it is gone after a
    /// restart.
    pub taps: Taps,
    /// The station is about to end: what is on its way ends first, and nothing new begins.
    pub stopping: bool,
    /// Terminals that only this app may use now, because it has leased them or they work for it. Leases
    /// are no entries: the station says before each decision which there are.
    pub only_for: BTreeMap<TerminalId, ClientName>,
    /// What the books say of terminals whose end of day is at work. Loaded with what it is about.
    pub turnovers: BTreeMap<TerminalId, Turnover>,
}

/// Things that entries change.
///
/// Operations are all that are open. Payments and orders are those that an open operation is
/// about; the station loads them from their tables before they are needed.
#[derive(Clone, Debug, Default)]
pub struct Aggregates {
    /// Open operations.
    pub operations: BTreeMap<OperationId, Operation>,
    /// Loaded payments.
    pub payments: BTreeMap<PaymentId, Payment>,
    /// Loaded orders.
    pub orders: BTreeMap<OrderId, Order>,
    /// Terminals, as far as anything is known of them.
    pub terminals: BTreeMap<TerminalId, Terminal>,
    /// Apps that have paired.
    pub apps: BTreeMap<ClientName, App>,
}

impl Aggregates {
    /// Makes an entry true. Cannot fail; what is not loaded is not changed.
    pub fn apply(&mut self, entry: &Entry) {
        if let Some(operation) = entry.operation().and_then(|id| self.operations.get_mut(id)) {
            operation.apply(entry);
        }
        match entry {
            Entry::OperationStarted {
                operation,
                key,
                fingerprint,
                client,
                request,
                at,
            } => {
                let started = Operation {
                    id: operation.clone(),
                    key: key.clone(),
                    fingerprint: fingerprint.clone(),
                    client: client.clone(),
                    request: (**request).clone(),
                    started_at: *at,
                    due: None,
                    parked: false,
                    steps: Vec::new(),
                    receipts: Vec::new(),
                };
                self.operations.insert(operation.clone(), started);
            }
            Entry::OperationFinished { operation, .. } => {
                self.operations.remove(operation);
            }
            Entry::PaymentOpened { payment } => {
                self.payments
                    .insert(payment.id.clone(), (**payment).clone());
            }
            Entry::PaymentMoved { payment, movement } => {
                if let Some(payment) = self.payments.get_mut(payment) {
                    payment.apply(movement);
                }
            }
            Entry::TerminalSeen {
                terminal,
                last,
                sync,
            } => {
                let seen = Terminal {
                    last: last.clone(),
                    sync: sync.clone(),
                };
                self.terminals.insert(terminal.clone(), seen);
            }
            Entry::AppPaired { .. } | Entry::AppRoleChanged { .. } | Entry::AppRevoked { .. } => {
                self.apply_to_apps(entry);
            }
            Entry::OrderStored { .. }
            | Entry::LinesReserved { .. }
            | Entry::LinesFulfilled { .. }
            | Entry::LinesReleased { .. }
            | Entry::LinesCancelled { .. }
            | Entry::PriceWaived { .. }
            | Entry::TenderAdded { .. } => self.apply_to_order(entry),
            Entry::StepRequested { .. }
            | Entry::StepRebased { .. }
            | Entry::StepReported { .. }
            | Entry::StepInDoubt { .. }
            | Entry::OperationParked { .. }
            | Entry::StepDelayed { .. }
            | Entry::StepRepeated { .. }
            | Entry::StepAnswered { .. }
            | Entry::TagBound { .. }
            | Entry::LeaseOverridden { .. } => {}
        }
    }

    fn apply_to_apps(&mut self, entry: &Entry) {
        if let Entry::AppPaired { app, .. } = entry {
            self.apps.insert(app.name.clone(), (**app).clone());
        }
        if let Entry::AppRoleChanged { app, role, .. } = entry
            && let Some(app) = self.apps.get_mut(app)
        {
            app.role = *role;
        }
        if let Entry::AppRevoked { app, .. } = entry {
            self.apps.remove(app);
        }
    }

    fn apply_to_order(&mut self, entry: &Entry) {
        if let Entry::OrderStored { order } = entry {
            self.orders.insert(order.id.clone(), (**order).clone());
            return;
        }
        let Some(order) = entry.order().and_then(|id| self.orders.get_mut(id)) else {
            return;
        };
        order.version = order.version.saturating_add(1);
        if let Entry::TenderAdded { tender, .. } = entry {
            order.tenders.push(tender.clone());
        }
        if let Entry::LinesReserved {
            operation, lines, ..
        } = entry
        {
            for line in order
                .lines
                .iter_mut()
                .filter(|line| lines.contains(&line.id))
            {
                line.state = LineState::Reserved(operation.clone());
            }
        }
        if let Entry::LinesFulfilled { operation, .. } = entry {
            order.end_reservation(operation, &LineState::Fulfilled);
        }
        if let Entry::LinesCancelled {
            lines,
            deposit,
            kept,
            ..
        } = entry
        {
            order.cancel(lines);
            order.deposit = *deposit;
            order.kept = *kept;
        }
        if let Entry::PriceWaived { waived, .. } = entry {
            order.waived = *waived;
        }
        if let Entry::LinesReleased { operation, .. } = entry {
            order.end_reservation(operation, &LineState::Open);
        }
    }

    /// The open operation that a terminal is at work for. One that is in doubt keeps it; beside one that
    /// is parked an end of day may be at work.
    #[must_use]
    pub fn holder_of_terminal(&self, terminal: &TerminalId) -> Option<&Operation> {
        self.operations
            .values()
            .filter(|operation| operation.terminal() == Some(terminal))
            .min_by_key(|operation| operation.parked)
    }

    /// The open operation that is about a payment.
    #[must_use]
    pub fn holder_of_payment(&self, payment: &PaymentId) -> Option<&Operation> {
        self.operations
            .values()
            .find(|operation| operation.holds() && operation.touches(payment))
    }

    /// The open operation that is about an order.
    #[must_use]
    pub fn holder_of_order(&self, order: &OrderId) -> Option<&Operation> {
        self.operations
            .values()
            .find(|operation| operation.holds() && operation.request.order() == Some(order))
    }

    /// The open operation that waits for the answer to an effect: the one that sent it, or the one
    /// that it was handed over to.
    #[must_use]
    pub fn awaiting(&self, effect: &EffectId) -> Option<&Operation> {
        let own = self.operations.get(&effect.operation);
        let handed_over = || {
            let mut queued = self.operations.values().filter(|it| it.queued().is_some());
            queued.find(|operation| operation.awaits(effect))
        };
        own.filter(|operation| operation.awaits(effect))
            .or_else(handed_over)
    }
}
