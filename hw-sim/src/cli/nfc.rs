//! `hw-sim nfc`.

use std::net::SocketAddr;
use std::path::PathBuf;

use hw_sim::nfc::card::Card;
use hw_sim::nfc::wallet;
use hw_sim::serve::nfc::{self, Running};
use serde_json::json;

use super::{Failure, say_ready};

#[derive(Debug, clap::Args)]
pub(super) struct NfcArguments {
    /// Make a pseudo-terminal and a symbolic link PATH to it; readers' software uses PATH as a serial
    /// port (libnfc: pn532_uart:PATH:115200).
    #[arg(long, value_name = "PATH")]
    pty: PathBuf,
    /// Where to take orders by HTTP: cards, faults, the state of things.
    #[arg(long, value_name = "ADDR")]
    control: Option<SocketAddr>,
    /// What lies on the reader from the start: ultralight, blank, classic, type4, payment, no-par,
    /// payment-b, phone, phone-locked, slow, leaves, nad or empty-ats. May be given more than once.
    #[arg(long, value_name = "NAME", value_parser = card)]
    card: Vec<Card>,
}

impl NfcArguments {
    pub(super) async fn start(self) -> Result<Running, Failure> {
        let running = nfc::start(self.pty, self.control, self.card).await?;
        let mut ready = json!({ "ready": true, "pty": running.pty });
        if let (Some(addr), Some(line)) = (running.control, ready.as_object_mut()) {
            line.insert("control".to_owned(), addr.to_string().into());
        }
        say_ready(&ready)?;
        Ok(running)
    }
}

fn card(name: &str) -> Result<Card, String> {
    wallet::card(name).ok_or_else(|| format!("there is no {name} in the wallet"))
}
