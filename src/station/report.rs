//! What the drivers of terminals report, and what an app may tell one at once.

use super::{Connection, Station};
use crate::api::call::Refusal;
use crate::domain::command::{Command, TerminalEnding};
use crate::domain::event::Event;
use crate::domain::id::{ClientName, OperationId, TerminalId, Timestamp};
use crate::domain::rejection::Rejection;
use crate::failpoint;
use crate::terminal;

impl Station {
    pub(super) fn on_report(&mut self, id: TerminalId, report: terminal::Report, now: Timestamp) {
        if !self.connections.contains_key(&id) {
            // It is being left: nothing was asked of it.
            return;
        }
        match report {
            terminal::Report::Left => {}
            terminal::Report::Ready { last } => {
                self.connections.insert(
                    id.clone(),
                    Connection {
                        connected: true,
                        cause: None,
                    },
                );
                let last = last.map(|last| Box::new(self.sealed_result(&id, *last)));
                self.on_command(&Command::TerminalReady { terminal: id, last }, now);
            }
            terminal::Report::Down { cause } => {
                let known = self.connections.entry(id.clone()).or_default();
                let is_news = known.connected || known.cause.as_ref() != Some(&cause);
                *known = Connection {
                    connected: false,
                    cause: Some(cause.clone()),
                };
                if is_news {
                    tracing::warn!(terminal = %id, cause, "terminal is not connected");
                    let events = vec![Event::TerminalDisconnected {
                        terminal: id,
                        cause,
                    }];
                    self.tell_apps(events, now);
                }
            }
            terminal::Report::Prompt { effect, prompt } => {
                let event = Event::TerminalPrompt {
                    terminal: id,
                    operation: effect.operation,
                    kind: prompt.kind,
                    text: prompt.text,
                };
                self.tell_apps(vec![event], now);
            }
            terminal::Report::Result { transaction, .. } if self.is_foreign(&id, &transaction) => {
                let told = transaction.currency;
                tracing::error!(terminal = %id, ?told, "a result in another currency is not acknowledged");
            }
            terminal::Report::Result {
                effect,
                transaction,
            } => {
                let result = Box::new(self.sealed_result(&id, *transaction));
                self.on_command(&Command::TerminalResult { effect, result }, now);
            }
            terminal::Report::Finished {
                effect,
                ending,
                receipts,
            } => {
                let ending: TerminalEnding = self.sealed_ending(&id, *ending);
                let finished = Command::TerminalFinished {
                    effect,
                    ending,
                    receipts,
                };
                self.on_command(&finished, now);
            }
        }
    }

    /// Tells the terminal to stop what it does for an app, if it does anything.
    pub(super) fn abort(
        &mut self,
        terminal: &TerminalId,
        by: Option<&ClientName>,
    ) -> Result<Option<OperationId>, Refusal> {
        if !self.connections.contains_key(terminal) {
            return Err(Refusal::Rejected(Rejection::TerminalUnknown(
                terminal.clone(),
            )));
        }
        let holder = self.state.books.holder_of_terminal(terminal);
        if let (Some(held), Some(by)) = (holder, by)
            && held.client != *by
            && !failpoint::is_planted("anybody_stops_anything")
        {
            return Err(Refusal::Rejected(Rejection::TerminalLocked {
                terminal: terminal.clone(),
                holder: held.id.clone(),
            }));
        }
        let holder = holder.map(|held| held.id.clone());
        if holder.is_some() {
            self.tell(terminal.clone(), terminal::Order::Abort);
        }
        Ok(holder)
    }
}
