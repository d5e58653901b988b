//! `posd run`

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::runtime;
use crate::config::{self, Config, Running};
use crate::logging::Log;
use crate::station::service::{Service, Signal};

/// Runs a station until it is told to stop. Prints one line when apps can connect.
pub(super) fn run(path: &Path) -> Result<ExitCode, String> {
    forbid_core_files().map_err(|error| format!("core files cannot be forbidden: {error}"))?;
    let text = config::read_text(path).map_err(|error| error.to_string())?;
    let config = Config::parse(&text).map_err(|problem| problem.of(path).to_string())?;
    let log = Log::start(&config.log)?;
    runtime()?.block_on(async {
        let file = WatchedFile {
            path: path.to_owned(),
            running: Running::new(text),
            log,
        };
        let signals = signals(file).map_err(|error| error.to_string())?;
        let service = Service::open(config).map_err(|error| error.to_string())?;
        let ready = |address| {
            // Payments go on where nobody can be told.
            let _ = writeln!(io::stdout(), "posd is ready at ws://{address}/v1");
        };
        service
            .run(ready, signals)
            .await
            .map_err(|error| error.to_string())?;
        Ok(ExitCode::SUCCESS)
    })
}

/// What is in memory does not go into a file when the process crashes, whoever started it: a core file
/// would hold tokens in the clear. Nobody but root may look into the process either.
fn forbid_core_files() -> io::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// What this process is told from outside, from now on.
fn signals(mut file: WatchedFile) -> io::Result<mpsc::Receiver<Signal>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let (told, signals) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            let heard = tokio::select! {
                _ = terminate.recv() => Some(Signal::Stop),
                _ = interrupt.recv() => Some(Signal::Stop),
                _ = hang_up.recv() => file.reload().map(|config| Signal::Reload(Box::new(config))),
            };
            if let Some(heard) = heard
                && told.send(heard).await.is_err()
            {
                return;
            }
        }
    });
    Ok(signals)
}

/// The configuration file of a running station.
struct WatchedFile {
    path: PathBuf,
    running: Running,
    log: Log,
}

impl WatchedFile {
    /// What the station is to take over; nothing of a file that is wrong.
    fn reload(&mut self) -> Option<Config> {
        let read = config::read_text(&self.path).and_then(|text| {
            let reload = self.running.reload(&text);
            reload.map_err(|problem| problem.of(&self.path))
        });
        let reload = match read {
            Ok(reload) => reload,
            Err(error) => {
                tracing::error!(%error, "the configuration is not reloaded; nothing has changed");
                return None;
            }
        };
        for change in &reload.changes {
            match change.taken {
                true => tracing::info!(key = change.key, "has changed and is taken over"),
                false => tracing::warn!(key = change.key, "has changed and needs a restart"),
            }
        }
        if reload.changes.is_empty() {
            tracing::info!("the configuration has not changed");
        }
        if let Err(problem) = self.log.set_level(&reload.config.log.level) {
            tracing::error!(problem, "the log goes on as before");
        }
        self.running = reload.running;
        Some(reload.config)
    }
}
