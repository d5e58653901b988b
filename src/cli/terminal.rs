//! `posd terminal`: what a technician asks a terminal, without a station.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::zvt::{Password, explain, result_code};

use super::{runtime, say};
use crate::clock::Clock;
use crate::config::{self, LineConfig, PortName};
use crate::devices::{Devices, SerialPort};
use crate::terminal::probe::{self, Found};

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// List the serial ports of this machine, what is behind each, and how a configuration names it.
    ///
    /// Opens none of them: a station may run meanwhile.
    Devices,
    /// Register at a terminal, ask how it is, and print what it says. Moves no money.
    ///
    /// What stands in the way is said plainly: the wrong speed, no answer, not a ZVT terminal, a port
    /// that is in use, no permission. Stop the station first; a terminal talks to one till.
    Probe {
        /// A serial port, such as /dev/ttyUSB0, or an address, such as 192.0.2.17:20007.
        #[arg(value_name = "DEVICE|ADDR")]
        place: String,
        /// Bits per second that the terminal is set to; the others are tried when it does not answer.
        #[arg(long, value_name = "N", default_value_t = 9600)]
        baud: u32,
        /// Password of the terminal, where it is one of the manuals: 000000 or 010203.
        #[arg(long, value_name = "DIGITS", default_value = "000000", value_parser = password)]
        password: Password,
        /// File that holds the terminal's own password, six digits; not everybody may read it.
        #[arg(long, value_name = "FILE", conflicts_with = "password")]
        password_file: Option<PathBuf>,
        /// Currency to register with.
        #[arg(long, value_name = "CODE", default_value = "NOK", value_parser = currency)]
        currency: Currency,
    },
}

/// The exit code is 1 when the station could not talk to the terminal as it is set here.
pub(super) fn run(what: What) -> Result<ExitCode, String> {
    match what {
        What::Devices => {
            let ports = Devices::of_this_machine().serial_ports();
            if ports.is_empty() {
                say("there is no serial port");
            }
            for port in &ports {
                tell_port(port, &ports);
            }
            Ok(ExitCode::SUCCESS)
        }
        What::Probe {
            place,
            baud,
            password,
            password_file,
            currency,
        } => {
            let own = password_file.as_deref().map(config::password_in);
            probe(&place, baud, own.transpose()?.unwrap_or(password), currency)
        }
    }
}

fn tell_port(port: &SerialPort, all: &[SerialPort]) {
    say(&format!("{}", port.device.display()));
    if let Some(usb) = &port.usb {
        let words = match usb.words.as_str() {
            "" => "a USB device that says nothing of itself",
            words => words,
        };
        say(&format!("  {words}, at USB port {}", usb.place));
    }
    for link in &port.links {
        say(&format!("  also called {}", link.display()));
    }
    say(&format!("  {}", port.line(all)));
}

fn probe(
    place: &str,
    baud: u32,
    password: Password,
    currency: Currency,
) -> Result<ExitCode, String> {
    let is_path = place.contains('/') || !place.contains(':');
    let line = match is_path {
        true => LineConfig::Serial {
            port: PortName::Path(PathBuf::from(place)),
            baud,
        },
        false => LineConfig::Tcp {
            address: place.to_owned(),
        },
    };
    let devices = Devices::of_this_machine();
    let probing = probe::probe(&line, &devices, password, currency, Clock::start());
    let found = runtime()?.block_on(probing);
    let found = found.map_err(|trouble| with_place(place, &trouble.to_string()))?;
    tell(place, &found);
    match found.baud.filter(|found| *found != baud) {
        Some(other) => Err(format!(
            "{place}: the terminal is set to {other} baud, not to {baud}; say `baud = {other}` in the \
             configuration"
        )),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn tell(place: &str, found: &Found) {
    say(&format!("{place}: a ZVT terminal"));
    let yes = |it: bool| if it { "yes" } else { "no" };
    let id = found.terminal_id.as_deref().unwrap_or("not told");
    let status = result_code::terminal_status(found.status);
    say(&format!("  terminal id   {id}"));
    say(&format!("  state         {:02X} {status}", found.status));
    if let Some(baud) = found.baud {
        say(&format!("  speed         {baud} baud"));
    }
    say(&format!("  TLV objects   {}", yes(found.tlv)));
    say("  in its own words:");
    for unit in &found.said {
        for line in explain::explain(unit) {
            say(&format!("    {line}"));
        }
    }
}

/// Most troubles name the place already.
fn with_place(place: &str, trouble: &str) -> String {
    match trouble.starts_with(place) {
        true => trouble.to_owned(),
        false => format!("{place}: {trouble}"),
    }
}

/// Everybody on the machine can see the arguments of a command.
fn password(digits: &str) -> Result<Password, &'static str> {
    config::factory_password(digits).ok_or(
        "must be 000000 or 010203; one of the terminal's own is a secret: write it into a file with \
         mode 0600, and name that by --password-file",
    )
}

fn currency(code: &str) -> Result<Currency, &'static str> {
    Currency::from_code(code).ok_or("must be an ISO 4217 code such as NOK")
}
