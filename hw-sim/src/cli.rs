//! The command line.

mod nfc;
mod processor;
mod scenario;
mod store;
mod terminal;
mod trace;
mod tui;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::{Shell, generate_to};
use hw_sim::serve;
use tokio::signal::unix::{SignalKind, signal};

use nfc::NfcArguments;
use processor::ProcessorArguments;
use store::StoreArguments;
use terminal::TerminalArguments;
use trace::{RecordArguments, ReplayArguments};
use tui::TuiArguments;

/// Plays the hardware and the processor of a shop, for trying things out and for tests.
///
/// When it is ready it prints one line of JSON that says where everything is; port 0 picks a free
/// port. It runs until Ctrl-C. HW_SIM_LOG=debug tells more.
#[derive(Debug, Parser)]
#[command(name = "hw-sim", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the processor: authorizations, captures, voids and refunds over HTTP.
    Processor(ProcessorArguments),
    /// Play a card terminal on a serial port or on TCP.
    Terminal(Box<TerminalArguments>),
    /// Open a whole store: terminals, a processor, and one real station that uses them.
    Store(Box<StoreArguments>),
    /// Play a contactless reader (a PN532) on a serial port, and what is held against it.
    Nfc(NfcArguments),
    /// Stand at a terminal that is being played, in this window.
    Tui(TuiArguments),
    /// List the scenarios that are there, or print one.
    Presets {
        /// A name.
        name: Option<String>,
    },
    /// Check scenarios of your own (docs/simulator.md).
    #[command(subcommand)]
    Scenario(scenario::What),
    /// Sit between a till and a real terminal and write down what passes, masked.
    Record(RecordArguments),
    /// Play a recording, as a terminal.
    Replay(ReplayArguments),
    /// Explain a recording, or bytes in hexadecimal, field by field.
    ///
    /// Card numbers are shown masked, other card data and secrets not at all.
    Decode {
        /// A file, or bytes such as "06 01 07 04 00 00 00 00 12 34".
        #[arg(required = true)]
        what: Vec<String>,
    },
    /// Write the man pages and shell completions of `hw-sim` into a directory, for its package.
    #[command(hide = true)]
    Manual {
        /// The directory; it must exist.
        directory: PathBuf,
    },
}

/// Why something could not be started, for whoever typed it.
type Failure = Box<dyn std::error::Error>;

/// Runs what the arguments say until a signal ends it.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            // Servers stop, and links to pseudo-terminals vanish, when this is dropped.
            let started = tokio::select! {
                started = start(arguments.command) => started?,
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
            };
            let Some(mut running) = started else {
                return Ok(());
            };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                failure = running.failed() => return Err(failure),
            }
            running.close().await
        })
}

/// Whatever was started; it ends when this is dropped.
enum Started {
    Processor(#[expect(dead_code, reason = "kept until the end")] serve::Running),
    Terminal(#[expect(dead_code, reason = "kept until the end")] serve::terminal::Running),
    Store(store::Store),
    Nfc(#[expect(dead_code, reason = "kept until the end")] serve::nfc::Running),
    Record(#[expect(dead_code, reason = "kept until the end")] serve::record::Running),
    Replay(#[expect(dead_code, reason = "kept until the end")] serve::replay::Running),
}

impl Started {
    /// Waits until it cannot go on, which most never do.
    async fn failed(&mut self) -> Failure {
        if let Self::Store(store) = self {
            return match store.station_ended().await {
                Ok(status) => format!("the station has ended: {status}").into(),
                Err(error) => error.into(),
            };
        }
        std::future::pending().await
    }

    async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Store(store) => store.close().await,
            Self::Processor(_)
            | Self::Terminal(_)
            | Self::Nfc(_)
            | Self::Record(_)
            | Self::Replay(_) => Ok(()),
        }
    }
}

/// Writes one man page for each command, and one file for each shell.
fn manual(directory: &Path) -> Result<(), Failure> {
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        generate_to(shell, &mut Arguments::command(), "hw-sim", directory)?;
    }
    Ok(clap_mangen::generate_to(Arguments::command(), directory)?)
}

/// Does what is done at once, or starts what runs on.
async fn start(command: Command) -> Result<Option<Started>, Failure> {
    Ok(Some(match command {
        Command::Processor(processor) => Started::Processor(processor.start().await?),
        Command::Terminal(terminal) => Started::Terminal(terminal.start().await?),
        Command::Store(store) => Started::Store(store.start().await?),
        Command::Nfc(nfc) => Started::Nfc(nfc.start().await?),
        Command::Record(record) => Started::Record(record.start().await?),
        Command::Replay(replay) => Started::Replay(replay.start().await?),
        Command::Tui(tui) => return tui.run().await.map(|()| None),
        Command::Decode { what } => return trace::decode(&what.join(" ")).map(|()| None),
        Command::Manual { directory } => return manual(&directory).map(|()| None),
        Command::Presets { name } => return scenario::presets(name.as_deref()).map(|()| None),
        Command::Scenario(what) => return scenario::run(what).map(|()| None),
    }))
}

fn say_ready(line: &serde_json::Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
