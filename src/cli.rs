//! The commands of `posd`, one file each.

mod call;
mod demo;
mod journal;
mod orders;
mod outcomes;
mod run;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Card terminals behind one WebSocket API on localhost.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the station: drive the terminals and serve POS apps.
    Run {
        /// Configuration file (docs/configuration.md).
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Show the main job end to end with simulated hardware: a deposit with one card presentation
    /// in store A, the pickup in store B, a decline, a guarded refund, a crash and its recovery.
    Demo,
    /// Show the catalogue of outcomes: what every code means, what to do next, and what the codes of
    /// other systems become here.
    Outcomes {
        /// One code, ours or another system's, or a system: d365, onlinefundraising, brp, dintero.
        which: Option<String>,
        /// Print all of it as docs/outcomes.md.
        #[arg(long)]
        markdown: bool,
    },
    /// Copy the journal to a new file while the station runs.
    ///
    /// The copy is consistent and whole. Its tokens stay sealed: keep a copy of the token key too,
    /// in another place.
    Backup {
        #[command(flatten)]
        journal: journal::Source,
        /// The new file.
        file: PathBuf,
    },
    /// Check or print the journal.
    Journal {
        #[command(subcommand)]
        what: journal::What,
    },
    /// Take many orders in from a file, or write them into one.
    Orders {
        #[command(subcommand)]
        what: orders::What,
    },
    /// Call a method of a running station and print the answer.
    ///
    /// Example: posd call payment.sale '{"idempotency_key":"1","amount_minor":5000,"currency":"NOK"}'
    Call {
        /// Method, such as station.health.
        method: String,
        /// Parameters, a JSON object.
        #[arg(default_value = "{}")]
        params: String,
        /// Address of the station.
        #[arg(long, default_value = "ws://127.0.0.1:8471/v1")]
        url: String,
        /// Also print events until the answer has come.
        #[arg(long)]
        events: bool,
    },
}

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Run { config } => run::run(&config),
        Command::Demo => demo::run(),
        Command::Outcomes { which, markdown } => outcomes::run(which.as_deref(), markdown),
        Command::Backup { journal, file } => journal::backup(&journal, &file),
        Command::Journal { what } => journal::run(&what),
        Command::Orders { what } => orders::run(&what),
        Command::Call {
            method,
            params,
            url,
            events,
        } => call::run(&url, &method, &params, events),
    };
    match result {
        Ok(code) => code,
        Err(problem) => {
            say_error(&problem);
            ExitCode::FAILURE
        }
    }
}

fn say_error(problem: &str) {
    // Nobody may be reading, and there is nobody else to tell.
    let _ = writeln!(std::io::stderr(), "posd: {problem}");
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// One thread is enough for the loop, its connections and its drivers; the journal has its own.
fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("runtime: {error}"))
}
