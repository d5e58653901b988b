//! Effects that wait until their entries are durable.

use std::collections::{BTreeMap, VecDeque};

use crate::domain::effect::Effect;
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::IdempotencyKey;
use crate::domain::operation::Finished;
use crate::domain::state::Aggregates;
use crate::failpoint::is_planted;
use crate::journal::JournalError;

/// What waits for the journal, in the order in which it was decided.
#[derive(Debug)]
pub(super) struct Outbox {
    next_ticket: u64,
    last_event: u64,
    waiting: VecDeque<Waiting>,
    /// Operations that have ended, but not durably yet: the journal does not know so, and memory
    /// does not hold them any more.
    ended: BTreeMap<IdempotencyKey, Ended>,
    failure: Option<JournalError>,
}

#[derive(Debug)]
struct Ended {
    ticket: u64,
    finished: Finished,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    last_event: u64,
    effects: Vec<Effect>,
}

/// What may leave now.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) effects: Vec<Effect>,
    pub(super) last_event: u64,
}

impl Outbox {
    pub(super) fn new(last_event: u64) -> Self {
        Self {
            next_ticket: 1,
            last_event,
            waiting: VecDeque::new(),
            ended: BTreeMap::new(),
            failure: None,
        }
    }

    /// Keeps effects for the batch that gets the ticket returned.
    pub(super) fn put(&mut self, effects: Vec<Effect>) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket = ticket.saturating_add(1);
        self.waiting.push_back(Waiting {
            ticket,
            last_event: self.last_event,
            effects,
        });
        ticket
    }

    /// Effects without entries of their own still stand on what was decided before: they wait for
    /// the last batch, or leave at once when all is durable.
    pub(super) fn put_behind(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        match self.waiting.back_mut() {
            Some(last) => {
                last.effects.extend(effects);
                Vec::new()
            }
            None => effects,
        }
    }

    /// Notes the end of an operation that is about to leave memory; its batch is put next.
    pub(super) fn note_end(&mut self, books: &Aggregates, entry: &Entry) {
        if let Entry::OperationFinished {
            operation, outcome, ..
        } = entry
            && let Some(ended) = books.operations.get(operation)
        {
            let finished = Finished {
                id: operation.clone(),
                fingerprint: ended.fingerprint.clone(),
                outcome: (**outcome).clone(),
            };
            let ended_under = ended.key.clone();
            self.ended.insert(
                ended_under,
                Ended {
                    ticket: self.next_ticket,
                    finished,
                },
            );
        }
    }

    /// The operation that ended under a key, not durably yet.
    pub(super) fn ended(&self, key: &IdempotencyKey) -> Option<&Finished> {
        self.ended.get(key).map(|ended| &ended.finished)
    }

    /// Numbers the events of the batch that was put last.
    pub(super) fn number(&mut self, events: Vec<Event>) -> Vec<(u64, Event)> {
        let numbered = events.into_iter().map(|event| {
            let step = if is_planted("events_have_gaps") { 2 } else { 1 };
            self.last_event = self.last_event.saturating_add(step);
            (self.last_event, event)
        });
        let numbered = numbered.collect();
        if let Some(last) = self.waiting.back_mut() {
            last.last_event = self.last_event;
        }
        numbered
    }

    /// All batches up to `ticket` are durable.
    pub(super) fn take_durable(&mut self, ticket: u64) -> Due {
        let count = self
            .waiting
            .partition_point(|waiting| waiting.ticket <= ticket);
        let mut due = Due {
            effects: Vec::new(),
            last_event: 0,
        };
        for waiting in self.waiting.drain(..count) {
            due.effects.extend(waiting.effects);
            due.last_event = waiting.last_event;
        }
        self.ended.retain(|_, ended| ended.ticket > ticket);
        due
    }

    /// Whether all that was decided is durable.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The journal has failed: what waits never leaves.
    pub(super) fn fail(&mut self, error: JournalError) {
        self.waiting.clear();
        self.failure = Some(error);
    }

    pub(super) const fn failure(&self) -> Option<&JournalError> {
        self.failure.as_ref()
    }
}
