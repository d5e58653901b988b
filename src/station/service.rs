//! Runs a [`Station`] against the world: the journal on its thread, drivers on their lines, processors
//! over HTTP, apps on their sockets. There are no decisions here but one: when the journal has failed
//! and may be written again, such as after room was made on the disk, the station begins anew from
//! what is durable, as after a crash. Its apps stay connected and are told meanwhile.
//!
//! A stop cuts nothing (`stop`): payments that run are waited for, for as long as whoever stops the
//! station allows. What a kill cuts, the journal brings back.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::data_dir::{DataDir, StartError, open_journal};
use super::meter::Meter;
use super::stop::{APPS_END, Stage, TERMINALS_END};
use super::systemd::{self, Watchdog};
use super::terminals::Terminals;
use super::{Input, Station, Task};
use crate::api::call::Call;
use crate::api::door::{Apps, Door};
use crate::api::tls::Tls;
use crate::api::{self, Equipment, Gateway};
use crate::clock::Clock;
use crate::config::Config;
use crate::devices::Devices;
use crate::domain::app::{App, Role};
use crate::domain::id::{ClientName, OperationId, ReaderId, TerminalId};
use crate::journal::{Journal, JournalError, JournalErrorKind, Reader, Writer};
use crate::local_key;
use crate::nfc;
use crate::processor::Processors;
use crate::terminal;
use crate::trail::Pen;
use crate::vault::{TokenKind, Vault};

/// Calls of apps that may wait for the loop; a full queue slows the apps down, not the loop.
const CALLS_WAITING_MAX: usize = 1024;

/// So long after the journal has failed it is tried again.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(3);

/// A station that is ready to run.
#[derive(Debug)]
pub struct Service {
    clock: Clock,
    /// What holds.
    config: Config,
    /// What is to hold as soon as no operation is in the way any more.
    wanted: Config,
    vault: Arc<Vault>,
    processors: Processors,
    /// Writes down what goes over the wires.
    pen: Pen,
    meter: Meter,
    last_event: watch::Sender<u64>,
    apps: watch::Sender<Apps>,
    equipment: watch::Sender<Equipment>,
    local: Option<App>,
    shift: Shift,
    /// Held for the life of the station: one station per data directory.
    _lock: File,
}

/// What lives from one opening of the journal to its failure.
#[derive(Debug)]
struct Shift {
    station: Station,
    journal: Journal,
    terminals: Terminals,
    readers: BTreeMap<ReaderId, nfc::Handle>,
    events: mpsc::UnboundedSender<Input>,
    inputs: mpsc::UnboundedReceiver<Input>,
}

/// Serves apps on other machines, and what its connections are given.
type Beyond = (JoinHandle<()>, watch::Sender<Gateway>);

/// What whoever runs a station tells it.
#[derive(Debug)]
pub enum Signal {
    /// Take over what can be taken over of this.
    Reload(Box<Config>),
    /// End as soon as nothing is in flight; told once more, end at once.
    Stop,
}

/// The ways in for apps, and what new connections are given.
struct Front {
    doors: Vec<JoinHandle<()>>,
    here: watch::Sender<Gateway>,
    beyond: Option<watch::Sender<Gateway>>,
    closing: watch::Sender<bool>,
}

impl Front {
    fn change(&self, config: &Config) {
        for gateway in self.beyond.iter().chain([&self.here]) {
            gateway.send_modify(|gateway| {
                gateway.language = config.language;
                gateway.limits = config.limits;
            });
        }
        if let (Some(beyond), Some(network)) = (&self.beyond, &config.network) {
            beyond.send_modify(|gateway| gateway.hosts = network.names.clone().into());
        }
    }

    /// Lets nobody in any more, and tells those who are there.
    fn close(self) {
        for door in &self.doors {
            door.abort();
        }
        self.closing.send_replace(true);
    }
}

impl Service {
    /// Opens the journal, finds what was open, and is ready to run.
    pub fn open(config: Config) -> Result<Self, StartError> {
        let data_dir = DataDir::open(&config)?;
        let vault = Arc::new(data_dir.vault);
        let clock = Clock::start();
        let pen = Pen::start(&config.data_dir, clock);
        let processors = Processors::new(config.accounts.clone(), Arc::clone(&vault), pen.clone())
            .map_err(StartError::Processor)?;
        let (last_event, _) = watch::channel(data_dir.reader.last_event()?);
        let local = local_app(&config, &vault, clock);
        let (apps, _) = watch::channel(Apps::default());
        Ok(Self {
            clock,
            apps,
            equipment: watch::channel(equipment(&config)).0,
            local,
            shift: Shift::new(&config, &vault, data_dir.writer, data_dir.reader)?,
            wanted: config.clone(),
            config,
            vault,
            processors,
            pen,
            meter: Meter::new(clock),
            last_event,
            _lock: data_dir.lock,
        })
    }

    /// Serves apps and terminals until it is told to stop by `signals` and nothing is in flight any
    /// more, or until it is told once more. `ready` hears the address in use.
    pub async fn run(
        mut self,
        ready: impl FnOnce(SocketAddr),
        mut signals: mpsc::Receiver<Signal>,
    ) -> Result<(), StartError> {
        let listener = systemd::listener(self.config.listen).await;
        let listener = listener.map_err(StartError::listen(self.config.listen))?;
        let address = listener.local_addr();
        let address = address.map_err(StartError::listen(self.config.listen))?;
        let (calls, mut waiting) = mpsc::channel(CALLS_WAITING_MAX);
        self.begin();
        let mut front = Some(self.open_front(listener, calls).await?);
        ready(address);
        systemd::ready(&self.status(address));
        let mut watchdog = Watchdog::of_this_process();
        let mut heal = tokio::time::interval(PAUSE_AFTER_FAILURE);
        heal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stage = Stage::Serving;
        loop {
            while let Some(task) = self.shift.station.poll() {
                self.meter.on_task(&task);
                self.carry_out(task);
            }
            stage = self.go_on_with(stage);
            let is_serving = matches!(stage, Stage::Serving);
            self.settle_if_due(front.as_ref().filter(|_| is_serving));
            let may_heal = is_serving && self.shift.station.failure().is_some_and(may_heal);
            tokio::select! {
                Some(signal) = signals.recv() => match signal {
                    Signal::Reload(config) => {
                        if let (true, Some(front)) = (is_serving, &front) {
                            self.take_over(*config, front);
                            systemd::reloaded(&self.status(address));
                        }
                    }
                    Signal::Stop if is_serving => stage = self.stop(),
                    Signal::Stop => {
                        tracing::warn!("told to stop once more; the next start finds out what was open");
                        break;
                    }
                },
                () = stage.is_over() => match stage {
                    Stage::Serving | Stage::Payments | Stage::Terminals(_) => {
                        if let Some(front) = front.take() {
                            front.close();
                        }
                        stage = Stage::Apps(Box::pin(tokio::time::sleep(APPS_END)));
                    }
                    Stage::Apps(_) => break,
                },
                Some(input) = self.shift.inputs.recv() => {
                    self.take_in(input, front.as_ref().filter(|_| is_serving));
                }
                call = waiting.recv() => match call {
                    Some(call) => {
                        let fresh = OperationId::new(uuid::Uuid::now_v7().simple().to_string());
                        self.shift.station.handle_call(call, fresh, self.clock.utc());
                    }
                    // The last connection is gone, and there will be no other.
                    None => break,
                },
                _ = heal.tick(), if may_heal => self.begin_anew(&self.status(address), front.as_ref()),
                () = watchdog.is_hungry() => Watchdog::feed(),
            }
        }
        tracing::info!("stopped");
        Ok(())
    }

    /// What a station does all day, in a few words for people.
    fn status(&self, address: SocketAddr) -> String {
        let terminals = self.wanted.terminals.len();
        format!("Serving apps at ws://{address}/v1; terminals: {terminals}")
    }

    /// Begins nothing any more.
    fn stop(&mut self) -> Stage {
        self.shift.station.handle_stop();
        let status = "Stopping: what is on its way ends first";
        tracing::info!("{status}; a second signal ends at once");
        systemd::stopping(status);
        Stage::Payments
    }

    /// The next stage of an end, once the one before it is over.
    fn go_on_with(&mut self, stage: Stage) -> Stage {
        if !matches!(stage, Stage::Payments) || !self.shift.station.is_quiet() {
            return stage;
        }
        let leaving = self.shift.terminals.leave();
        Stage::Terminals(Box::pin(async move {
            let _ = tokio::time::timeout(TERMINALS_END, leaving).await;
        }))
    }

    /// Opens the ways in for apps.
    async fn open_front(
        &self,
        listener: TcpListener,
        calls: mpsc::Sender<Call>,
    ) -> Result<Front, StartError> {
        let (closing, is_closing) = watch::channel(false);
        let gateway = self.gateway(calls, is_closing);
        let (there, beyond) = self.beyond(&gateway).await?.unzip();
        let (here, gateway) = watch::channel(gateway);
        let doors = there.into_iter();
        let doors = doors.chain([tokio::spawn(api::serve(listener, None, gateway))]);
        Ok(Front {
            doors: doors.collect(),
            here,
            beyond,
            closing,
        })
    }

    fn gateway(&self, calls: mpsc::Sender<Call>, closing: watch::Receiver<bool>) -> Gateway {
        Gateway {
            calls,
            closing,
            last_event: self.last_event.subscribe(),
            vault: Arc::clone(&self.vault),
            equipment: self.equipment.subscribe(),
            language: self.config.language,
            door: Arc::new(Door::new(
                Arc::clone(&self.vault),
                self.clock,
                self.apps.subscribe(),
                self.config.limits.connections,
            )),
            limits: self.config.limits,
            hosts: Arc::default(),
            metrics: Some(self.meter.metrics()),
        }
    }

    /// Serves apps on other machines, where that is configured.
    async fn beyond(&self, gateway: &Gateway) -> Result<Option<Beyond>, StartError> {
        let Some(network) = &self.config.network else {
            return Ok(None);
        };
        let tls = Tls::open(&network.certificate, &network.key).map_err(StartError::Tls)?;
        let listener = TcpListener::bind(network.listen).await;
        let listener = listener.map_err(StartError::listen(network.listen))?;
        let address = listener.local_addr();
        let address = address.map_err(StartError::listen(network.listen))?;
        tracing::info!(%address, "apps on other machines may connect over TLS");
        let (gateway, there) = watch::channel(Gateway {
            hosts: network.names.clone().into(),
            metrics: None,
            ..gateway.clone()
        });
        let task = tokio::spawn(api::serve(listener, Some(tls), there));
        Ok(Some((task, gateway)))
    }

    /// Goes on with another configuration. Whoever made it has left what needs a restart as it was.
    fn take_over(&mut self, config: Config, front: &Front) {
        let vault = Arc::clone(&self.vault);
        let processors = Processors::new(config.accounts.clone(), vault, self.pen.clone());
        match processors {
            Ok(processors) => self.processors = processors,
            Err(problem) => {
                tracing::error!(problem, "the configuration is not taken over");
                return;
            }
        }
        self.wanted = config;
        self.settle(front);
        tracing::info!("the configuration is taken over");
    }

    /// Something happened outside. A terminal that was left may be driven anew.
    fn take_in(&mut self, input: Input, front: Option<&Front>) {
        self.meter.on_input(&input);
        if let (Input::Terminal(id, terminal::Report::Left), Some(front)) = (&input, front) {
            self.shift.terminals.on_left(id);
            self.settle(front);
        }
        self.shift.station.handle_input(input, self.clock.utc());
    }

    /// No operation may be in the way any more of what waits for that.
    fn settle_if_due(&mut self, front: Option<&Front>) {
        let Shift {
            terminals, station, ..
        } = &self.shift;
        let is_due = terminals.can_settle(|id| station.needs_terminal(id));
        if let Some(front) = front.filter(|_| is_due) {
            self.settle(front);
        }
    }

    /// Comes as near to the wanted configuration as open operations let it.
    fn settle(&mut self, front: &Front) {
        let config = self.settle_terminals(&self.wanted.clone());
        self.shift.station.handle_config(&config);
        let stays = |id: &ReaderId| config.readers.get(id) == self.config.readers.get(id);
        self.shift.readers.retain(|id, _| stays(id));
        self.equipment.send_replace(equipment(&config));
        front.change(&config);
        self.config = config;
        self.begin_readers();
    }

    fn settle_terminals(&mut self, wanted: &Config) -> Config {
        let (clock, pen) = (self.clock, &self.pen);
        let devices = Devices::of_this_machine();
        let Shift {
            terminals,
            station,
            events,
            ..
        } = &mut self.shift;
        let start = |id: TerminalId, config| {
            let events = events.clone();
            let report = move |id, report| {
                let _ = events.send(Input::Terminal(id, report));
            };
            terminal::spawn(id, config, devices.clone(), clock, pen.clone(), report)
        };
        terminals.settle(wanted, |id| station.needs_terminal(id), start)
    }

    fn begin(&mut self) {
        self.meter.begin(self.shift.station.books());
        self.settle_terminals(&self.config.clone());
        self.begin_readers();
        let apps = self.shift.station.books().apps.clone();
        self.let_in(apps.into_values());
        self.shift.station.handle_start(self.clock.utc());
    }

    /// Starts what drives the readers, where nothing does yet.
    fn begin_readers(&mut self) {
        for (id, config) in self.config.readers.clone() {
            if self.shift.readers.contains_key(&id) {
                continue;
            }
            let events = self.shift.events.clone();
            let report = move |id, report| {
                let _ = events.send(Input::Reader(id, report));
            };
            let handle = nfc::spawn(id.clone(), config, report);
            self.shift.readers.insert(id, handle);
        }
    }

    /// From now on these apps are let in, and whoever has the key of the machine itself.
    fn let_in(&self, apps: impl Iterator<Item = App>) {
        let apps = self.local.iter().cloned().chain(apps);
        let apps = apps.map(|app| (app.name.clone(), app)).collect();
        self.apps.send_replace(Arc::new(apps));
    }

    /// Goes on from what is durable, if the journal can be written again. The drivers of before end
    /// with their shift; what they and the processors still say is not heard: it is asked for anew.
    fn begin_anew(&mut self, serving: &str, front: Option<&Front>) {
        let opened = open_journal(&self.config, &self.vault).and_then(|(mut writer, reader)| {
            writer.prove_room()?;
            Ok(Shift::new(&self.config, &self.vault, writer, reader)?)
        });
        match opened {
            Ok(shift) => {
                tracing::info!("the journal can be written again; going on from what it holds");
                self.shift = shift;
                self.begin();
                if let Some(front) = front {
                    self.settle(front);
                }
                systemd::status(serving);
            }
            Err(error) => {
                tracing::warn!(%error, "the journal still cannot be written");
                systemd::status("The journal cannot be written: no money is taken");
            }
        }
    }

    fn carry_out(&self, task: Task) {
        let events = self.shift.events.clone();
        match task {
            Task::Append(batch) => self.shift.journal.append(batch),
            Task::Tell { terminal, order } => self.shift.terminals.tell(&terminal, order),
            Task::Ask {
                effect,
                account,
                request,
                inquire,
            } => {
                let processors = self.processors.clone();
                tokio::spawn(async move {
                    let ending = processors.call(&effect, &account, &request, inquire).await;
                    let _ = events.send(Input::Processor(effect, ending));
                });
            }
            Task::Wake { operation, after } => {
                tokio::spawn(async move {
                    tokio::time::sleep(after).await;
                    let _ = events.send(Input::Wake(operation));
                });
            }
            Task::LetIn(apps) => self.let_in(apps.into_values()),
            Task::Announce(last_event) => {
                self.last_event.send_replace(last_event);
            }
        }
    }
}

impl Shift {
    fn new(
        config: &Config,
        vault: &Arc<Vault>,
        writer: Writer,
        reader: Reader,
    ) -> Result<Self, JournalError> {
        let (events, inputs) = mpsc::unbounded_channel();
        let commits = events.clone();
        let journal = Journal::start(writer, move |commit| {
            let _ = commits.send(Input::Committed(commit));
        })?;
        Ok(Self {
            station: Station::new(config, Arc::clone(vault), reader)?,
            journal,
            terminals: Terminals::default(),
            readers: BTreeMap::new(),
            events,
            inputs,
        })
    }
}

fn equipment(config: &Config) -> Equipment {
    Equipment {
        terminals: config.terminals.keys().cloned().collect(),
        readers: config.readers.keys().cloned().collect(),
    }
}

/// The app that has the key of the machine itself. A key that cannot be written keeps nobody else out.
fn local_app(config: &Config, vault: &Vault, clock: Clock) -> Option<App> {
    let key = local_key::open(&config.data_dir).inspect_err(|error| {
        tracing::error!(%error, "the local key cannot be written: posd pair and posd call will not work");
    });
    Some(App {
        name: ClientName::local(),
        role: Role::Technician,
        origin: None,
        key: vault.digest(TokenKind::AppKey, &key.ok()?),
        check_word: String::new(),
        paired_at: clock.utc(),
    })
}

/// Room can be made and locks end; a damaged journal is for a person to look at.
const fn may_heal(failure: &JournalError) -> bool {
    match failure.kind {
        JournalErrorKind::Busy | JournalErrorKind::Full | JournalErrorKind::Other => true,
        JournalErrorKind::Corrupt | JournalErrorKind::TooNew => false,
    }
}
