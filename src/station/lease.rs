//! Which app has which terminal between operations.

use super::Station;
use crate::api::call::Refusal;
use crate::domain::draft::Decision;
use crate::domain::effect::Effect;
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::{ClientName, TerminalId, Timestamp};
use crate::domain::lease::{Acquire, Acquired};
use crate::domain::operation::Call;
use crate::domain::rejection::Rejection;
use crate::failpoint::is_planted;

impl Station {
    /// Gives a terminal to an app. That it was taken from another one is recorded.
    pub(super) fn acquire(&mut self, asked: &Acquire, now: Timestamp) -> Result<Acquired, Refusal> {
        if self.outbox.failure().is_some() {
            return Err(Refusal::JournalUnavailable);
        }
        let connections = &self.connections;
        let connected = |id: &TerminalId| connections.get(id).is_some_and(|it| it.connected);
        let acquired = self.leases.acquire(&self.state, connected, asked, now);
        let acquired = acquired.map_err(Refusal::Rejected)?;
        let mut decision = Decision::default();
        if let Some(from) = &acquired.taken_from {
            decision.entries.push(Entry::LeaseOverridden {
                terminal: acquired.terminal.clone(),
                from: from.clone(),
                by: asked.app.clone(),
            });
        }
        if acquired.is_new {
            decision.events.push(Event::TerminalLeased {
                terminal: acquired.terminal.clone(),
                app: asked.app.clone(),
                taken_from: acquired.taken_from.clone(),
            });
        }
        self.carry_on(decision, now);
        Ok(acquired)
    }

    /// Takes a terminal back from an app. False when the app did not have it.
    pub(super) fn release(
        &mut self,
        terminal: TerminalId,
        app: ClientName,
        now: Timestamp,
    ) -> bool {
        let had = self.leases.release(&terminal, &app);
        if had {
            self.tell_apps(vec![Event::TerminalReleased { terminal, app }], now);
        }
        had
    }

    /// Whether an app may start what was decided: no terminal of it is another app's. From then on it
    /// has used them.
    pub(super) fn claim(
        &mut self,
        decision: &Decision,
        app: &ClientName,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        let terminals = decision.effects.iter().filter_map(|effect| match effect {
            Effect::Terminal { terminal, .. } => Some(terminal),
            Effect::AcknowledgeTerminal { .. }
            | Effect::ProceedTerminal { .. }
            | Effect::Processor { .. }
            | Effect::Wake { .. }
            | Effect::Answer { .. }
            | Effect::AnswerInDoubt { .. }
            | Effect::AppsChanged => None,
        });
        for terminal in terminals {
            if !is_planted("leases_bind_nobody") {
                self.leases.check(&self.state, terminal, app, now)?;
            }
            self.leases.used(&self.state, terminal, app, now);
        }
        Ok(())
    }

    /// The end of an operation is a use of its terminal.
    pub(super) fn renew_lease(&mut self, entry: &Entry, now: Timestamp) {
        let Entry::OperationFinished { operation, .. } = entry else {
            return;
        };
        let Some(operation) = self.state.books.operations.get(operation) else {
            return;
        };
        for step in &operation.steps {
            if let Call::Terminal { terminal, .. } = &step.call {
                self.leases.finished(terminal, &operation.client, now);
            }
        }
    }
}
