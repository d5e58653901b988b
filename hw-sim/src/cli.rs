//! The command line.

use std::io::Write as _;
use std::net::SocketAddr;

use clap::{Parser, Subcommand};
use hw_sim::bank::Options;
use hw_sim::serve;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

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
}

#[derive(Debug, clap::Args)]
struct ProcessorArguments {
    /// Where to listen, such as 127.0.0.1:8480.
    #[arg(long, value_name = "ADDR")]
    http: SocketAddr,
    #[command(flatten)]
    bank: BankArguments,
}

#[derive(Debug, clap::Args)]
struct BankArguments {
    /// How long an authorization holds money, in hours.
    #[arg(long, value_name = "HOURS", default_value_t = 168)]
    hold_hours: u64,
    /// Allow one capture for each authorization; it releases the rest.
    #[arg(long)]
    single_capture: bool,
    /// Let no amount provoke a decline by its last two digits.
    #[arg(long)]
    plain_amounts: bool,
}

impl BankArguments {
    fn options(&self) -> Options {
        Options {
            hold_seconds: self.hold_hours.saturating_mul(3600),
            several_captures: !self.single_capture,
            outcomes_by_amount: !self.plain_amounts,
        }
    }
}

/// Runs what the arguments say until a signal ends it.
pub(crate) fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            // Servers stop, and links to pseudo-terminals vanish, when this is dropped.
            let _running = start(arguments).await?;
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            Ok(())
        })
}

async fn start(arguments: Arguments) -> Result<serve::Running, Box<dyn std::error::Error>> {
    match arguments.command {
        Command::Processor(processor) => {
            let started = serve::processor::start(processor.http, processor.bank.options()).await;
            let running = started.map_err(|error| at(processor.http, &error))?;
            say_ready(&json!({ "ready": true, "http": running.addr.to_string() }))?;
            Ok(running)
        }
    }
}

fn say_ready(line: &serde_json::Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn at(addr: SocketAddr, error: &std::io::Error) -> String {
    format!("cannot listen on {addr}: {error}; is another program there? Port 0 picks a free one")
}
