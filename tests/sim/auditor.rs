//! Books of its own, kept from what became durable, what left, and what the bank did. It knows what
//! entries say, and nothing of the rules by which they were made.

use std::collections::{BTreeMap, BTreeSet};

use firmware_protocols::vocabulary::terminal::TerminalRequest;
use hw_sim::bank::TerminalKind;
use posd::domain::entry::Entry;
use posd::domain::id::{ClientName, EffectId, IdempotencyKey, OperationId, PaymentId, TerminalId};
use posd::domain::operation::Call;
use posd::domain::outcome::Outcome;
use posd::domain::request::Request;
use posd::domain::state::Aggregates;
use posd::journal::Batch;

/// A promise that was broken, in words; the first word names it.
pub(crate) type Check = Result<(), String>;

#[derive(Default)]
pub(crate) struct Auditor {
    /// Durable: operations by name.
    operations: BTreeMap<OperationId, Noted>,
    keys: BTreeMap<IdempotencyKey, OperationId>,
    /// Durable: steps by name.
    steps: BTreeMap<EffectId, (PaymentId, Call)>,
    reported: BTreeSet<EffectId>,
    /// Steps for which a terminal has closed its batch.
    closed: BTreeSet<EffectId>,
    pub(crate) last_event: u64,
    announced: u64,
    /// What the bank did at terminals: its key, what, how much, for which step.
    pub(crate) at_terminals: Vec<AtTerminal>,
    answers: BTreeMap<IdempotencyKey, String>,
}

struct Noted {
    key: IdempotencyKey,
    client: ClientName,
    request: Request,
    steps: usize,
    finished: Option<String>,
}

/// What an app has asked for under a key.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) client: ClientName,
    pub(crate) request: Request,
    /// Where it may be done, if not where the request says.
    pub(crate) places: Vec<TerminalId>,
}

#[derive(Clone, Debug)]
pub(crate) struct AtTerminal {
    pub(crate) key: String,
    pub(crate) terminal: TerminalId,
    pub(crate) kind: TerminalKind,
    pub(crate) minor: u64,
    pub(crate) step: Option<EffectId>,
}

impl Auditor {
    /// A group of batches has become durable.
    pub(crate) fn on_durable(&mut self, group: &[Batch]) -> Check {
        for batch in group {
            for (seq, event) in &batch.events {
                if *seq != self.last_event + 1 {
                    let last = self.last_event;
                    return Err(format!("events: {seq} comes after {last}: {event:?}"));
                }
                self.last_event = *seq;
            }
            for entry in &batch.entries {
                self.on_entry(entry)?;
            }
        }
        Ok(())
    }

    fn on_entry(&mut self, entry: &Entry) -> Check {
        let name = entry.operation();
        if let Entry::OperationStarted {
            operation,
            key,
            client,
            request,
            ..
        } = entry
        {
            if let Some(first) = self.keys.insert(key.clone(), operation.clone()) {
                return Err(format!("once: {key} names {first} and {operation}"));
            }
            let noted = Noted {
                key: key.clone(),
                client: client.clone(),
                request: (**request).clone(),
                steps: 0,
                finished: None,
            };
            self.operations.insert(operation.clone(), noted);
        }
        let Some((name, noted)) =
            name.and_then(|name| Some((name, self.operations.get_mut(name)?)))
        else {
            return Ok(());
        };
        match entry {
            Entry::StepRequested { payment, call, .. } => {
                let step = EffectId {
                    operation: name.clone(),
                    step: noted.steps,
                };
                noted.steps += 1;
                self.steps.insert(step, (payment.clone(), call.clone()));
            }
            Entry::StepReported { .. } => {
                let step = EffectId {
                    operation: name.clone(),
                    step: noted.steps - 1,
                };
                self.reported.insert(step);
            }
            Entry::OperationFinished { outcome, .. } => {
                if noted.finished.is_some() {
                    return Err(format!("answers: {name} ends twice"));
                }
                noted.finished = Some(json(outcome));
            }
            _ => {}
        }
        Ok(())
    }

    /// A request leaves for a terminal or a processor.
    pub(crate) fn on_send(&self, step: &EffectId) -> Check {
        if self.steps.contains_key(step) {
            Ok(())
        } else {
            Err(format!("wire: {step} is sent and not durable"))
        }
    }

    /// The terminal is told that its result is durable.
    pub(crate) fn on_acknowledge(&self, step: &EffectId) -> Check {
        if self.reported.contains(step) {
            Ok(())
        } else {
            Err(format!("wire: {step} is acknowledged and not durable"))
        }
    }

    /// Apps are told that events up to this one can be read.
    pub(crate) fn on_announce(&mut self, seq: u64) -> Check {
        if seq > self.last_event {
            let last = self.last_event;
            return Err(format!("events: {seq} is announced, {last} is the last"));
        }
        self.announced = seq;
        Ok(())
    }

    /// A terminal's host has carried something out.
    pub(crate) fn on_host(&mut self, done: AtTerminal) -> Check {
        if let Some(step) = &done.step {
            self.on_send(step)?;
            self.is_what_was_asked(step, &done)?;
            let twice = self
                .at_terminals
                .iter()
                .any(|other| other.step.as_ref() == Some(step) && other.key != done.key);
            if twice {
                return Err(format!("once: {step} moved money twice at its terminal"));
            }
        }
        // A terminal that lost its host's answer asks again.
        if !self.at_terminals.iter().any(|other| other.key == done.key) {
            self.at_terminals.push(done);
        }
        Ok(())
    }

    /// A terminal has closed its batch: for a step that asks for it, and for that one once.
    pub(crate) fn on_batch_closed(
        &mut self,
        terminal: &TerminalId,
        step: Option<EffectId>,
    ) -> Check {
        let step = step.ok_or_else(|| format!("once: {terminal} was not told to close"))?;
        self.on_send(&step)?;
        let call = self.steps.get(&step).map(|(_, call)| call);
        if !matches!(call, Some(Call::Terminal { request: TerminalRequest::Reconcile, terminal: at })
            if at == terminal)
        {
            return Err(format!(
                "once: {step} closes the batch of {terminal}: {call:?}"
            ));
        }
        if self.closed.insert(step.clone()) {
            Ok(())
        } else {
            Err(format!("once: {step} closes the batch of {terminal} twice"))
        }
    }

    /// What a terminal does is what its step asks for, and not what another one does.
    fn is_what_was_asked(&self, step: &EffectId, done: &AtTerminal) -> Check {
        let Some((_, Call::Terminal { terminal, request })) = self.steps.get(step) else {
            return Err(format!("result: {done:?} is of no terminal"));
        };
        let amount = match (request, done.kind) {
            (TerminalRequest::Sale { amount, .. }, TerminalKind::Sale)
            | (TerminalRequest::Authorize { amount, .. }, TerminalKind::Authorize)
            | (TerminalRequest::Refund { amount }, TerminalKind::Refund) => amount.minor,
            (_, TerminalKind::Sale | TerminalKind::Authorize | TerminalKind::Refund) => {
                return Err(format!("result: {done:?} was not asked for: {request:?}"));
            }
            _ => done.minor,
        };
        if *terminal == done.terminal && amount == done.minor {
            Ok(())
        } else {
            Err(format!("result: {done:?} is not {request:?} at {terminal}"))
        }
    }

    /// The receipt that a durable step asks a terminal to reverse.
    pub(crate) fn asks_to_reverse(&self, step: &EffectId) -> Option<&str> {
        let Some((
            _,
            Call::Terminal {
                request: TerminalRequest::Reverse { receipt_number, .. },
                ..
            },
        )) = self.steps.get(step)
        else {
            return None;
        };
        Some(receipt_number)
    }

    /// An app has heard how its request ended.
    pub(crate) fn on_answer(
        &mut self,
        key: &IdempotencyKey,
        operation: &OperationId,
        outcome: &Outcome,
        asked: &Asked,
    ) -> Check {
        let told = json(outcome);
        let noted = self.own(key, operation, asked)?;
        if noted.finished.as_ref() != Some(&told) {
            return Err(format!("answers: {key} hears an end that is not durable"));
        }
        match self.answers.insert(key.clone(), told.clone()) {
            Some(first) if first != told => {
                Err(format!("answers: {key} hears {told} after {first}"))
            }
            _ => silence(&told),
        }
    }

    /// An app has heard that the end of its request is not known yet.
    pub(crate) fn on_doubt(
        &self,
        key: &IdempotencyKey,
        operation: &OperationId,
        asked: &Asked,
    ) -> Check {
        self.own(key, operation, asked).map(|_| ())
    }

    /// The operation of which an app is told, which must be the one that it asked for.
    fn own(
        &self,
        key: &IdempotencyKey,
        operation: &OperationId,
        asked: &Asked,
    ) -> Result<&Noted, String> {
        let Some(noted) = self.operations.get(operation) else {
            return Err(format!("answers: {key} hears of {operation}, not durable"));
        };
        if noted.key != *key {
            let other = &noted.key;
            return Err(format!("answers: {key} hears what {other} asked"));
        }
        if !noted.is(asked) {
            return Err(format!("answers: {key} hears the end of another request"));
        }
        Ok(noted)
    }

    /// A request was refused. One that was taken before is not, unless its key is used for another.
    pub(crate) fn on_refused(&self, key: &IdempotencyKey, asked: &Asked, reused: bool) -> Check {
        match self.noted_under(key) {
            Some(taken) if taken.is(asked) == reused => {
                let taken = &taken.request;
                Err(format!(
                    "answers: {key} is refused, reused: {reused}; taken {taken:?}"
                ))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn noted_under(&self, key: &IdempotencyKey) -> Option<&Noted> {
        self.operations.get(self.keys.get(key)?)
    }

    /// What was taken under a key.
    pub(crate) fn asked_under(&self, key: &IdempotencyKey) -> Option<Asked> {
        let noted = self.noted_under(key)?;
        Some(Asked {
            client: noted.client.clone(),
            request: noted.request.clone(),
            places: Vec::new(),
        })
    }

    pub(crate) fn is_taken(&self, key: &IdempotencyKey) -> bool {
        self.keys.contains_key(key)
    }

    /// The payment of a step.
    pub(crate) fn payment_of(&self, step: &EffectId) -> Option<&PaymentId> {
        self.steps.get(step).map(|(payment, _)| payment)
    }

    /// What an operation was asked for, and the payments of its steps.
    pub(crate) fn operation(
        &self,
        name: &OperationId,
    ) -> Option<(&Request, impl Iterator<Item = &PaymentId>)> {
        let noted = self.operations.get(name)?;
        let steps = self.steps.iter();
        let own = steps.filter(|(step, _)| step.operation == *name);
        Some((&noted.request, own.map(|(_, (payment, _))| payment)))
    }

    /// What was asked, by whom, of all that began.
    pub(crate) fn requests(&self) -> impl Iterator<Item = (&OperationId, &Request)> {
        self.operations
            .iter()
            .map(|(id, noted)| (id, &noted.request))
    }

    /// Operations that have not ended, by what is durable.
    pub(crate) fn open(&self) -> Vec<&OperationId> {
        let open = self.operations.iter();
        let open = open.filter(|(_, noted)| noted.finished.is_none());
        open.map(|(name, _)| name).collect()
    }
}

impl Noted {
    /// Whether this is what the app has asked for, where it may be.
    fn is(&self, asked: &Asked) -> bool {
        let mut placed = asked.request.clone();
        let is_at = |place: &TerminalId| {
            placed.place_at(place.clone());
            self.request == placed
        };
        let is_alike = match asked.places.as_slice() {
            [] => self.request == asked.request,
            places => places.iter().any(is_at),
        };
        is_alike && self.client == asked.client
    }
}

/// The counters of every payment in memory are possible.
pub(crate) fn books(books: &Aggregates) -> Check {
    for payment in books.payments.values() {
        let gone = payment.captured + payment.voided;
        if gone > payment.authorized || payment.refunded > payment.captured {
            return Err(format!("books: {payment:?}"));
        }
    }
    Ok(())
}

/// No card number of the wallet is in a text.
pub(crate) fn silence(text: &str) -> Check {
    for card in &hw_sim::wallet::WALLET {
        if text.contains(card.expose_pan()) {
            return Err(format!("silence: the number of {} is told", card.name));
        }
    }
    Ok(())
}

pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}
