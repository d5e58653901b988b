//! The one event loop: takes one event, stamps the time, loads what it is about, decides, appends,
//! applies, and hands the effects out once their entries are durable.

mod hand_out;
mod load;
mod outbox;
mod query;
mod seal;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

use crate::api::call::{Answer, Call, Refusal};
use crate::api::{self, Gateway};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::command::{Ask, Command, ProcessorEnding, TerminalEnding};
use crate::domain::draft::Decision;
use crate::domain::engine;
use crate::domain::event::Event;
use crate::domain::id::{EffectId, IdempotencyKey, OperationId, TerminalId};
use crate::domain::operation::Finished;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::journal::{Batch, Commit, Journal, JournalError, OperationRow, Reader};
use crate::processor::Processors;
use crate::terminal;
use crate::vault::{TokenKind, Vault, VaultError};

use outbox::Outbox;

/// Calls of apps that may wait for the loop; a full queue slows the apps down, not the loop.
const CALLS_WAITING_MAX: usize = 1024;

/// By this text a database is recognised as sealed with our key.
const KEY_CHECK: &str = "posd token key";

/// Why a station does not start.
#[derive(Debug)]
pub enum StartError {
    /// The data directory cannot be used.
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another station uses the data directory.
    InUse(PathBuf),
    /// The address is taken or not ours.
    Listen(std::io::Error),
    /// The journal.
    Journal(JournalError),
    /// The token key.
    Vault(VaultError),
    /// The key does not open the tokens of this journal.
    WrongKey,
    /// A connector.
    Processor(String),
}

/// A station that is ready to run.
#[derive(Debug)]
pub struct Station {
    clock: Clock,
    config: Config,
    vault: Arc<Vault>,
    journal: Journal,
    reader: Reader,
    state: State,
    processors: Processors,
    terminals: BTreeMap<TerminalId, terminal::Handle>,
    connections: BTreeMap<TerminalId, Connection>,
    outbox: Outbox,
    waiters: BTreeMap<OperationId, Vec<oneshot::Sender<Result<Answer, Refusal>>>>,
    last_event: watch::Sender<u64>,
    events: mpsc::UnboundedSender<Input>,
    inputs: mpsc::UnboundedReceiver<Input>,
    /// Held for the life of the station: one station per data directory.
    _lock: File,
}

/// The line to a terminal, as last reported.
#[derive(Clone, Debug, Default)]
struct Connection {
    connected: bool,
    cause: Option<String>,
}

/// Everything that can wake the loop, but for the calls of apps.
#[derive(Debug)]
enum Input {
    Terminal(TerminalId, terminal::Report),
    Processor(EffectId, ProcessorEnding),
    Wake(OperationId),
    Committed(Commit),
}

impl Station {
    /// Opens the journal, finds what was open, and is ready to run.
    pub fn open(config: Config) -> Result<Self, StartError> {
        let lock = lock_data_dir(&config.data_dir)?;
        let vault = Arc::new(Vault::open(&config.data_dir.join("token.key"))?);
        let (events, inputs) = mpsc::unbounded_channel();
        let commits = events.clone();
        let stamp = vault.seal(TokenKind::Check, KEY_CHECK)?;
        let path = config.data_dir.join("journal.db");
        let (journal, reader) = Journal::open(&path, &stamp, move |commit| {
            let _ = commits.send(Input::Committed(commit));
        })?;
        let stamp = reader.key_check()?.ok_or(StartError::WrongKey)?;
        vault
            .unseal(TokenKind::Check, &stamp)
            .map_err(|_| StartError::WrongKey)?;

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
        let (last_event, _) = watch::channel(reader.last_event()?);
        let outbox = Outbox::new(reader.last_event()?);
        let processors = Processors::new(config.accounts.clone(), Arc::clone(&vault))
            .map_err(StartError::Processor)?;
        Ok(Self {
            clock: Clock::start(),
            config,
            vault,
            journal,
            reader,
            state,
            processors,
            terminals: BTreeMap::new(),
            connections: BTreeMap::new(),
            outbox,
            waiters: BTreeMap::new(),
            last_event,
            events,
            inputs,
            _lock: lock,
        })
    }

    /// Serves apps and terminals until `stop` resolves. `ready` hears the address in use.
    pub async fn run(
        mut self,
        ready: impl FnOnce(std::net::SocketAddr),
        stop: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let listener = TcpListener::bind(self.config.listen)
            .await
            .map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let (calls, mut waiting) = mpsc::channel(CALLS_WAITING_MAX);
        self.start_terminals();
        self.recover();
        let apps = tokio::spawn(api::serve(listener, self.gateway(calls)));
        ready(address);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(input) = self.inputs.recv() => self.on_input(input),
                Some(call) = waiting.recv() => self.on_call(call),
            }
        }
        apps.abort();
        Ok(())
    }

    fn gateway(&self, calls: mpsc::Sender<Call>) -> Gateway {
        Gateway {
            calls,
            last_event: self.last_event.subscribe(),
            vault: Arc::clone(&self.vault),
            terminals: self.config.terminals.keys().cloned().collect(),
            language: self.config.language,
            allowed_origins: self.config.allowed_origins.clone().into(),
        }
    }

    /// What was open when the last run ended may or may not have been sent: find out.
    fn recover(&mut self) {
        let open: Vec<OperationId> = self.state.books.operations.keys().cloned().collect();
        for operation in open {
            tracing::info!(%operation, "was open at the last stop; finding out how it ended");
            self.on_command(&Command::Recover(operation));
        }
    }

    fn start_terminals(&mut self) {
        for (id, config) in self.config.terminals.clone() {
            let events = self.events.clone();
            let report = move |id, report| {
                let _ = events.send(Input::Terminal(id, report));
            };
            let handle = terminal::spawn(id.clone(), config, self.clock, report);
            self.connections.insert(id.clone(), Connection::default());
            self.terminals.insert(id, handle);
        }
    }

    fn on_call(&mut self, call: Call) {
        match call {
            Call::Ask {
                key,
                fingerprint,
                client,
                request,
                reply,
            } => {
                let operation = OperationId::new(uuid::Uuid::now_v7().simple().to_string());
                let key =
                    key.unwrap_or_else(|| IdempotencyKey::new(format!("station:{operation}")));
                let ask = Ask {
                    operation,
                    key,
                    fingerprint,
                    client,
                    request: *request,
                    known: None,
                };
                self.on_ask(ask, reply);
            }
            Call::Query { query, reply } => {
                let _ = reply.send(self.query(query));
            }
            Call::Abort { terminal, reply } => {
                let _ = reply.send(self.abort(&terminal));
            }
        }
    }

    fn on_ask(&mut self, mut ask: Ask, reply: oneshot::Sender<Result<Answer, Refusal>>) {
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
        let subject = running.or(known).unwrap_or_else(|| ask.operation.clone());
        match self.decide(&Command::Ask(Box::new(ask))) {
            Ok(decision) => {
                self.waiters.entry(subject).or_default().push(reply);
                self.carry_on(decision);
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

    fn abort(&mut self, terminal: &TerminalId) -> Result<Option<OperationId>, Refusal> {
        let Some(handle) = self.terminals.get(terminal) else {
            return Err(Refusal::Rejected(Rejection::TerminalUnknown(
                terminal.clone(),
            )));
        };
        let holder = self
            .state
            .books
            .holder_of_terminal(terminal)
            .map(|held| held.id.clone());
        if holder.is_some() {
            handle.tell(terminal::Order::Abort);
        }
        Ok(holder)
    }

    fn on_input(&mut self, input: Input) {
        match input {
            Input::Terminal(id, report) => self.on_report(id, report),
            Input::Processor(effect, ending) => {
                self.on_command(&Command::ProcessorFinished { effect, ending });
            }
            Input::Wake(operation) => self.on_command(&Command::Wake(operation)),
            Input::Committed(commit) => self.on_commit(commit),
        }
    }

    fn on_report(&mut self, id: TerminalId, report: terminal::Report) {
        match report {
            terminal::Report::Ready { last } => {
                self.connections.insert(
                    id.clone(),
                    Connection {
                        connected: true,
                        cause: None,
                    },
                );
                let last = last.map(|last| Box::new(self.sealed_result(&id, *last)));
                self.on_command(&Command::TerminalReady { terminal: id, last });
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
                    self.carry_on(Decision {
                        events,
                        ..Decision::default()
                    });
                }
            }
            terminal::Report::Prompt { effect, prompt } => {
                let event = Event::TerminalPrompt {
                    terminal: id,
                    operation: effect.operation,
                    kind: prompt.kind,
                    text: prompt.text,
                };
                self.carry_on(Decision {
                    events: vec![event],
                    ..Decision::default()
                });
            }
            terminal::Report::Result {
                effect,
                transaction,
            } => {
                let result = Box::new(self.sealed_result(&id, *transaction));
                self.on_command(&Command::TerminalResult { effect, result });
            }
            terminal::Report::Finished {
                effect,
                ending,
                receipts,
            } => {
                let ending: TerminalEnding = self.sealed_ending(&id, *ending);
                self.on_command(&Command::TerminalFinished {
                    effect,
                    ending,
                    receipts,
                });
            }
        }
    }

    /// A command that comes from inside can be refused only by a journal that has failed.
    fn on_command(&mut self, command: &Command) {
        match self.decide(command) {
            Ok(decision) => self.carry_on(decision),
            Err(refusal) => tracing::error!(?refusal, "a report was not taken in"),
        }
    }

    fn decide(&mut self, command: &Command) -> Result<Decision, Refusal> {
        if self.outbox.failure().is_some() {
            return Err(Refusal::JournalUnavailable);
        }
        self.load_for(command).map_err(|error| {
            tracing::error!(%error, "journal cannot be read");
            Refusal::JournalUnavailable
        })?;
        engine::decide(&self.state, command, self.clock.utc()).map_err(Refusal::Rejected)
    }

    /// Appends what was decided, makes it true in memory, and keeps its effects until it is durable.
    fn carry_on(&mut self, decision: Decision) {
        if self.outbox.failure().is_some() {
            return;
        }
        let Decision {
            entries,
            events,
            effects,
        } = decision;
        for entry in &entries {
            self.outbox.note_end(&self.state.books, entry);
            self.state.books.apply(entry);
        }
        if entries.is_empty() && events.is_empty() {
            for effect in self.outbox.put_behind(effects) {
                self.hand_out(effect);
            }
            return;
        }
        let changed = load::changed(&self.state.books, &entries);
        let ticket = self.outbox.put(effects);
        self.journal.append(Batch {
            ticket,
            at: self.clock.utc(),
            events: self.outbox.number(events),
            entries,
            payments: changed.payments,
            orders: changed.orders,
        });
    }

    fn on_commit(&mut self, commit: Commit) {
        if let Err(error) = commit.result {
            tracing::error!(%error, "journal failed; no money is taken any more");
            self.outbox.fail(error);
            for (_, waiters) in std::mem::take(&mut self.waiters) {
                for waiter in waiters {
                    let _ = waiter.send(Err(Refusal::JournalUnavailable));
                }
            }
            return;
        }
        let due = self.outbox.take_durable(commit.ticket);
        self.last_event.send_replace(due.last_event);
        for effect in due.effects {
            self.hand_out(effect);
        }
        self.forget_unneeded();
    }
}

fn lock_data_dir(path: &std::path::Path) -> Result<File, StartError> {
    let failed = |source| StartError::DataDir {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(path).map_err(failed)?;
    let lock = File::create(path.join("lock")).map_err(failed)?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| StartError::InUse(path.to_owned()))?;
    Ok(lock)
}

impl From<JournalError> for StartError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<VaultError> for StartError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DataDir { path, source } => {
                write!(
                    f,
                    "data directory {} cannot be used: {source}",
                    path.display()
                )
            }
            Self::InUse(path) => {
                write!(
                    f,
                    "another station is using the data directory {}",
                    path.display()
                )
            }
            Self::Listen(source) => write!(f, "cannot listen for apps: {source}"),
            Self::Journal(error) => error.fmt(f),
            Self::Vault(error) => error.fmt(f),
            Self::WrongKey => f.write_str(
                "the token key does not open the tokens of this journal: put the key back that it \
                 was made with, or start with an empty data directory",
            ),
            Self::Processor(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for StartError {}
