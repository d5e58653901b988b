//! The command line.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use firmware_protocols::time::Duration;
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::zvt::{Framing, Timers};
use hw_sim::bank::Options;
use hw_sim::serve;
use hw_sim::serve::terminal::{Place, Setup};
use hw_sim::terminal::zvt::Config;
use hw_sim::trace;
use hw_sim::wallet::{self, Card};
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
    /// Play a card terminal on a serial port or on TCP.
    Terminal(Box<TerminalArguments>),
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
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("line").required(true).args(["pty", "tcp"]))]
struct TerminalArguments {
    /// What the terminal speaks.
    #[arg(long, value_name = "NAME", default_value = "zvt")]
    protocol: Protocol,
    /// Make a pseudo-terminal and a symbolic link PATH to it; tills use PATH as a serial port.
    #[arg(long, value_name = "PATH")]
    pty: Option<PathBuf>,
    /// Listen for tills on this address, such as 127.0.0.1:20007.
    #[arg(long, value_name = "ADDR")]
    tcp: Option<SocketAddr>,
    /// Where to take orders by HTTP: cards, faults, the state of things.
    #[arg(long, value_name = "ADDR")]
    control: Option<SocketAddr>,
    /// URL of a processor (hw-sim processor) that is the terminal's host; without it the terminal
    /// has a bank of its own.
    #[arg(long, value_name = "URL")]
    processor: Option<String>,
    /// The merchant whose terminal this is; card tokens belong to a merchant.
    #[arg(long, value_name = "NAME", default_value = "shop")]
    merchant: String,
    /// Terminal id, up to eight digits.
    #[arg(long, value_name = "DIGITS", default_value = "68001234", value_parser = terminal_id)]
    terminal_id: String,
    /// The one currency that the terminal takes.
    #[arg(long, value_name = "CODE", default_value = "NOK", value_parser = currency)]
    currency: Currency,
    /// The card that is presented: visa-approve, mc-approve, decline, insufficient-funds, expired,
    /// no-token, pin, pin-wrong, slow, low-limit, lost-token or unreadable.
    #[arg(long, value_name = "NAME", default_value = "visa-approve", value_parser = card)]
    card: &'static Card,
    /// Present no card until told to over the control port.
    #[arg(long)]
    hold: bool,
    /// What the cardholder types when the till asks for digits.
    #[arg(long, value_name = "DIGITS", default_value = "1234")]
    typed: String,
    #[command(flatten)]
    times: TimeArguments,
    /// Do not know transaction sync (tag 1F1F): reverse whatever is not acknowledged.
    #[arg(long)]
    no_sync: bool,
    /// Send card numbers unmasked, to see whether the till masks them.
    #[arg(long)]
    full_pan: bool,
    /// Refuse the end of day while a reservation is open.
    #[arg(long)]
    strict_end_of_day: bool,
    /// Reverse only the last transaction, as many terminals do.
    #[arg(long)]
    reverse_last_only: bool,
    /// The receipt number before the first one; 9998 shows the wrap.
    #[arg(long, value_name = "N", default_value_t = 0,
        value_parser = clap::value_parser!(u16).range(..=9999))]
    receipts_after: u16,
    #[command(flatten)]
    bank: BankArguments,
}

#[derive(Debug, clap::Args)]
struct TimeArguments {
    /// How long the cardholder takes to present the card, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    card_ms: u64,
    /// How long the cardholder takes to enter the PIN, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pin_ms: u64,
    /// How long the host takes on top of what it takes, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    host_ms: u64,
    /// The same for the slow card, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 8000)]
    slow_ms: u64,
    /// How long the terminal waits for a card, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 30_000)]
    card_timeout_ms: u64,
    /// How long a reboot takes, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    reboot_ms: u64,
    /// T1: the longest pause between two bytes of a serial frame, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 200)]
    t1_ms: u64,
    /// T2: how long to wait for a frame's ACK, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    t2_ms: u64,
    /// T3: how long to wait for the till's answer, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    t3_ms: u64,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Protocol {
    /// ZVT, over serial lines and TCP.
    Zvt,
}

impl TerminalArguments {
    fn setup(self) -> Result<Setup, &'static str> {
        let Protocol::Zvt = self.protocol;
        let (place, framing) = match (self.pty, self.tcp) {
            (Some(link), None) => (Place::Pty(link), Framing::Serial),
            (None, Some(addr)) => (Place::Tcp(addr), Framing::Tcp),
            (Some(_), Some(_)) | (None, None) => return Err("give either --pty or --tcp"),
        };
        let times = self.times;
        let started_at = serve::wall_clock();
        Ok(Setup {
            terminal: Config {
                framing,
                timers: Timers {
                    t1: Duration::from_millis(times.t1_ms),
                    t2: Duration::from_millis(times.t2_ms),
                    t3: Duration::from_millis(times.t3_ms),
                    ..Timers::default()
                },
                merchant: self.merchant,
                terminal_id: self.terminal_id,
                currency: self.currency,
                card: self.card,
                hold: self.hold,
                typed: self.typed,
                knows_sync: !self.no_sync,
                card_timeout: Duration::from_millis(times.card_timeout_ms),
                card_delay: Duration::from_millis(times.card_ms),
                pin_delay: Duration::from_millis(times.pin_ms),
                host_delay: Duration::from_millis(times.host_ms),
                slow_delay: Duration::from_millis(times.slow_ms),
                reboot_time: Duration::from_millis(times.reboot_ms),
                sends_full_pan: self.full_pan,
                strict_end_of_day: self.strict_end_of_day,
                reverses_last_only: self.reverse_last_only,
                started_at,
                // Two runs against one processor must not meet in a key.
                run: format!("{started_at}-{}", std::process::id()),
                numbers_start_after: (self.receipts_after, 0),
            },
            place,
            control: self.control,
            processor: self.processor,
            bank: self.bank.options(),
        })
    }
}

#[derive(Debug, clap::Args)]
struct RecordArguments {
    /// The terminal (a serial port, or an address such as 192.0.2.17:20007), and where the till is to
    /// find it (a path for a pseudo-terminal, or an address to listen on).
    #[arg(long, num_args = 2, value_names = ["TERMINAL", "TILL"], required = true)]
    between: Vec<String>,
    /// The file to write; standard output would be the ready line's.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Bits per second of a serial port.
    #[arg(long, value_name = "N", default_value_t = 9600)]
    baud: u32,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("line").required(true).args(["pty", "tcp"]))]
struct ReplayArguments {
    /// A recording.
    file: PathBuf,
    /// Make a pseudo-terminal and a symbolic link PATH to it.
    #[arg(long, value_name = "PATH")]
    pty: Option<PathBuf>,
    /// Listen for tills on this address.
    #[arg(long, value_name = "ADDR")]
    tcp: Option<SocketAddr>,
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
    /// Capture an authorization only whole.
    #[arg(long)]
    whole_capture: bool,
    /// Let no amount provoke a decline by its last two digits.
    #[arg(long)]
    plain_amounts: bool,
}

impl BankArguments {
    fn options(&self) -> Options {
        Options {
            hold_seconds: self.hold_hours.saturating_mul(3600),
            several_captures: !self.single_capture,
            whole_captures: self.whole_capture,
            outcomes_by_amount: !self.plain_amounts,
        }
    }
}

/// Runs what the arguments say until a signal ends it.
pub(crate) fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    if let Command::Decode { what } = &arguments.command {
        return decode(&what.join(" "));
    }
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

/// Whatever was started; it ends when this is dropped.
enum Started {
    Processor(#[expect(dead_code, reason = "kept until the end")] serve::Running),
    Terminal(#[expect(dead_code, reason = "kept until the end")] serve::terminal::Running),
    Record(#[expect(dead_code, reason = "kept until the end")] serve::record::Running),
    Replay(#[expect(dead_code, reason = "kept until the end")] serve::replay::Running),
}

async fn start(arguments: Arguments) -> Result<Started, Box<dyn std::error::Error>> {
    match arguments.command {
        Command::Processor(processor) => {
            let started = serve::processor::start(processor.http, processor.bank.options()).await;
            let running = started.map_err(|error| at(processor.http, &error))?;
            say_ready(&json!({ "ready": true, "http": running.addr.to_string() }))?;
            Ok(Started::Processor(running))
        }
        Command::Decode { .. } => Err("decoding starts nothing".into()),
        Command::Record(record) => {
            let file = std::fs::File::create(&record.to);
            let file = file.map_err(|error| format!("{}: {error}", record.to.display()))?;
            let [terminal, till] = &record.between[..] else {
                return Err("give a terminal and a till".into());
            };
            let terminal = match terminal.parse() {
                Ok(addr) => serve::record::Terminal::Tcp(addr),
                Err(_) => serve::record::Terminal::Port {
                    device: terminal.into(),
                    baud: record.baud,
                },
            };
            let running = serve::record::start(terminal, place(till), file).await?;
            say_ready(&at_place(&running.place))?;
            Ok(Started::Record(running))
        }
        Command::Replay(replay) => {
            let text = std::fs::read_to_string(&replay.file);
            let text = text.map_err(|error| format!("{}: {error}", replay.file.display()))?;
            let place = match (replay.pty, replay.tcp) {
                (Some(link), None) => Place::Pty(link),
                (None, Some(addr)) => Place::Tcp(addr),
                (Some(_), Some(_)) | (None, None) => {
                    return Err("give either --pty or --tcp".into());
                }
            };
            let running = serve::replay::start(place, trace::read(&text)?).await?;
            say_ready(&at_place(&running.place))?;
            Ok(Started::Replay(running))
        }
        Command::Terminal(terminal) => {
            let running = serve::terminal::start(terminal.setup()?).await?;
            let mut ready = json!({ "ready": true });
            let addresses = [("tcp", running.tcp), ("control", running.control)];
            for (name, addr) in addresses {
                if let (Some(addr), Some(ready)) = (addr, ready.as_object_mut()) {
                    ready.insert(name.to_owned(), addr.to_string().into());
                }
            }
            if let (Some(pty), Some(ready)) = (&running.pty, ready.as_object_mut()) {
                ready.insert("pty".to_owned(), pty.display().to_string().into());
            }
            say_ready(&ready)?;
            Ok(Started::Terminal(running))
        }
    }
}

/// An address, or else a path.
fn place(text: &str) -> Place {
    match text.parse() {
        Ok(addr) => Place::Tcp(addr),
        Err(_) => Place::Pty(text.into()),
    }
}

fn at_place(place: &Place) -> serde_json::Value {
    match place {
        Place::Pty(link) => json!({ "ready": true, "pty": link.display().to_string() }),
        Place::Tcp(addr) => json!({ "ready": true, "tcp": addr.to_string() }),
    }
}

/// A name that is that of a file is taken for one.
fn decode(what: &str) -> Result<(), Box<dyn std::error::Error>> {
    let text = match std::fs::read_to_string(what) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => what.to_owned(),
        Err(error) => return Err(format!("{what}: {error}").into()),
    };
    let explained = trace::decode(&text)?;
    std::io::stdout().lock().write_all(explained.as_bytes())?;
    Ok(())
}

fn card(name: &str) -> Result<&'static Card, String> {
    wallet::card(name)
        .ok_or_else(|| format!("there is no such card; there are {}", wallet::names()))
}

fn currency(code: &str) -> Result<Currency, &'static str> {
    Currency::from_code(code).ok_or("must be an ISO 4217 code such as NOK")
}

fn terminal_id(digits: &str) -> Result<String, &'static str> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || digits.is_empty() || digits.len() > 8 {
        return Err("must be one to eight digits");
    }
    Ok(format!("{digits:0>8}"))
}

fn say_ready(line: &serde_json::Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn at(addr: SocketAddr, error: &std::io::Error) -> String {
    format!("cannot listen on {addr}: {error}; is another program there? Port 0 picks a free one")
}
