//! A station, its terminals and readers, as they stand on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::form::{CurrencyCode, Time};

/// What a station is.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct StationInfo {
    /// Its name.
    pub(in crate::api) station: String,
    /// Version of the program.
    pub(in crate::api) version: &'static str,
    /// Its terminals.
    pub(in crate::api) terminals: Vec<String>,
}

/// The terminals.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Terminals {
    pub(in crate::api) terminals: Vec<Terminal>,
}

/// A terminal.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Terminal {
    pub(in crate::api) terminal: String,
    /// The one currency that it takes.
    #[schemars(with = "CurrencyCode")]
    pub(in crate::api) currency: &'static str,
    /// Whether the line is up and the terminal has answered.
    pub(in crate::api) connected: bool,
    /// Why not, for a technician.
    pub(in crate::api) cause: Option<String>,
    /// The operation that has it.
    pub(in crate::api) operation_id: Option<String>,
    /// The app that has it between operations.
    pub(in crate::api) leased_to: Option<String>,
    /// Until when.
    pub(in crate::api) leased_until: Option<Time>,
}

/// A terminal that an app has for itself.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Lease {
    pub(in crate::api) terminal: String,
    pub(in crate::api) until: Time,
    /// The app that had it, where it was taken over.
    pub(in crate::api) taken_from: Option<String>,
}

/// Whether there was anything to give back.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Released {
    pub(in crate::api) released: bool,
}

/// Whether there is anything to stop; how it ends tells the operation.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Stopping {
    pub(in crate::api) stopping: bool,
    /// The operation that was told to stop.
    pub(in crate::api) operation_id: Option<String>,
}

/// How the station is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Health")]
pub(in crate::api) struct HealthRow {
    pub(in crate::api) state: HealthState,
    /// `ok`, or what is wrong with the journal.
    pub(in crate::api) journal: String,
    /// `ok`, or what is wrong with the clock.
    pub(in crate::api) clock: String,
    pub(in crate::api) terminals: Vec<Terminal>,
    pub(in crate::api) readers: Vec<Reader>,
    /// Operations whose end is not known yet.
    pub(in crate::api) in_doubt: Vec<String>,
    /// How many operations are at work.
    pub(in crate::api) running: usize,
    /// How many captures wait for their processor.
    pub(in crate::api) queued: usize,
}

/// In one word.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(extend("x-extensible" = true))]
pub(in crate::api) enum HealthState {
    /// All is well.
    Ok,
    /// Something needs a look; payments are taken.
    Degraded,
    /// No payment can be taken.
    Failed,
}

/// A contactless reader.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Reader {
    pub(in crate::api) reader: String,
    /// Whether it is ready.
    pub(in crate::api) connected: bool,
    /// What it calls itself, once it is.
    pub(in crate::api) name: Option<String>,
    /// Why it is not, for a technician.
    pub(in crate::api) cause: Option<String>,
}
