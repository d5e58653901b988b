//! Drives `decide` and `apply` as the station does, without clock, disk or wire, and checks after
//! every command what must always hold.

use std::collections::BTreeMap;

use super::bank::{Account, Bank};
use super::outside::Fate;
use super::samples::{authorized, directory, order, tender, terminal};
use crate::domain::command::{Ask, Command, ProcessorEnding};
use crate::domain::draft::Decision;
use crate::domain::effect::{Effect, ProcessorRequest};
use crate::domain::engine::decide;
use crate::domain::entry::Entry;
use crate::domain::id::{
    ClientName, EffectId, Fingerprint, IdempotencyKey, LineId, OperationId, OrderId, PaymentId,
    TerminalId, Timestamp,
};
use crate::domain::operation::{Call, Finished, Operation};
use crate::domain::order::{Channel, Order};
use crate::domain::outcome::Outcome;
use crate::domain::payment::Payment;
use crate::domain::quote;
use crate::domain::rejection::Rejection;
use crate::domain::request::{PickupTender, Request};
use crate::domain::state::{Aggregates, State};

#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) state: State,
    pub(super) bank: Bank,
    pub(super) now: Timestamp,
    /// All durable entries.
    pub(super) entries: Vec<Entry>,
    /// How many there were after each decision.
    pub(super) decisions: Vec<usize>,
    /// Effects that nobody has carried out yet.
    pub(super) outbox: Vec<Effect>,
    pub(super) outcomes: BTreeMap<OperationId, Outcome>,
    /// Operations whose apps were told that the end is in doubt.
    pub(super) told_in_doubt: Vec<OperationId>,
    /// Effects that moved money and were handed out, with the number of times.
    pub(super) sent: BTreeMap<EffectId, u32>,
    asked: u32,
    /// Reports of the outside so far.
    reports: Vec<Command>,
    /// What was there before the first entry.
    origin: Aggregates,
}

impl World {
    /// All terminals have told that they remember nothing yet.
    pub(super) fn new() -> Self {
        let mut world = Self::unconnected();
        for name in ["single", "token", "plain"] {
            world.connect(&terminal(name));
        }
        world
    }

    pub(super) fn unconnected() -> Self {
        let state = State {
            directory: directory(),
            books: Aggregates::default(),
            ..State::default()
        };
        Self {
            state,
            ..Self::default()
        }
    }

    /// The terminal gets connected and tells its last transaction.
    pub(super) fn connect(&mut self, terminal: &TerminalId) {
        let last = self.bank.last.get(terminal).cloned().map(Box::new);
        let ready = Command::TerminalReady {
            terminal: terminal.clone(),
            last,
        };
        self.tell(&ready).unwrap();
    }

    /// Asks under a new key; gives the operation that began.
    pub(super) fn ask(&mut self, request: Request) -> Result<OperationId, Rejection> {
        self.asked += 1;
        let key = format!("key-{}", self.asked);
        self.ask_as(&key, "", request)
            .map(|(operation, _)| operation)
    }

    /// Asks under a key; `variant` stands for other parameters.
    pub(super) fn ask_as(
        &mut self,
        key: &str,
        variant: &str,
        request: Request,
    ) -> Result<(OperationId, Decision), Rejection> {
        self.asked += 1;
        let operation = OperationId::new(format!("op-{:03}", self.asked));
        let key = IdempotencyKey::new(key);
        let known = self.finished_under(&key);
        let ask = Ask {
            operation: operation.clone(),
            key,
            fingerprint: Fingerprint::new(format!("{}{variant}", request.method())),
            client: ClientName::new("till"),
            request,
            known,
        };
        let decision = self.tell(&Command::Ask(Box::new(ask)))?;
        Ok((operation, decision))
    }

    fn finished_under(&self, key: &IdempotencyKey) -> Option<Finished> {
        let started = self.entries.iter().find_map(|entry| {
            let Entry::OperationStarted {
                operation,
                key: used,
                fingerprint,
                ..
            } = entry
            else {
                return None;
            };
            (used == key).then_some((operation, fingerprint))
        });
        let (id, fingerprint) = started?;
        let outcome = self.outcomes.get(id)?.clone();
        Some(Finished {
            id: id.clone(),
            fingerprint: fingerprint.clone(),
            outcome,
        })
    }

    /// Asks, and carries everything out as `fates` say in turn; the last one stays.
    pub(super) fn run(&mut self, request: Request, fates: &[Fate]) -> Outcome {
        let operation = self.ask(request).unwrap();
        self.settle(fates);
        self.outcomes
            .get(&operation)
            .cloned()
            .expect("the operation has ended")
    }

    /// Carries out what is left, until nothing is. Each call has the next fate; inquiries are
    /// answered truly.
    pub(super) fn settle(&mut self, fates: &[Fate]) {
        let mut fates = fates.iter().copied();
        for _ in 0..200 {
            let next = self.outbox.iter().position(|it| !self.is_of_review(it));
            let Some(next) = next else {
                return;
            };
            let effect = self.outbox.remove(next);
            let fate = match Self::is_call(&effect) {
                true => fates.next().unwrap_or(Fate::Approved),
                false => Fate::Approved,
            };
            self.carry_out(&effect, fate);
        }
        panic!("it never ends: {:?}", self.state.books.operations);
    }

    /// Whether an effect asks about a review, which may take for ever.
    pub(super) fn is_of_review(&self, effect: &Effect) -> bool {
        let operation = match effect {
            Effect::Wake { operation, .. } => operation,
            Effect::Processor { effect, .. } => &effect.operation,
            Effect::Terminal { .. }
            | Effect::AcknowledgeTerminal { .. }
            | Effect::ProceedTerminal { .. }
            | Effect::Answer { .. }
            | Effect::AnswerInDoubt { .. }
            | Effect::AppsChanged => return false,
        };
        let operation = self.state.books.operations.get(operation);
        operation.is_some_and(Operation::is_review)
    }

    /// Whether no app waits for anything, and nothing is promised.
    pub(super) fn is_quiet(&self) -> bool {
        let mut open = self.state.books.operations.values();
        open.all(Operation::is_review)
    }

    /// Tells one of the reports so far once more. Not among them: that nothing was sent, which says
    /// nothing but of the try that it was about.
    pub(super) fn tell_again(&mut self, which: usize) {
        let count = self.reports.len().max(1);
        if let Some(report) = self.reports.get(which % count).cloned() {
            self.tell(&report).unwrap();
        }
    }

    /// Decides, makes it durable, applies it, hands the effects out, checks.
    pub(super) fn tell(&mut self, command: &Command) -> Result<Decision, Rejection> {
        let decision = decide(&self.state, command, self.now)?;
        self.remember(command);
        for entry in &decision.entries {
            self.state.books.apply(entry);
            self.entries.push(entry.clone());
        }
        self.decisions.push(self.entries.len());
        self.check_effects(command, &decision);
        self.check_books();
        for effect in &decision.effects {
            match effect {
                Effect::Answer { operation, outcome } => {
                    self.outcomes.insert(operation.clone(), (**outcome).clone());
                }
                Effect::AnswerInDoubt { operation } => self.told_in_doubt.push(operation.clone()),
                Effect::AcknowledgeTerminal { .. }
                | Effect::ProceedTerminal { .. }
                | Effect::AppsChanged => {}
                Effect::Terminal { .. } | Effect::Processor { .. } | Effect::Wake { .. } => {
                    self.outbox.push(effect.clone());
                }
            }
        }
        Ok(decision)
    }

    fn remember(&mut self, command: &Command) {
        match command {
            Command::ProcessorFinished {
                ending: ProcessorEnding::NotSent,
                ..
            }
            | Command::Ask(_)
            | Command::Recover(_)
            | Command::TerminalReady { .. } => {}
            Command::TerminalResult { .. }
            | Command::TerminalFinished { .. }
            | Command::ProcessorFinished { .. }
            | Command::Wake(_) => self.reports.push(command.clone()),
        }
    }

    fn check_effects(&mut self, command: &Command, decision: &Decision) {
        for effect in &decision.effects {
            match effect {
                Effect::Terminal {
                    effect,
                    terminal,
                    request,
                    ..
                } if request.moves_money() => {
                    let call = Call::Terminal {
                        terminal: terminal.clone(),
                        request: request.clone(),
                    };
                    self.check_journalled(effect, &call);
                    let times = self.sent.entry(effect.clone()).or_default();
                    *times += 1;
                    assert_eq!(*times, 1, "a terminal is asked once: {effect}");
                }
                Effect::Processor {
                    request: ProcessorRequest::Review { .. },
                    ..
                } => {}
                Effect::Processor {
                    effect,
                    account,
                    request,
                    inquire,
                } => {
                    let call = Call::Processor {
                        account: account.clone(),
                        request: request.clone(),
                    };
                    self.check_journalled(effect, &call);
                    let times = self.sent.entry(effect.clone()).or_default();
                    *times += 1;
                    let certain = *times == 1 || *inquire || matches!(command, Command::Wake(_));
                    assert!(
                        certain,
                        "sent again while the first may have arrived: {effect}"
                    );
                }
                Effect::AcknowledgeTerminal { effect, .. } => {
                    let reported = decision.entries.iter().any(|entry| {
                        matches!(entry, Entry::StepReported { operation, .. } if *operation == effect.operation)
                    });
                    assert!(reported, "acknowledged before it is journalled");
                }
                Effect::Answer { operation, outcome } => {
                    let first = self.outcomes.get(operation);
                    let repeats = matches!(command, Command::Ask(ask) if ask.known.is_some());
                    assert_eq!(first.is_some(), repeats, "one answer per operation");
                    assert!(
                        first.is_none_or(|first| *first == **outcome),
                        "the first answer stays"
                    );
                }
                Effect::Terminal { .. }
                | Effect::ProceedTerminal { .. }
                | Effect::Wake { .. }
                | Effect::AnswerInDoubt { .. }
                | Effect::AppsChanged => {}
            }
        }
    }

    fn check_journalled(&self, effect: &EffectId, call: &Call) {
        let requested = steps_of(&self.entries, &effect.operation);
        assert_eq!(
            requested.get(effect.step).map(|step| &step.1),
            Some(call),
            "{effect} is not journalled"
        );
        assert!(
            self.state.books.awaiting(effect).is_some(),
            "{effect} is sent, but nobody waits for it"
        );
    }

    fn check_books(&self) {
        let books = &self.state.books;
        for payment in books.payments.values() {
            assert!(payment.holds_invariants(), "{payment:?}");
            let is_promised = payment.queued + payment.tied > 0;
            let somebody = books.operations.values().any(|it| it.queued().is_some());
            assert!(!is_promised || somebody, "nobody takes it: {payment:?}");
        }
        for operation in books.operations.values() {
            let unanswered = operation
                .steps
                .iter()
                .filter(|step| step.answer.is_none())
                .count();
            assert!(unanswered <= 1, "{operation:?}");
            assert!(
                operation
                    .steps
                    .iter()
                    .rev()
                    .skip(1)
                    .all(|step| step.answer.is_some())
            );
        }
        let finished = |entry: &&Entry| matches!(entry, Entry::OperationFinished { .. });
        let finished = self.entries.iter().filter(finished).count();
        let started = |entry: &&Entry| matches!(entry, Entry::OperationStarted { .. });
        let started = self.entries.iter().filter(started).count();
        assert_eq!(started, finished + books.operations.len());
        // A day may end over what was put aside.
        let mut holders: Vec<&TerminalId> = books
            .operations
            .values()
            .filter(|it| !it.parked)
            .filter_map(|it| it.terminal())
            .collect();
        let all = holders.len();
        holders.sort();
        holders.dedup();
        assert_eq!(holders.len(), all, "a terminal works for one operation");
        assert_same(&replayed(&self.origin, &self.entries), books);
    }

    /// The station stops after its first `durable` entries and starts again. Effects of decisions
    /// that were not durable as a whole never left.
    pub(super) fn restart(&mut self, durable: usize) {
        self.entries.truncate(durable);
        self.decisions.retain(|count| *count <= durable);
        self.outbox.clear();
        let whole = self.decisions.last().copied().unwrap_or(0);
        let left = &self.entries[..whole];
        self.sent
            .retain(|effect, _| steps_of(left, &effect.operation).len() > effect.step);
        let tables = replayed(&self.origin, &self.entries);
        self.state.books = started_up(&self.entries, &tables);
        assert_same(&self.state.books, &tables);
        let open: Vec<OperationId> = tables.operations.keys().cloned().collect();
        self.outcomes
            .retain(|operation, _| !open.contains(operation));
        for operation in open {
            self.tell(&Command::Recover(operation)).unwrap();
        }
    }

    /// A test has changed the books by hand: replays begin with what they are now.
    pub(super) fn forget_history(&mut self) {
        self.entries.clear();
        self.decisions.clear();
        self.origin = self.state.books.clone();
    }

    /// When nothing is open, our books are the bank's.
    pub(super) fn check_agreement(&self) {
        assert!(self.is_quiet(), "{:?}", self.state.books.operations);
        for payment in self.state.books.payments.values() {
            let ours = Account {
                authorized: payment.authorized,
                captured: payment.captured,
                voided: payment.voided,
                refunded: payment.refunded,
            };
            let theirs = self
                .bank
                .accounts
                .get(&payment.id)
                .copied()
                .unwrap_or_default();
            assert_eq!(ours, theirs, "{} as the bank has it", payment.id);
        }
        for id in self.bank.accounts.keys() {
            assert!(
                self.state.books.payments.contains_key(id),
                "money moved for {id}, unknown here"
            );
        }
    }

    pub(super) fn payment(&self, id: &PaymentId) -> &Payment {
        &self.state.books.payments[id]
    }

    pub(super) fn order(&self) -> &Order {
        &self.state.books.orders[&OrderId::new("O")]
    }

    /// Stores order `O`, made online, whose payments hold these amounts.
    pub(super) fn put_order(
        &mut self,
        deposit: u64,
        lines: &[u64],
        held: &[u64],
    ) -> Vec<PaymentId> {
        let mut order = order(deposit, lines);
        let ids: Vec<PaymentId> = (0..held.len())
            .map(|at| PaymentId::new(format!("O/{at}")))
            .collect();
        order.tenders = ids.iter().map(tender).collect();
        order.channel = Channel::Online;
        let payments: Vec<Payment> = ids
            .iter()
            .zip(held)
            .map(|(id, held)| authorized(id, *held, deposit))
            .collect();
        for payment in &payments {
            self.open_account(payment);
        }
        self.run(Request::OrderPut { order, payments }, &[]);
        ids
    }

    /// What is due when these lines of the order are handed over.
    pub(super) fn due(&self, lines: &[usize]) -> u64 {
        let lines: Vec<LineId> = lines.iter().map(|at| LineId::new(at.to_string())).collect();
        let order = self.order();
        let tenders = order.usable_tenders();
        let payments = tenders.map(|tender| &self.state.books.payments[&tender.payment]);
        quote::due(payments, order, &lines).minor
    }

    pub(super) fn open_account(&mut self, payment: &Payment) {
        let account = Account {
            authorized: payment.authorized,
            captured: payment.captured,
            voided: payment.voided,
            refunded: payment.refunded,
        };
        self.bank.accounts.insert(payment.id.clone(), account);
    }

    pub(super) fn pickup(&self, lines: &[usize]) -> Request {
        self.pickup_with(lines, PickupTender::Available)
    }

    pub(super) fn pickup_with(&self, lines: &[usize], tender: PickupTender) -> Request {
        Request::PickupCapture {
            order: OrderId::new("O"),
            version: self.order().version,
            lines: lines.iter().map(|at| LineId::new(at.to_string())).collect(),
            tender,
        }
    }
}

/// The steps that were ever requested for an operation.
pub(super) fn steps_of<'a>(entries: &'a [Entry], id: &OperationId) -> Vec<(&'a PaymentId, Call)> {
    entries
        .iter()
        .filter_map(|entry| {
            let Entry::StepRequested {
                operation,
                payment,
                call,
                ..
            } = entry
            else {
                return None;
            };
            (operation == id).then(|| (payment, call.clone()))
        })
        .collect()
}

fn replayed(origin: &Aggregates, entries: &[Entry]) -> Aggregates {
    let mut books = origin.clone();
    for entry in entries {
        books.apply(entry);
    }
    books
}

/// What start-up makes: the entries of open operations applied, everything else read from its table.
fn started_up(entries: &[Entry], tables: &Aggregates) -> Aggregates {
    let mut books = Aggregates::default();
    let open = |entry: &&Entry| {
        entry
            .operation()
            .is_some_and(|id| tables.operations.contains_key(id))
    };
    for entry in entries.iter().filter(open) {
        books.apply(entry);
    }
    books.payments.clone_from(&tables.payments);
    books.orders.clone_from(&tables.orders);
    books.terminals.clone_from(&tables.terminals);
    books
}

fn assert_same(left: &Aggregates, right: &Aggregates) {
    assert_eq!(left.operations, right.operations);
    assert_eq!(left.payments, right.payments);
    assert_eq!(left.orders, right.orders);
    assert_eq!(left.terminals, right.terminals);
}
