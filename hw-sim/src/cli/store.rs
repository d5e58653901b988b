//! `hw-sim store`: a whole store on this machine, with the real station in its middle.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::zvt::Framing;
use hw_sim::scenario::Scenario;
use hw_sim::serve;
use hw_sim::serve::terminal::{Place, Setup};
use hw_sim::terminal::zvt::Config;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::processor::BankArguments;
use super::terminal::currency;
use super::{Failure, say_ready, scenario};

#[derive(Debug, clap::Args)]
pub(super) struct StoreArguments {
    /// How many terminals.
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=99))]
    terminals: u16,
    /// Terminals on TCP instead of pseudo-terminals.
    #[arg(long)]
    tcp: bool,
    /// Where apps find the station.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8471")]
    listen: SocketAddr,
    /// The one currency that the terminals take.
    #[arg(long, value_name = "CODE", default_value = "NOK", value_parser = currency)]
    currency: Currency,
    /// Present no card and enter no PIN until somebody does so on a terminal's page.
    #[arg(long)]
    hold: bool,
    /// What happens at each terminal: the name of a scenario that is there, or a file.
    #[arg(long, value_name = "NAME|FILE", value_parser = scenario::load)]
    scenario: Option<Scenario>,
    /// The station's program; without it the one beside this program.
    #[arg(long, value_name = "FILE")]
    posd: Option<PathBuf>,
    #[command(flatten)]
    bank: BankArguments,
}

/// A store that is open. Everything that it has left on the disk goes with it.
pub(super) struct Store {
    station: Child,
    /// Ends when it is dropped.
    _terminals: Vec<serve::terminal::Running>,
    _processor: serve::Running,
    home: TempDir,
}

impl StoreArguments {
    pub(super) async fn start(self) -> Result<Store, Failure> {
        let home = tempfile::Builder::new().prefix("hw-sim-store-").tempdir()?;
        let processor = serve::processor::start(ANY_PORT, self.bank.options()).await?;
        let url = format!("http://{}", processor.addr);
        let mut terminals = Vec::new();
        for number in 1..=self.terminals {
            terminals.push(self.terminal(number, home.path(), &url).await?);
        }
        let config = home.path().join("posd.toml");
        std::fs::create_dir(home.path().join(DATA))?;
        std::fs::write(&config, self.config(home.path(), &url, &terminals))?;
        let program = self.posd.clone().map_or_else(beside_us, Ok)?;
        let (station, apps) = start_station(&program, &config).await?;
        let described = (1..)
            .zip(&terminals)
            .map(|(number, terminal)| describe(number, terminal));
        let ready = json!({
            "ready": true,
            "station": apps,
            "station_process": station.id(),
            "config": config,
            "processor": url,
            "terminals": described.collect::<Vec<_>>(),
        });
        say_ready(&ready)?;
        tracing::info!(
            "try: posd call --config {} --url {apps} payment.sale \
             '{{\"idempotency_key\":\"1\",\"amount_minor\":5000,\"currency\":\"{}\",\"terminal\":\"till-1\"}}'",
            config.display(),
            self.currency.code(),
        );
        Ok(Store {
            station,
            _terminals: terminals,
            _processor: processor,
            home,
        })
    }

    async fn terminal(
        &self,
        number: u16,
        home: &Path,
        url: &str,
    ) -> Result<serve::terminal::Running, Failure> {
        let (place, framing) = match self.tcp {
            true => (Place::Tcp(ANY_PORT), Framing::Tcp),
            false => (Place::Pty(home.join(name(number))), Framing::Serial),
        };
        let started_at = serve::wall_clock();
        let setup = Setup {
            terminal: Config {
                framing,
                merchant: MERCHANT.to_owned(),
                terminal_id: format!("6800{number:04}"),
                currency: self.currency,
                hold: self.hold,
                started_at,
                run: format!("{started_at}-{}", std::process::id()),
                ..Config::default()
            },
            scenario: self.scenario.clone().unwrap_or_default(),
            place,
            control: Some(ANY_PORT),
            processor: Some(url.to_owned()),
            bank: self.bank.options(),
        };
        Ok(serve::terminal::start(setup).await?)
    }

    fn config(&self, home: &Path, url: &str, terminals: &[serve::terminal::Running]) -> String {
        let mut text = format!(
            "[station]\nname = \"store\"\nlisten = \"{}\"\ndata_dir = \"{}\"\n\n\
             [[merchant_account]]\nid = \"nordic\"\nconnector = \"sim\"\nurl = \"{url}\"\n\
             merchant = \"{MERCHANT}\"\n",
            self.listen,
            home.join(DATA).display(),
        );
        for (number, terminal) in (1..).zip(terminals) {
            let line = match (&terminal.pty, terminal.tcp) {
                (Some(pty), _) => format!("device = \"{}\"", pty.display()),
                (None, Some(tcp)) => format!("address = \"{tcp}\""),
                (None, None) => String::new(),
            };
            text.push_str(&format!(
                "\n[[terminal]]\nid = \"{}\"\nprotocol = \"zvt\"\n{line}\ncurrency = \"{}\"\n\
                 merchant_account = \"nordic\"\n",
                name(number),
                self.currency.code(),
            ));
        }
        text
    }
}

impl Store {
    /// Waits for the end of the station, which is not to come before that of the store.
    pub(super) async fn station_ended(&mut self) -> std::io::Result<ExitStatus> {
        self.station.wait().await
    }

    /// Ends all of it, and removes what it has left.
    pub(super) async fn close(mut self) -> Result<(), Failure> {
        self.station.kill().await?;
        self.home.close()?;
        Ok(())
    }
}

/// Starts the station; gives it with the address for apps.
async fn start_station(program: &Path, config: &Path) -> Result<(Child, String), Failure> {
    let mut station = Command::new(program)
        .args(["run", "--config"])
        .arg(config)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        // Ctrl-C is for the store as a whole: it ends the station itself.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let stdout = station.stdout.take().ok_or("no standard output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).await?;
    let apps = line
        .split_whitespace()
        .find(|word| word.starts_with("ws://"));
    let apps = apps.ok_or("the station did not start; what it has said stands above")?;
    Ok((station, apps.to_owned()))
}

fn describe(number: u16, terminal: &serve::terminal::Running) -> Value {
    json!({
        "id": name(number),
        "pty": terminal.pty,
        "tcp": terminal.tcp.map(|addr| addr.to_string()),
        "control": terminal.control.map(|addr| addr.to_string()),
        "page": terminal.control.map(|addr| format!("http://{addr}/")),
    })
}

/// As the configuration of the station calls a terminal.
fn name(number: u16) -> String {
    format!("till-{number}")
}

/// The station that was built with this program.
fn beside_us() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?.with_file_name("posd");
    match program.exists() {
        true => Ok(program),
        false => Err(format!(
            "there is no {}; build it with `cargo build --workspace`, or name one with --posd",
            program.display()
        )
        .into()),
    }
}

const DATA: &str = "data";
const MERCHANT: &str = "demo";
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
