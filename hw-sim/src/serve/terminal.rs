//! A terminal on a real line, with its control port.

mod control;
mod log;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firmware_protocols::capture::Sender;
use firmware_protocols::time::Instant;
use firmware_protocols::zvt::recorder::Recorder;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot};

use super::host::{Host, Processor};
use super::lock;
use super::wire::{Happening, Wire};
use crate::bank::{Bank, Options};
use crate::scenario::Scenario;
use crate::terminal::zvt::{Config, Terminal};
use crate::terminal::{HostAnswer, Output};
use log::{Kind, Log};

pub use super::wire::Place;

/// How to serve a terminal.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The terminal itself.
    pub terminal: Config,
    /// What happens at it from the beginning.
    pub scenario: Scenario,
    /// Where tills find it.
    pub place: Place,
    /// Where to control it, if at all.
    pub control: Option<SocketAddr>,
    /// URL of the processor that is its host; without one it has a bank of its own.
    pub processor: Option<String>,
    /// How that bank is set up.
    pub bank: Options,
}

/// A terminal that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    /// The link to its pseudo-terminal.
    pub pty: Option<PathBuf>,
    /// Its TCP port.
    pub tcp: Option<SocketAddr>,
    /// Its control port.
    pub control: Option<SocketAddr>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Starts a terminal.
///
/// # Errors
///
/// The line or the control port cannot be opened.
pub async fn start(setup: Setup) -> io::Result<Running> {
    let wire = Wire::open(setup.place.clone()).await;
    let wire = wire.map_err(|error| cannot(&setup.place, &error))?;
    let (pty, tcp) = match wire.place() {
        Place::Pty(link) => (Some(link.clone()), None),
        Place::Device(..) => (None, None),
        Place::Tcp(addr) => (None, Some(*addr)),
    };
    let host = match &setup.processor {
        Some(url) => Host::Processor(Processor::at(url)),
        None => Host::Bank(Arc::new(Mutex::new(Bank::new(setup.bank)))),
    };
    let recorder = Recorder::new(setup.terminal.framing);
    let mut terminal = Terminal::new(setup.terminal);
    terminal.play(&setup.scenario, Instant::default());
    let shared = Arc::new(Shared {
        terminal: Mutex::new(terminal),
        unplugged: Mutex::new(None),
        is_plugged: AtomicBool::new(true),
        log: Mutex::new(Log::new(recorder)),
        wake: Notify::new(),
        host,
        started: tokio::time::Instant::now(),
    });
    let mut tasks = vec![tokio::spawn(run(Arc::clone(&shared), wire))];
    let mut control = None;
    if let Some(addr) = setup.control {
        let listener = TcpListener::bind(addr).await;
        let listener = listener.map_err(|error| cannot(&Place::Tcp(addr), &error))?;
        control = Some(listener.local_addr()?);
        tasks.push(tokio::spawn(control::serve(shared, listener)));
    }
    Ok(Running {
        pty,
        tcp,
        control,
        tasks,
    })
}

/// What the line and the control port have in common.
struct Shared {
    terminal: Mutex<Terminal>,
    /// Somebody wants the cable pulled for so long, and told when it is.
    unplugged: Mutex<Option<(Duration, oneshot::Sender<()>)>>,
    is_plugged: AtomicBool,
    log: Mutex<Log>,
    wake: Notify,
    host: Host,
    started: tokio::time::Instant,
}

impl Shared {
    fn now(&self) -> Instant {
        let since = self.started.elapsed().as_millis();
        Instant(u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// Does something to the terminal and lets the line see what comes of it.
    fn touch<T>(&self, act: impl FnOnce(&mut Terminal, Instant) -> T) -> T {
        let now = self.now();
        let (result, display) = self.with(|terminal| {
            let result = act(terminal, now);
            (result, terminal.face().display.clone())
        });
        lock(&self.log).note_display(&display, now);
        self.wake.notify_one();
        result
    }

    /// Somebody does something to it by hand.
    fn note(&self, what: &str) {
        lock(&self.log).note(Kind::Hand, what.to_owned(), self.now());
    }

    /// Does something to the terminal that needs nothing done afterwards.
    fn with<T>(&self, act: impl FnOnce(&mut Terminal) -> T) -> T {
        act(&mut lock(&self.terminal))
    }
}

/// Moves bytes, questions and time between the terminal and the world.
async fn run(shared: Arc<Shared>, mut wire: Wire) {
    let (answer, mut answers) = mpsc::unbounded_channel::<(String, HostAnswer)>();
    if wire.place().is_serial() {
        shared.touch(|terminal, now| terminal.handle_connected(now));
    }
    loop {
        let deadline = carry_out(&shared, &mut wire, &answer).await;
        shared
            .is_plugged
            .store(wire.is_plugged(), Ordering::Relaxed);
        let unplugged = lock(&shared.unplugged).take();
        if let Some((time, pulled)) = unplugged {
            pull(&shared, &mut wire, time);
            // Whoever asked may have gone.
            let _ = pulled.send(());
            continue;
        }
        tokio::select! {
            happening = wire.next_before(sleep_until(&shared, deadline)) => match happening {
                Some(happening) => on_line(&shared, &wire, happening),
                None => shared.touch(Terminal::handle_timeout),
            },
            Some((key, answer)) = answers.recv() => {
                shared.touch(|terminal, now| terminal.handle_host(&key, answer, now));
            }
            () = shared.wake.notified() => {}
        }
    }
}

/// Does what the terminal wants done; gives the instant at which it wants to be called.
async fn carry_out(
    shared: &Arc<Shared>,
    wire: &mut Wire,
    answer: &mpsc::UnboundedSender<(String, HostAnswer)>,
) -> Option<Instant> {
    loop {
        let output = shared.with(Terminal::poll);
        match output {
            Output::Send(bytes) => {
                lock(&shared.log).hear(Sender::Terminal, &bytes, shared.now());
                wire.write(&bytes).await;
            }
            Output::Host(request) => {
                let (host, answer) = (shared.host.clone(), answer.clone());
                if let Host::Bank(_) = host {
                    // At hand: no detour. The receiver lives as long as this function's caller.
                    let said = host.ask(&request).await;
                    lock(&shared.log).note_host(&request, &said, shared.now());
                    let _ = answer.send((request.key, said));
                    continue;
                }
                let shared = Arc::clone(shared);
                tokio::spawn(async move {
                    let said = host.ask(&request).await;
                    lock(&shared.log).note_host(&request, &said, shared.now());
                    // Without a receiver the terminal is gone.
                    let _ = answer.send((request.key, said));
                });
            }
            Output::Close => wire.hang_up(),
            // A line that came back before the terminal would lose the till's first words.
            Output::Reboot(time) => wire.unplug(time.saturating_add(WARM_UP)),
            Output::Unplug(time) => pull(shared, wire, time),
            Output::Wait(deadline) => return deadline,
        }
    }
}

fn on_line(shared: &Shared, wire: &Wire, happening: Happening) {
    let note = |text: &str| lock(&shared.log).note(Kind::Line, text.to_owned(), shared.now());
    match happening {
        Happening::Listening => {}
        Happening::Connected => {
            note("a till has connected");
            lock(&shared.log).restart();
            shared.touch(Terminal::handle_connected);
        }
        Happening::Bytes(bytes) => {
            lock(&shared.log).hear(Sender::Till, &bytes, shared.now());
            shared.touch(|terminal, now| terminal.handle_input(&bytes, now));
        }
        // A terminal on a serial cable does not notice.
        Happening::Disconnected if wire.place().is_serial() => {
            note("the till is gone");
        }
        Happening::Disconnected => {
            note("the till is gone");
            shared.touch(Terminal::handle_disconnected);
        }
    }
}

fn pull(shared: &Shared, wire: &mut Wire, time: Duration) {
    wire.unplug(time);
    if !wire.place().is_serial() {
        shared.touch(|terminal, now| terminal.handle_disconnected(now));
    }
}

fn cannot(place: &Place, error: &io::Error) -> io::Error {
    let what = match place {
        Place::Pty(link) => format!("cannot make a pseudo-terminal at {}", link.display()),
        Place::Device(device, _) => format!("cannot open {}", device.display()),
        Place::Tcp(addr) => format!("cannot listen on {addr} (port 0 picks a free one)"),
    };
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

async fn sleep_until(shared: &Shared, deadline: Option<Instant>) {
    match deadline {
        Some(Instant(at)) => {
            let at = shared.started.checked_add(Duration::from_millis(at));
            tokio::time::sleep_until(at.unwrap_or(shared.started)).await;
        }
        None => std::future::pending().await,
    }
}

const WARM_UP: Duration = Duration::from_millis(20);
