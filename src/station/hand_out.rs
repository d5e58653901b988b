//! Where effects leave, after their entries have become durable.

use super::{Input, Station};
use crate::api::call::Answer;
use crate::domain::effect::Effect;
use crate::domain::id::{OperationId, TerminalId};
use crate::terminal::Order;

impl Station {
    /// Carries an effect out; its entries are durable.
    pub(super) fn hand_out(&mut self, effect: Effect) {
        match effect {
            Effect::Terminal {
                effect,
                terminal,
                request,
                sync,
            } => {
                self.tell(
                    &terminal,
                    Order::Start {
                        effect,
                        request,
                        sync,
                    },
                );
            }
            Effect::AcknowledgeTerminal { terminal, effect } => {
                self.tell(&terminal, Order::Acknowledge { effect });
            }
            Effect::ProceedTerminal { terminal } => self.tell(&terminal, Order::Proceed),
            Effect::Processor {
                effect,
                account,
                request,
                inquire,
            } => {
                let processors = self.processors.clone();
                let events = self.events.clone();
                tokio::spawn(async move {
                    let ending = processors.call(&effect, &account, &request, inquire).await;
                    let _ = events.send(Input::Processor(effect, ending));
                });
            }
            Effect::Wake { operation, after } => {
                let events = self.events.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(after).await;
                    let _ = events.send(Input::Wake(operation));
                });
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
        }
    }

    fn tell(&self, terminal: &TerminalId, order: Order) {
        match self.terminals.get(terminal) {
            Some(handle) => handle.tell(order),
            // An open operation of a terminal that is configured no more waits for it in doubt.
            None => tracing::error!(%terminal, "this terminal is needed but not configured"),
        }
    }

    fn answer(&mut self, operation: &OperationId, answer: &Answer) {
        for waiter in self.waiters.remove(operation).unwrap_or_default() {
            // An app that has gone asks again by its idempotency key.
            let _ = waiter.send(Ok(answer.clone()));
        }
    }
}
