//! `posd run`

use std::io;
use std::path::Path;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use super::{runtime, say};
use crate::config::Config;
use crate::station::service::Service;

/// Runs a station until it is told to stop. Prints one line when apps can connect.
pub(super) fn run(config: &Path) -> Result<ExitCode, String> {
    start_log();
    let config = Config::read(config).map_err(|error| error.to_string())?;
    runtime()?.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
        let stop = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        let service = Service::open(config).map_err(|error| error.to_string())?;
        let ready = |address| say(&format!("posd is ready at ws://{address}/v1"));
        service
            .run(ready, stop)
            .await
            .map_err(|error| error.to_string())?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Logs go to the standard error stream, where systemd collects them.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("POSD_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Unfailing(io::stderr()))
        .with_ansi(false)
        .init();
}

/// A log that cannot be written, be the disk full or the reader gone, is no reason to stop taking
/// payments; the layer above would panic.
struct Unfailing(io::Stderr);

impl io::Write for Unfailing {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = self.0.write_all(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
