//! Measures what goes out of the station and comes back. It decides nothing, and holds up nobody.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::{Input, Task};
use crate::api::metrics::{Metrics, Phase};
use crate::clock::Clock;
use crate::domain::entry::Entry;
use crate::domain::id::{EffectId, OperationId, Timestamp};
use crate::domain::state::Aggregates;
use crate::terminal::{Order, Report};

#[derive(Debug)]
pub(super) struct Meter {
    metrics: Arc<Metrics>,
    clock: Clock,
    /// Batches that are not durable yet.
    commits: VecDeque<(u64, Duration)>,
    /// What was asked and is not answered yet.
    effects: BTreeMap<EffectId, Duration>,
    /// What is open: its method, and when it began.
    operations: BTreeMap<OperationId, (&'static str, Timestamp)>,
}

impl Meter {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            metrics: Arc::default(),
            clock,
            commits: VecDeque::new(),
            effects: BTreeMap::new(),
            operations: BTreeMap::new(),
        }
    }

    pub(super) fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// A station begins, with what was open; nothing of before comes back to it.
    pub(super) fn begin(&mut self, books: &Aggregates) {
        self.commits.clear();
        self.effects.clear();
        let open = books.operations.values();
        let open = open.map(|it| (it.id.clone(), (it.request.method(), it.started_at)));
        self.operations = open.collect();
    }

    /// The station wants something done.
    pub(super) fn on_task(&mut self, task: &Task) {
        let now = self.clock.elapsed();
        match task {
            Task::Append(batch) => {
                self.commits.push_back((batch.ticket, now));
                for entry in &batch.entries {
                    self.on_entry(entry);
                }
            }
            Task::Tell {
                order: Order::Start { effect, .. },
                ..
            }
            | Task::Ask { effect, .. } => {
                self.effects.insert(effect.clone(), now);
            }
            Task::Tell { .. } | Task::Wake { .. } | Task::Announce(_) | Task::LetIn(_) => {}
        }
    }

    /// Something comes back to the station.
    pub(super) fn on_input(&mut self, input: &Input) {
        match input {
            Input::Committed(commit) => {
                let now = self.clock.elapsed();
                let durable = self
                    .commits
                    .partition_point(|(ticket, _)| *ticket <= commit.ticket);
                for (_, since) in self.commits.drain(..durable) {
                    if commit.result.is_ok() {
                        let took = now.saturating_sub(since);
                        self.metrics.phase(Phase::Journal, took);
                    }
                }
            }
            Input::Terminal(_, Report::Finished { effect, .. }) => {
                self.answered(effect, Phase::Terminal);
            }
            Input::Processor(effect, _) => self.answered(effect, Phase::Processor),
            Input::Terminal(..) | Input::Wake(_) | Input::Reader(..) => {}
        }
    }

    fn answered(&mut self, effect: &EffectId, phase: Phase) {
        if let Some(since) = self.effects.remove(effect) {
            let took = self.clock.elapsed().saturating_sub(since);
            self.metrics.phase(phase, took);
        }
    }

    fn on_entry(&mut self, entry: &Entry) {
        if let Entry::OperationStarted {
            operation,
            request,
            at,
            ..
        } = entry
        {
            let begun = (request.method(), *at);
            self.operations.insert(operation.clone(), begun);
        }
        if let Entry::OperationFinished {
            operation,
            outcome,
            at,
        } = entry
            && let Some((method, since)) = self.operations.remove(operation)
        {
            self.metrics.ended(method, outcome, at.since(since));
        }
    }
}
