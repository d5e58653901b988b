//! The one place in which all rooms meet, as a machine without clock, thread or runtime: it takes one
//! input at a time, loads what it is about, decides, applies, and says what is to be done. What
//! stands on entries is handed out only once they are durable.
//!
//! [`service`] runs it against the real journal, terminals and processors; the simulation in
//! `tests/sim` runs the same against its own.

mod attention;
pub mod data_dir;
mod hand_out;
mod lease;
mod load;
mod meter;
mod outbox;
#[cfg(feature = "failpoints")]
mod planted;
mod query;
mod readers;
mod report;
mod seal;
pub mod service;
mod stop;
mod systemd;
mod terminals;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::api::call::{Answer, Call, Refusal};
use crate::config::Config;
use crate::domain::app::{self, App, Change};
use crate::domain::command::{Ask, Command, ProcessorEnding};
use crate::domain::draft::Decision;
use crate::domain::effect::ProcessorRequest;
use crate::domain::engine;
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::{
    ClientName, EffectId, IdempotencyKey, MerchantAccountId, OperationId, PoolId, ReaderId,
    TerminalId, Timestamp,
};
use crate::domain::lease::Leases;
use crate::domain::operation::{self, Finished, Operation, Step};
use crate::domain::state::{Aggregates, State};
use crate::domain::summary::Summary;
use crate::failpoint;
use crate::journal::{Batch, Commit, JournalError, OperationRow, Reader};
use crate::nfc;
use crate::terminal;
use crate::vault::Vault;
use firmware_protocols::time::Duration;

use outbox::Outbox;
use readers::Readers;

/// What decides. After every call of a `handle_*` method, [`Self::poll`] is drained.
#[derive(Debug)]
pub struct Station {
    name: String,
    vault: Arc<Vault>,
    reader: Reader,
    state: State,
    connections: BTreeMap<TerminalId, Connection>,
    readers: Readers,
    outbox: Outbox,
    waiters: BTreeMap<OperationId, Vec<oneshot::Sender<Result<Answer, Refusal>>>>,
    tasks: VecDeque<Task>,
    leases: Leases,
    /// How long an app that is no longer connected keeps its terminals.
    lease_grace: Duration,
    /// Who waits for a change of apps to become durable, in the order of the changes.
    changes: VecDeque<oneshot::Sender<Result<(), Refusal>>>,
    /// The latest time at which anything was recorded: a clock that says less was set back.
    recorded_at: Timestamp,
}

/// The line to a terminal, as last reported.
#[derive(Clone, Debug, Default)]
struct Connection {
    connected: bool,
    cause: Option<String>,
}

/// Everything that can wake the station, but for the calls of apps.
#[derive(Debug)]
pub enum Input {
    /// A driver reports.
    Terminal(TerminalId, terminal::Report),
    /// [`Task::Ask`] is over.
    Processor(EffectId, ProcessorEnding),
    /// [`Task::Wake`] is over.
    Wake(OperationId),
    /// A contactless reader reports.
    Reader(ReaderId, nfc::Report),
    /// What became of [`Task::Append`].
    Committed(Commit),
}

/// Something to do for the station, in the order in which it says so.
#[derive(Debug)]
pub enum Task {
    /// Make a batch durable, behind those before it; its fate is [`Input::Committed`].
    Append(Batch),
    /// Tell a terminal's driver.
    Tell {
        /// Which.
        terminal: TerminalId,
        /// What.
        order: terminal::Order,
    },
    /// Ask a processor; what comes of it is [`Input::Processor`].
    Ask {
        /// Under which name.
        effect: EffectId,
        /// On which account.
        account: MerchantAccountId,
        /// What.
        request: ProcessorRequest,
        /// It may have been sent before: look it up by its key first.
        inquire: bool,
    },
    /// Come back with [`Input::Wake`].
    Wake {
        /// For which operation.
        operation: OperationId,
        /// After how long.
        after: Duration,
    },
    /// Events up to and with this place are durable.
    Announce(u64),
    /// From now on let these apps in, and no others.
    LetIn(BTreeMap<ClientName, App>),
}

impl Station {
    /// A station that knows what was open when the journal was last written.
    pub fn new(config: &Config, vault: Arc<Vault>, reader: Reader) -> Result<Self, JournalError> {
        let mut state = State {
            directory: config.directory(),
            ..State::default()
        };
        for entry in reader.open_entries()? {
            state.books.apply(&entry);
        }
        // Payments and orders come from their tables, where all operations have left their marks.
        state.books.payments.clear();
        state.books.orders.clear();
        state.books.terminals = reader.terminals()?.into_iter().collect();
        let apps = reader.apps()?.into_iter();
        state.books.apps = apps.map(|app| (app.name.clone(), app)).collect();
        let unknown = |id: &TerminalId| (id.clone(), Connection::default());
        Ok(Self {
            name: config.station.clone(),
            vault,
            outbox: Outbox::new(reader.last_event()?),
            recorded_at: reader.last_entry_at()?.unwrap_or_default(),
            reader,
            state,
            connections: config.terminals.keys().map(unknown).collect(),
            readers: Readers::new(config.readers.keys().cloned()),
            waiters: BTreeMap::new(),
            tasks: VecDeque::new(),
            leases: Leases::default(),
            lease_grace: config.lease_grace,
            changes: VecDeque::new(),
        })
    }

    /// What was open when the last run ended may or may not have been sent: find out. Comes once,
    /// before anything else.
    pub fn handle_start(&mut self, now: Timestamp) {
        let open: Vec<OperationId> = self.state.books.operations.keys().cloned().collect();
        for operation in open {
            tracing::info!(%operation, "was open at the last stop; finding out how it ended");
            self.on_command(&Command::Recover(operation), now);
        }
    }

    /// An app calls. `fresh` is a name that no operation has; it is used up if one starts.
    pub fn handle_call(&mut self, call: Call, fresh: OperationId, now: Timestamp) {
        match call {
            Call::Ask {
                key,
                fingerprint,
                client,
                request,
                pool,
                reply,
            } => {
                let key = key.unwrap_or_else(|| IdempotencyKey::new(format!("station:{fresh}")));
                let ask = Ask {
                    operation: fresh,
                    key,
                    fingerprint,
                    client,
                    request: *request,
                    known: None,
                };
                self.on_ask(ask, pool.as_ref(), reply, now);
            }
            Call::Query { query, reply } => {
                let _ = reply.send(self.query(query, now));
            }
            Call::Change { change, by, reply } => match self.change(&change, &by) {
                Ok(decision) => {
                    self.changes.push_back(reply);
                    self.carry_on(decision, now);
                }
                Err(refusal) => {
                    let _ = reply.send(Err(refusal));
                }
            },
            Call::Acquire { asked, reply } => {
                let _ = reply.send(self.acquire(&asked, now));
            }
            Call::Release {
                terminal,
                app,
                reply,
            } => {
                let _ = reply.send(Ok(self.release(terminal, app, now)));
            }
            Call::Came(app) => self.leases.came(&app, now),
            Call::Went(app) => self.leases.went(&app, self.lease_grace, now),
            Call::Abort {
                terminal,
                by,
                reply,
            } => {
                let _ = reply.send(self.abort(&terminal, by.as_ref()));
            }
            Call::ReadTap { reader, reply } => self.readers.read(&reader, reply),
            Call::AbortRead { reader, reply } => {
                let _ = reply.send(self.readers.abort(&reader));
            }
        }
    }

    /// The station is about to end: nothing begins any more, and what is on its way ends.
    pub const fn handle_stop(&mut self) {
        self.state.stopping = true;
    }

    /// Whether nothing is lost by an end: no terminal and no processor is at work, no app waits for
    /// how its operation ended, and all that was decided is durable.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let is_on_its_way = |operation: &Operation| {
            let configured = |id| self.connections.contains_key(id);
            operation.pending().is_some_and(|(_, step)| !step.waiting)
                && operation.terminal().is_none_or(configured)
        };
        let mut open = self.state.books.operations.values();
        let mut waiters = self.waiters.values().flatten();
        self.outbox.failure().is_some()
            || (self.outbox.is_empty()
                && !open.any(is_on_its_way)
                && waiters.all(oneshot::Sender::is_closed))
    }

    /// Something happened outside.
    pub fn handle_input(&mut self, input: Input, now: Timestamp) {
        match input {
            Input::Terminal(id, report) => self.on_report(id, report, now),
            Input::Processor(effect, ending) => {
                self.on_command(&Command::ProcessorFinished { effect, ending }, now);
            }
            Input::Wake(operation) => self.on_command(&Command::Wake(operation), now),
            Input::Reader(id, report) => self.on_reader(id, report, now),
            Input::Committed(commit) => self.on_commit(commit),
        }
    }

    /// Whether an open operation has asked this terminal for anything, or may do so any time.
    #[must_use]
    pub fn needs_terminal(&self, id: &TerminalId) -> bool {
        let at_it = |step: &Step| match &step.call {
            operation::Call::Terminal { terminal, .. } => terminal == id,
            operation::Call::Processor { .. } => false,
        };
        let mut open = self.state.books.operations.values();
        open.any(|operation| operation.steps.iter().any(at_it))
    }

    /// Another configuration is taken over. Terminals that are not in it any more are needed by no open
    /// operation.
    pub fn handle_config(&mut self, config: &Config) {
        let known = |id: &TerminalId| config.terminals.contains_key(id);
        self.connections.retain(|id, _| known(id));
        for id in config.terminals.keys() {
            self.connections.entry(id.clone()).or_default();
        }
        self.name.clone_from(&config.station);
        self.state.directory = config.directory();
        self.lease_grace = config.lease_grace;
        self.readers.keep(config.readers.keys());
    }

    /// What to do next; `None` until something happens.
    pub fn poll(&mut self) -> Option<Task> {
        self.tasks.pop_front()
    }

    /// What is in memory.
    #[must_use]
    pub const fn books(&self) -> &Aggregates {
        &self.state.books
    }

    /// Why the journal cannot be written any more. Nothing is decided then; it takes a new station to
    /// go on.
    #[must_use]
    pub const fn failure(&self) -> Option<&JournalError> {
        self.outbox.failure()
    }

    fn on_ask(
        &mut self,
        mut ask: Ask,
        pool: Option<&PoolId>,
        reply: oneshot::Sender<Result<Answer, Refusal>>,
        now: Timestamp,
    ) {
        if self.outbox.failure().is_some() {
            let _ = reply.send(Err(Refusal::JournalUnavailable));
            return;
        }
        let mut operations = self.state.books.operations.values();
        let running = operations
            .find(|running| running.key == ask.key)
            .map(|op| op.id.clone());
        if running.is_none() {
            match self.ended(&ask.key) {
                Ok(known) => ask.known = known,
                Err(refusal) => {
                    let _ = reply.send(Err(refusal));
                    return;
                }
            }
        }
        let known = ask.known.as_ref().map(|known| known.id.clone());
        let subject = running.or(known);
        if let (None, Some(pool)) = (&subject, pool) {
            let connected =
                |id: &TerminalId| self.connections.get(id).is_some_and(|it| it.connected);
            let chosen = self
                .leases
                .choose(&self.state, connected, pool, &ask.client, now);
            match chosen {
                Ok(terminal) => ask.request.place_at(terminal),
                Err(rejection) => {
                    let _ = reply.send(Err(Refusal::Rejected(rejection)));
                    return;
                }
            }
        }
        let subject = subject.unwrap_or_else(|| ask.operation.clone());
        let client = ask.client.clone();
        let decided = self.decide(&Command::Ask(Box::new(ask)), now);
        let claimed = decided.and_then(|decision| {
            let claimed = self.claim(&decision, &client, now);
            claimed.map(|()| decision).map_err(Refusal::Rejected)
        });
        match claimed {
            Ok(decision) => {
                self.waiters.entry(subject).or_default().push(reply);
                self.carry_on(decision, now);
            }
            Err(refusal) => {
                let _ = reply.send(Err(refusal));
            }
        }
    }

    /// The operation that ended under a key, be its end durable already or not.
    fn ended(&self, key: &IdempotencyKey) -> Result<Option<Finished>, Refusal> {
        if let Some(finished) = self.outbox.ended(key) {
            return Ok(Some(finished.clone()));
        }
        let row = self.reader.operation_by_key(key).map_err(|error| {
            tracing::error!(%error, "journal cannot be read");
            Refusal::JournalUnavailable
        })?;
        match row {
            None => Ok(None),
            Some(OperationRow {
                finished: Some(finished),
                ..
            }) => Ok(Some(finished)),
            // It is neither open in memory nor ended in the journal: never begin it once more.
            Some(OperationRow {
                id, finished: None, ..
            }) => {
                tracing::error!(operation = %id, "open in the journal, unknown to the station");
                Err(Refusal::JournalUnavailable)
            }
        }
    }

    fn change(&self, change: &Change, by: &ClientName) -> Result<Decision, Refusal> {
        if self.outbox.failure().is_some() {
            return Err(Refusal::JournalUnavailable);
        }
        app::decide(&self.state, change, by).map_err(Refusal::Rejected)
    }

    /// News that change nothing.
    fn tell_apps(&mut self, events: Vec<Event>, now: Timestamp) {
        let decision = Decision {
            events,
            ..Decision::default()
        };
        self.carry_on(decision, now);
    }

    /// A command that comes from inside can be refused only by a journal that has failed.
    fn on_command(&mut self, command: &Command, now: Timestamp) {
        match self.decide(command, now) {
            Ok(decision) => self.carry_on(decision, now),
            Err(refusal) => tracing::error!(?refusal, "a report was not taken in"),
        }
    }

    fn decide(&mut self, command: &Command, now: Timestamp) -> Result<Decision, Refusal> {
        if self.outbox.failure().is_some() {
            return Err(Refusal::JournalUnavailable);
        }
        self.load_for(command).map_err(|error| {
            tracing::error!(%error, "journal cannot be read");
            Refusal::JournalUnavailable
        })?;
        self.state.only_for = self.leases.only_for(&self.state, now);
        #[cfg(feature = "failpoints")]
        let command = &planted::heard(command.clone());
        engine::decide(&self.state, command, now).map_err(Refusal::Rejected)
    }

    /// Appends what was decided, makes it true in memory, and keeps its effects until it is durable.
    fn carry_on(&mut self, decision: Decision, now: Timestamp) {
        if self.outbox.failure().is_some() {
            return;
        }
        #[cfg(feature = "failpoints")]
        let decision = self.spoiled(decision);
        let Decision {
            entries,
            events,
            effects,
        } = decision;
        for entry in &entries {
            tell(entry);
            self.outbox.note_end(&self.state.books, entry);
            self.renew_lease(entry, now);
            self.state.books.apply(entry);
            if failpoint::is_planted("entries_are_applied_twice") {
                self.state.books.apply(entry);
            }
        }
        if entries.is_empty() && events.is_empty() {
            for effect in self.outbox.put_behind(effects) {
                self.hand_out(effect);
            }
            return;
        }
        self.recorded_at = self.recorded_at.max(now);
        let changed = load::changed(&self.state.books, &entries);
        let ticket = self.outbox.put(effects);
        self.tasks.push_back(Task::Append(Batch {
            ticket,
            at: now,
            events: self.outbox.number(events),
            entries,
            payments: changed.payments,
            orders: changed.orders,
        }));
    }

    /// A decision with the bug that is planted, if one is.
    #[cfg(feature = "failpoints")]
    fn spoiled(&mut self, mut decision: Decision) -> Decision {
        planted::decided(&self.state, &mut decision);
        for effect in planted::early(&mut decision.effects) {
            self.hand_out(effect);
        }
        decision
    }

    fn on_commit(&mut self, commit: Commit) {
        if let Err(error) = commit.result {
            tracing::error!(%error, "journal failed; no money is taken any more");
            self.outbox.fail(error);
            self.stop_terminals();
            for change in std::mem::take(&mut self.changes) {
                let _ = change.send(Err(Refusal::JournalUnavailable));
            }
            for (_, waiters) in std::mem::take(&mut self.waiters) {
                for waiter in waiters {
                    let _ = waiter.send(Err(Refusal::JournalUnavailable));
                }
            }
            return;
        }
        let due = self.outbox.take_durable(commit.ticket);
        self.tasks.push_back(Task::Announce(due.last_event));
        for effect in due.effects {
            self.hand_out(effect);
        }
        self.forget_unneeded();
    }

    /// No card may be taken for a payment whose result could not be recorded. What a terminal has
    /// taken all the same is not acknowledged, so it takes it back.
    fn stop_terminals(&mut self) {
        let open = self.state.books.operations.values();
        let busy: Vec<TerminalId> = open.filter_map(Operation::terminal).cloned().collect();
        for terminal in busy {
            self.tell(terminal, terminal::Order::Abort);
        }
    }
}

/// One line of the log for each step of an operation, and for whatever else is recorded.
fn tell(entry: &Entry) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let operation = entry.operation().map(OperationId::as_str);
    let Summary { entry, facts } = Summary::of(entry);
    let facts = facts.iter().map(|(name, fact)| format!("{name}={fact}"));
    let facts = facts.collect::<Vec<_>>().join(" ");
    tracing::info!(operation, entry, "{facts}");
}
