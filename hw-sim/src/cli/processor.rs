//! `hw-sim processor`.

use std::net::SocketAddr;

use hw_sim::bank::Options;
use hw_sim::serve::{self, Running};
use serde_json::json;

use super::{Failure, say_ready};

#[derive(Debug, clap::Args)]
pub(super) struct ProcessorArguments {
    /// Where to listen, such as 127.0.0.1:8480.
    #[arg(long, value_name = "ADDR")]
    http: SocketAddr,
    #[command(flatten)]
    bank: BankArguments,
}

impl ProcessorArguments {
    pub(super) async fn start(self) -> Result<Running, Failure> {
        let started = serve::processor::start(self.http, self.bank.options()).await;
        let running = started.map_err(|error| at(self.http, &error))?;
        say_ready(&json!({ "ready": true, "http": running.addr.to_string() }))?;
        Ok(running)
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct BankArguments {
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
    pub(super) fn options(&self) -> Options {
        Options {
            hold_seconds: self.hold_hours.saturating_mul(3600),
            several_captures: !self.single_capture,
            whole_captures: self.whole_capture,
            outcomes_by_amount: !self.plain_amounts,
        }
    }
}

fn at(addr: SocketAddr, error: &std::io::Error) -> String {
    format!("cannot listen on {addr}: {error}; is another program there? Port 0 picks a free one")
}
