//! The commands of `posd`, one file each.

mod apps;
mod browser_policy;
mod call;
mod client;
mod config;
mod demo;
mod doctor;
mod journal;
mod manual;
mod operation;
mod orders;
mod outcomes;
mod reconcile;
mod run;
mod schema;
mod terminal;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::{Parser, Subcommand};

use crate::domain::app::Role;

/// Where the package puts the configuration.
const CONFIG: &str = "/etc/posd/posd.toml";

/// Why something could not be printed. Commands go on: what they do matters more than what they say of it.
static UNSAID: OnceLock<io::Error> = OnceLock::new();

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
        #[arg(long, value_name = "FILE", default_value = CONFIG)]
        config: PathBuf,
    },
    /// Check a configuration, or print what can stand in one.
    Config {
        #[command(subcommand)]
        what: config::What,
    },
    /// Show the main job end to end with simulated hardware: a deposit with one card presentation
    /// in store A, the pickup in store B, a decline, a guarded refund, a crash and its recovery.
    Demo {
        /// Leave the store open afterwards, and print where its pages are, until Ctrl-C.
        #[arg(long)]
        keep: bool,
    },
    /// Show the catalogue of outcomes: what every code means, what to do next, and what the codes of
    /// other systems become here.
    Outcomes {
        /// One code, ours or another system's, or a system: d365, onlinefundraising, brp, dintero.
        which: Option<String>,
        /// Print all of it as docs/outcomes.md.
        #[arg(long)]
        markdown: bool,
    },
    /// Print the description of the API for machines (OpenRPC), or what is made from it.
    Schema {
        #[command(flatten)]
        form: schema::Form,
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
    /// Look at everything that a station needs, and say what is wrong and what to do.
    ///
    /// It only reads: nothing is sent to a terminal, and no payment is touched. The exit code is 0 when
    /// all is well, 1 after warnings, 2 after errors.
    Doctor {
        /// Configuration of the station.
        #[arg(long, value_name = "FILE", default_value = CONFIG)]
        config: PathBuf,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Follow what happened to an operation.
    Operation {
        #[command(subcommand)]
        what: operation::What,
    },
    /// Take many orders in from a file, or write them into one.
    Orders {
        #[command(subcommand)]
        what: orders::What,
    },
    /// Pair an app: show a code, which the app sends to get its own key.
    ///
    /// Example: posd pair till-1 --origin https://pos.example
    Pair {
        /// Name of the app: letters, digits, `-` and `_`.
        app: String,
        /// What it may do: cashier, supervisor or technician.
        #[arg(long, default_value = "cashier", value_parser = apps::role)]
        role: Role,
        /// Origin of its page, when it runs in a browser. Only from there its key is taken.
        #[arg(long)]
        origin: Option<String>,
        #[command(flatten)]
        station: client::Address,
    },
    /// List the apps that have paired, let one in no more, or change what it may do.
    Apps {
        #[command(subcommand)]
        what: apps::What,
        #[command(flatten)]
        station: client::Address,
    },
    /// Ask a terminal, without a station.
    Terminal {
        #[command(subcommand)]
        what: terminal::What,
    },
    /// Close the terminals' batches (end of day) and compare what they count with the journal.
    ///
    /// Exit status: 0 when all agree, 1 when one differs, 2 when one could not be closed.
    Reconcile {
        #[command(flatten)]
        which: reconcile::Which,
        #[command(flatten)]
        station: client::Address,
    },
    /// Print the browser policy that lets the pages of the paired apps reach the station.
    ///
    /// docs/browsers.md says where the file goes.
    BrowserPolicy {
        /// The browser.
        browser: browser_policy::Browser,
        #[command(flatten)]
        station: client::Address,
    },
    /// Write the man pages and shell completions of `posd` into a directory, for its package.
    #[command(hide = true)]
    Manual {
        /// The directory; it must exist.
        directory: PathBuf,
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
        #[command(flatten)]
        station: client::Address,
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
        Command::Config { what } => config::run(&what),
        Command::Demo { keep } => demo::run(keep),
        Command::Outcomes { which, markdown } => outcomes::run(which.as_deref(), markdown),
        Command::Schema { form } => schema::run(form),
        Command::Backup { journal, file } => journal::backup(&journal, &file),
        Command::Journal { what } => journal::run(&what),
        Command::Terminal { what } => terminal::run(what),
        Command::Doctor { config, json } => doctor::run(&config, json),
        Command::Operation { what } => operation::run(&what),
        Command::Manual { directory } => manual::write(&directory),
        Command::Orders { what } => orders::run(&what),
        Command::Call {
            method,
            params,
            station,
            events,
        } => call::run(&station, &method, &params, events),
        Command::Pair {
            app,
            role,
            origin,
            station,
        } => apps::pair(&station, &app, role, origin.as_deref()),
        Command::Reconcile { which, station } => Ok(reconcile::run(&station, &which)),
        Command::BrowserPolicy { browser, station } => browser_policy::run(&station, browser),
        Command::Apps { what, station } => apps::run(&station, &what),
    };
    let result = result.and_then(|code| match UNSAID.get() {
        Some(error) => Err(format!("standard output: {error}")),
        None => Ok(code),
    });
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
    let _ = writeln!(io::stderr(), "posd: {problem}");
}

fn say(line: &str) {
    let said = writeln!(io::stdout(), "{line}");
    // Who stops reading has read enough.
    if let Err(error) = said.and_then(|()| io::stdout().flush())
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = UNSAID.set(error);
    }
}

/// One thread is enough for the loop, its connections and its drivers; the journal has its own.
fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("runtime: {error}"))
}
