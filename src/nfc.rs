//! Contactless readers: starts `posd-nfc` for each and keeps it running.
//!
//! libnfc can end its process on a bad byte, so it has one of its own. Whatever becomes of that, here it
//! is a line that says so; payments never wait for it.

pub mod words;

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::config::ReaderConfig;
use crate::domain::id::{ReaderId, TapId};
use words::{Medium, Said};

/// A helper that says nothing for so long hangs: it says that it is alive each second, but where it
/// opens a reader.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// After a failure it is started again, first soon, then later and later.
const PAUSE_FIRST: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// How often it is looked for a serial port that is not there.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// No line of a helper is longer.
const LINE_MAX: u64 = 64 * 1024;

/// What a reader reports.
#[derive(Clone, Debug)]
pub enum Report {
    /// It is ready.
    Up {
        /// What it calls itself.
        name: String,
    },
    /// It is not there, or what drives it has failed. It is tried again.
    Down {
        /// Why, for a technician.
        cause: String,
    },
    /// Something was held against it.
    Tapped {
        /// The tap's name.
        tap: TapId,
        /// What, in the clear.
        media: Vec<Medium>,
    },
    /// Nothing lies on it any more.
    Cleared,
}

/// A reader that is driven until this is dropped.
#[derive(Debug)]
pub struct Handle(JoinHandle<()>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Drives a reader on the current runtime. What it says goes to `report`.
pub fn spawn(
    id: ReaderId,
    config: ReaderConfig,
    report: impl Fn(ReaderId, Report) + Send + Sync + 'static,
) -> Handle {
    Handle(tokio::spawn(async move {
        let report = move |what| report(id.clone(), what);
        let mut pause = PAUSE_FIRST;
        loop {
            wait_for_port(&config, &report).await;
            let run = run(&config, &report).await;
            report(Report::Down { cause: run.cause });
            if run.was_up {
                pause = PAUSE_FIRST;
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(PAUSE_MAX);
        }
    }))
}

/// A serial port that is not there is waited for: plugged in, its reader works at once.
async fn wait_for_port(config: &ReaderConfig, report: &impl Fn(Report)) {
    let Some(device) = config.connection.device() else {
        return;
    };
    let mut is_told = false;
    while !tokio::fs::try_exists(device).await.unwrap_or(false) {
        if !is_told {
            let cause = format!(
                "{} is not there; is the reader plugged in?",
                device.display()
            );
            report(Report::Down { cause });
            is_told = true;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// How a run of the helper ended.
struct Run {
    was_up: bool,
    cause: String,
}

async fn run(config: &ReaderConfig, report: &impl Fn(Report)) -> Run {
    let mut was_up = false;
    let mut child = match start(config) {
        Ok(child) => child,
        Err(error) => {
            let cause = format!("{} cannot be started: {error}", config.helper.display());
            return Run { was_up, cause };
        }
    };
    let Some(out) = child.stdout.take() else {
        let cause = "its output cannot be read".to_owned();
        return Run { was_up, cause };
    };
    let mut lines = BufReader::new(out);
    let cause = loop {
        match tokio::time::timeout(SILENCE_MAX, next(&mut lines)).await {
            Err(_) => {
                break format!("posd-nfc said nothing for {} s", SILENCE_MAX.as_secs());
            }
            Ok(Err(error)) => break format!("posd-nfc cannot be understood: {error}"),
            Ok(Ok(None)) => break ending(&mut child).await,
            Ok(Ok(Some(Said::Failed { problem }))) => break problem,
            Ok(Ok(Some(Said::Ready { name }))) => {
                was_up = true;
                report(Report::Up { name });
            }
            Ok(Ok(Some(Said::Alive))) => {}
            Ok(Ok(Some(Said::Tapped { media }))) => {
                let tap = TapId::new(uuid::Uuid::now_v7().simple().to_string());
                report(Report::Tapped { tap, media });
            }
            Ok(Ok(Some(Said::Cleared))) => report(Report::Cleared),
        }
    };
    // It may hang: nothing but this ends it.
    if let Err(error) = child.kill().await {
        tracing::debug!(%error, "posd-nfc had ended");
    }
    Run { was_up, cause }
}

/// Nothing of our surroundings is for it: libnfc takes readers, and what it logs, from there.
fn start(config: &ReaderConfig) -> io::Result<Child> {
    Command::new(&config.helper)
        .arg(config.connection.as_str())
        .env_clear()
        .env("LIBNFC_AUTO_SCAN", "false")
        .env("LIBNFC_INTRUSIVE_SCAN", "false")
        .env("LIBNFC_LOG_LEVEL", "0")
        // Ends when this does: the helper ends with it.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

async fn next(lines: &mut BufReader<ChildStdout>) -> io::Result<Option<Said>> {
    let mut line = Vec::new();
    lines.take(LINE_MAX).read_until(b'\n', &mut line).await?;
    if line.is_empty() {
        return Ok(None);
    }
    // The parser's words may repeat what stands in the line.
    let said = serde_json::from_slice(&line);
    said.map(Some)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a line is not one of its words"))
}

async fn ending(child: &mut Child) -> String {
    match tokio::time::timeout(SILENCE_MAX, child.wait()).await {
        Ok(Ok(status)) => told(status),
        Ok(Err(error)) => format!("posd-nfc has ended: {error}"),
        Err(_) => "posd-nfc has closed its output".to_owned(),
    }
}

/// libnfc ends its process by these signals; which card did it, a technician may want to find out.
fn told(status: ExitStatus) -> String {
    match status.signal() {
        Some(signal) => format!(
            "posd-nfc was ended by signal {signal}: a card or the reader gave an answer that libnfc \
             does not survive"
        ),
        None => format!("posd-nfc has ended ({status})"),
    }
}
