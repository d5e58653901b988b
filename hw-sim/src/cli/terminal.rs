//! `hw-sim terminal`.

use std::net::SocketAddr;
use std::path::PathBuf;

use firmware_protocols::time::Duration;
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::zvt::{Framing, Timers};
use hw_sim::scenario::Scenario;
use hw_sim::serve;
use hw_sim::serve::terminal::{Place, Running, Setup};
use hw_sim::terminal::zvt::Config;
use hw_sim::wallet::{self, Card};
use serde_json::json;

use super::processor::BankArguments;
use super::{Failure, say_ready};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("line").required(true).args(["pty", "device", "tcp"]))]
pub(super) struct TerminalArguments {
    /// What the terminal speaks.
    #[arg(long, value_name = "NAME", default_value = "zvt")]
    protocol: Protocol,
    /// Make a pseudo-terminal and a symbolic link PATH to it; tills use PATH as a serial port.
    #[arg(long, value_name = "PATH")]
    pty: Option<PathBuf>,
    /// Speak on this serial port, which a cable connects with the till.
    #[arg(long, value_name = "PATH")]
    device: Option<PathBuf>,
    /// Speed of that port.
    #[arg(long, value_name = "N", default_value_t = 9600, requires = "device")]
    baud: u32,
    /// Listen for tills on this address, such as 127.0.0.1:20007.
    #[arg(long, value_name = "ADDR")]
    tcp: Option<SocketAddr>,
    /// Where to take orders by HTTP: cards, keys, faults, the state of things; also the page to do so by
    /// hand.
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
    /// Present no card and enter no PIN until told to over the control port.
    #[arg(long)]
    hold: bool,
    /// What the cardholder types when the till asks for digits.
    #[arg(long, value_name = "DIGITS", default_value = "1234")]
    typed: String,
    /// What happens at the terminal, and when: the name of a scenario that is there (hw-sim presets),
    /// or a file (docs/simulator.md).
    #[arg(long, value_name = "NAME|FILE", value_parser = super::scenario::load)]
    scenario: Option<Scenario>,
    #[command(flatten)]
    times: TimeArguments,
    /// Do not know transaction sync (tag 1F1F): reverse whatever is not acknowledged.
    #[arg(long)]
    no_sync: bool,
    /// Do not number messages (tag 1F73), whatever the till offers.
    #[arg(long)]
    no_numbers: bool,
    /// Send card numbers unmasked, in results and on receipts, to see whether the till masks them.
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
    pub(super) async fn start(self) -> Result<Running, Failure> {
        let running = serve::terminal::start(self.setup()?).await?;
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
        Ok(running)
    }

    fn setup(self) -> Result<Setup, &'static str> {
        let Protocol::Zvt = self.protocol;
        let (place, framing) = match (self.pty, self.device, self.tcp) {
            (Some(link), None, None) => (Place::Pty(link), Framing::Serial),
            (None, Some(port), None) => (Place::Device(port, self.baud), Framing::Serial),
            (None, None, Some(addr)) => (Place::Tcp(addr), Framing::Tcp),
            (..) => return Err("give one of --pty, --device and --tcp"),
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
                knows_numbers: !self.no_numbers,
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
            scenario: self.scenario.unwrap_or_default(),
            place,
            control: self.control,
            processor: self.processor,
            bank: self.bank.options(),
        })
    }
}

fn card(name: &str) -> Result<&'static Card, String> {
    wallet::card(name)
        .ok_or_else(|| format!("there is no such card; there are {}", wallet::names()))
}

pub(super) fn currency(code: &str) -> Result<Currency, &'static str> {
    Currency::from_code(code).ok_or("must be an ISO 4217 code such as NOK")
}

fn terminal_id(digits: &str) -> Result<String, &'static str> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || digits.is_empty() || digits.len() > 8 {
        return Err("must be one to eight digits");
    }
    Ok(format!("{digits:0>8}"))
}
