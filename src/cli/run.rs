//! `posd run`

use std::path::Path;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use super::{runtime, say};
use crate::config::Config;
use crate::logging::Log;
use crate::station::service::Service;

/// Runs a station until it is told to stop. Prints one line when apps can connect.
pub(super) fn run(config: &Path) -> Result<ExitCode, String> {
    let config = Config::read(config).map_err(|error| error.to_string())?;
    Log::start(&config.log)?;
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
