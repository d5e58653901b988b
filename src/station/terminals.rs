//! The drivers of the terminals, and how terminals come and go with the configuration while the station
//! runs. A new one is driven at once. One that is gone, or is driven otherwise, is left first, and not
//! before no open operation needs it; the rules for it hold at once.

use std::collections::BTreeMap;

use crate::config::{Config, TerminalConfig};
use crate::domain::id::TerminalId;
use crate::terminal::{Handle, Order};

/// Who drives which terminal.
#[derive(Debug, Default)]
pub(super) struct Terminals(BTreeMap<TerminalId, Driven>);

#[derive(Debug)]
struct Driven {
    handle: Handle,
    config: TerminalConfig,
    state: DrivenState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DrivenState {
    /// As the configuration wants it.
    Right,
    /// An operation needs it as it is.
    Needed,
    /// It is being left.
    Leaving,
}

impl Terminals {
    /// Comes as near to a configuration as it can. Returns what holds now: the terminals in it may be
    /// asked for something.
    pub(super) fn settle(
        &mut self,
        wanted: &Config,
        is_needed: impl Fn(&TerminalId) -> bool,
        start: impl Fn(TerminalId, TerminalConfig) -> Handle,
    ) -> Config {
        let mut config = wanted.clone();
        for (id, driven) in &mut self.0 {
            let next = wanted.terminals.get(id);
            let is_right = next.is_some_and(|next| driven.config.is_driven_as(next));
            driven.state = match driven.state {
                DrivenState::Leaving => DrivenState::Leaving,
                DrivenState::Right | DrivenState::Needed if is_right => DrivenState::Right,
                DrivenState::Right | DrivenState::Needed if is_needed(id) => {
                    if driven.state == DrivenState::Right {
                        tracing::warn!(terminal = %id, "an open operation needs it as it is; it changes when that has ended");
                    }
                    let rules = next.unwrap_or(&driven.config);
                    let as_it_is = driven.config.with_rules_of(rules);
                    config.terminals.insert(id.clone(), as_it_is);
                    DrivenState::Needed
                }
                DrivenState::Right | DrivenState::Needed => {
                    tracing::info!(terminal = %id, "is left");
                    driven.handle.tell(Order::Leave);
                    DrivenState::Leaving
                }
            };
            if driven.state == DrivenState::Leaving {
                config.terminals.remove(id);
            }
        }
        for (id, terminal) in &config.terminals {
            self.0.entry(id.clone()).or_insert_with(|| Driven {
                handle: start(id.clone(), terminal.clone()),
                config: terminal.clone(),
                state: DrivenState::Right,
            });
        }
        config
    }

    /// Whether [`Self::settle`] comes nearer to what is wanted now.
    pub(super) fn can_settle(&self, is_needed: impl Fn(&TerminalId) -> bool) -> bool {
        let mut driven = self.0.iter();
        driven.any(|(id, driven)| driven.state == DrivenState::Needed && !is_needed(id))
    }

    /// Tells the driver of a terminal.
    pub(super) fn tell(&self, id: &TerminalId, order: Order) {
        if let Some(driven) = self.0.get(id) {
            driven.handle.tell(order);
        }
    }

    /// A driver has left its terminal.
    pub(super) fn on_left(&mut self, id: &TerminalId) {
        self.0.remove(id);
    }

    /// Comes back when all have left their terminals, of which none is driven any more.
    pub(super) fn leave(&mut self) -> impl Future<Output = ()> + Send + 'static {
        let drivers = std::mem::take(&mut self.0);
        // Each is told before any is waited for.
        for driven in drivers.values() {
            driven.handle.tell(Order::Leave);
        }
        async move {
            for driven in drivers.into_values() {
                driven.handle.has_left().await;
            }
        }
    }
}
