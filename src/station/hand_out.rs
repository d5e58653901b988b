//! Where effects leave, after their entries have become durable.

use super::{Station, Task};
use crate::api::call::Answer;
use crate::domain::effect::Effect;
use crate::domain::id::{OperationId, TerminalId};
use crate::terminal::Order;

impl Station {
    /// Hands an effect out; its entries are durable.
    pub(super) fn hand_out(&mut self, effect: Effect) {
        match effect {
            Effect::Terminal {
                effect,
                terminal,
                request,
                sync,
            } => {
                let order = Order::Start {
                    effect,
                    request,
                    sync,
                };
                self.tell(terminal, order);
            }
            Effect::AcknowledgeTerminal { terminal, effect } => {
                self.tell(terminal, Order::Acknowledge { effect });
            }
            Effect::ProceedTerminal { terminal } => self.tell(terminal, Order::Proceed),
            Effect::Processor {
                effect,
                account,
                request,
                inquire,
            } => self.tasks.push_back(Task::Ask {
                effect,
                account,
                request,
                inquire,
            }),
            Effect::Wake { operation, after } => {
                self.tasks.push_back(Task::Wake { operation, after });
            }
            Effect::Answer { operation, outcome } => {
                let answer = Answer::Finished {
                    operation: operation.clone(),
                    outcome,
                };
                self.answer(&operation, &answer);
            }
            Effect::AnswerInDoubt { operation } => {
                let answer = Answer::InDoubt {
                    operation: operation.clone(),
                };
                self.answer(&operation, &answer);
            }
            Effect::AppsChanged => {
                self.tasks
                    .push_back(Task::LetIn(self.state.books.apps.clone()));
                if let Some(reply) = self.changes.pop_front() {
                    let _ = reply.send(Ok(()));
                }
            }
        }
    }

    pub(super) fn tell(&mut self, terminal: TerminalId, order: Order) {
        if self.connections.contains_key(&terminal) {
            self.tasks.push_back(Task::Tell { terminal, order });
        } else {
            // An open operation of a terminal that is configured no more waits for it in doubt.
            tracing::error!(%terminal, "this terminal is needed but not configured");
        }
    }

    fn answer(&mut self, operation: &OperationId, answer: &Answer) {
        for waiter in self.waiters.remove(operation).unwrap_or_default() {
            // An app that has gone asks again by its idempotency key.
            let _ = waiter.send(Ok(answer.clone()));
        }
    }
}
