//! `hw-sim record`, `replay` and `decode`: conversations as text.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use hw_sim::serve;
use hw_sim::serve::terminal::Place;
use hw_sim::trace;
use serde_json::json;

use super::{Failure, say_ready};

#[derive(Debug, clap::Args)]
pub(super) struct RecordArguments {
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

impl RecordArguments {
    pub(super) async fn start(self) -> Result<serve::record::Running, Failure> {
        let file = std::fs::File::create(&self.to);
        let file = file.map_err(|error| format!("{}: {error}", self.to.display()))?;
        let [terminal, till] = &self.between[..] else {
            return Err("give a terminal and a till".into());
        };
        let terminal = match terminal.parse() {
            Ok(addr) => serve::record::Terminal::Tcp(addr),
            Err(_) => serve::record::Terminal::Port {
                device: terminal.into(),
                baud: self.baud,
            },
        };
        let running = serve::record::start(terminal, place(till), file).await?;
        say_ready(&at_place(&running.place))?;
        Ok(running)
    }
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("line").required(true).args(["pty", "tcp"]))]
pub(super) struct ReplayArguments {
    /// A recording.
    file: PathBuf,
    /// Make a pseudo-terminal and a symbolic link PATH to it.
    #[arg(long, value_name = "PATH")]
    pty: Option<PathBuf>,
    /// Listen for tills on this address.
    #[arg(long, value_name = "ADDR")]
    tcp: Option<SocketAddr>,
}

impl ReplayArguments {
    pub(super) async fn start(self) -> Result<serve::replay::Running, Failure> {
        let text = std::fs::read_to_string(&self.file);
        let text = text.map_err(|error| format!("{}: {error}", self.file.display()))?;
        let place = match (self.pty, self.tcp) {
            (Some(link), None) => Place::Pty(link),
            (None, Some(addr)) => Place::Tcp(addr),
            (Some(_), Some(_)) | (None, None) => {
                return Err("give either --pty or --tcp".into());
            }
        };
        let recording = trace::read(&text);
        let recording = recording.map_err(|error| format!("{}: {error}", self.file.display()))?;
        let running = serve::replay::start(place, recording).await?;
        say_ready(&at_place(&running.place))?;
        Ok(running)
    }
}

/// A name that is that of a file is taken for one.
pub(super) fn decode(what: &str) -> Result<(), Failure> {
    let explained = match std::fs::read_to_string(what) {
        Ok(text) => trace::decode(&text).map_err(|error| format!("{what}: {error}"))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            trace::decode(what).map_err(|error| {
                format!("`{what}` is no file, and as bytes or a recording: {error}")
            })?
        }
        Err(error) => return Err(format!("{what}: {error}").into()),
    };
    std::io::stdout().lock().write_all(explained.as_bytes())?;
    Ok(())
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
        Place::Device(port, _) => json!({ "ready": true, "device": port.display().to_string() }),
        Place::Tcp(addr) => json!({ "ready": true, "tcp": addr.to_string() }),
    }
}
