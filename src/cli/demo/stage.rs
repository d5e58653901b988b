//! The processes of the demo and the apps that talk to them. All of it ends with [`Stage`].

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::super::client::Client;
use super::super::say;
use crate::local_key;

/// Everything that plays.
pub(super) struct Stage {
    http: reqwest::Client,
    processor: Simulator,
    terminal: Simulator,
    /// The store with the terminal.
    pub(super) a: Station,
    /// The store where the order is fetched.
    pub(super) b: Station,
    home: tempfile::TempDir,
}

struct Simulator {
    _process: Child,
    ready: Value,
}

/// A `posd run` of its own, with a database of its own.
pub(super) struct Station {
    pub(super) name: &'static str,
    config: PathBuf,
    data_dir: PathBuf,
    pub(super) journal: PathBuf,
    process: Option<Child>,
    url: String,
}

/// A POS app. Events that come with its answers are printed.
pub(super) struct App {
    name: &'static str,
    client: Client,
    /// Place of the last event before it subscribed.
    pub(super) heard: u64,
}

impl Stage {
    /// Starts everything.
    pub(super) async fn set() -> Result<Self, String> {
        let home = tempfile::tempdir().map_err(|error| format!("temporary directory: {error}"))?;
        let processor = Simulator::start(&["processor", "--http", "127.0.0.1:0"]).await?;
        let url = format!("http://{}", text(&processor.ready["http"])?);
        let pty = home.path().join("terminal");
        let arguments = [
            "terminal",
            "--pty",
            &pty.to_string_lossy(),
            "--control",
            "127.0.0.1:0",
            "--processor",
            &url,
            "--merchant",
            "demo",
        ];
        let terminal = Simulator::start(&arguments).await?;
        let line = format!(
            "[[terminal]]\nid = \"till-1\"\nprotocol = \"zvt\"\ndevice = \"{}\"\n\
             currency = \"NOK\"\nmerchant_account = \"nordic\"\n",
            pty.display()
        );
        let mut a = Station::new("A", home.path(), &url, &line)?;
        let mut b = Station::new("B", home.path(), &url, "")?;
        a.start().await?;
        b.start().await?;
        Ok(Self {
            http: reqwest::Client::new(),
            processor,
            terminal,
            a,
            b,
            home,
        })
    }

    pub(super) fn describe(&self) {
        say("   store A: a station with a ZVT terminal on a pseudo-terminal, its own database");
        say("   store B: a station without a terminal, its own database");
        say("   processor: hw-sim over HTTP; the terminal uses it as its host");
    }

    /// Ends everything and removes what it left.
    pub(super) fn strike(self) {
        let Self { home, .. } = self;
        if let Err(error) = home.close() {
            say(&format!("temporary directory not removed: {error}"));
        }
    }

    pub(super) async fn presentations(&self) -> Result<u64, String> {
        let state = self.terminal_state().await?;
        state["presentations"]
            .as_u64()
            .ok_or_else(|| "no count of presentations".to_owned())
    }

    pub(super) async fn terminal_state(&self) -> Result<Value, String> {
        self.get(text(&self.terminal.ready["control"])?, "/state")
            .await
    }

    pub(super) async fn processor_books(&self) -> Result<Value, String> {
        self.get(text(&self.processor.ready["http"])?, "/books")
            .await
    }

    /// The card that is presented from now on.
    pub(super) async fn use_card(&self, name: &str) -> Result<(), String> {
        let address = text(&self.terminal.ready["control"])?;
        self.post(address, "/card", json!({"name": name})).await
    }

    /// The processor carries the next capture out at once, and answers late.
    pub(super) async fn delay_next_capture(&self) -> Result<(), String> {
        let fault = json!({"on": "capture", "do": "delay", "delay_ms": 3000, "count": 1});
        self.post(
            text(&self.processor.ready["http"])?,
            "/control/faults",
            fault,
        )
        .await
    }

    /// Waits until the processor has carried out what the delayed capture asks for.
    pub(super) async fn capture_has_arrived(&self) -> Result<(), String> {
        for _ in 0..200 {
            let books = self.processor_books().await?;
            if books["totals"]["NOK"]["held_minor"] == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("the capture has not arrived at the processor".to_owned())
    }

    async fn get(&self, address: &str, path: &str) -> Result<Value, String> {
        let failed = |error: reqwest::Error| format!("{path}: {error}");
        let answer = self
            .http
            .get(format!("http://{address}{path}"))
            .send()
            .await;
        answer.map_err(failed)?.json().await.map_err(failed)
    }

    /// Asks the processor for something that moves money, under a key of its own.
    pub(super) async fn ask_processor(&self, path: &str, body: Value) -> Result<Value, String> {
        let url = format!("http://{}{path}", text(&self.processor.ready["http"])?);
        let key = body.to_string();
        let request = self.http.post(url).header("idempotency-key", key);
        let answer = sent(request.json(&body), path).await?;
        answer
            .json()
            .await
            .map_err(|error| format!("{path}: {error}"))
    }

    /// Where the simulated terminal takes orders, and whether it shows a page there.
    pub(super) async fn terminal_page(&self) -> Result<(String, bool), String> {
        let address = format!("http://{}/", text(&self.terminal.ready["control"])?);
        let answer = self.http.get(&address).send().await;
        Ok((address, answer.is_ok_and(|it| it.status().is_success())))
    }

    /// From now on the terminal waits until a card is held against it.
    pub(super) async fn wait_for_cards(&self) -> Result<(), String> {
        let address = text(&self.terminal.ready["control"])?;
        self.post(address, "/hold", json!({"hold": true})).await
    }

    async fn post(&self, address: &str, path: &str, body: Value) -> Result<(), String> {
        let request = self.http.post(format!("http://{address}{path}"));
        sent(request.json(&body), path).await.map(drop)
    }
}

/// An answer that says that it was done.
async fn sent(request: reqwest::RequestBuilder, path: &str) -> Result<reqwest::Response, String> {
    let answer = request.send().await;
    let answer = answer.map_err(|error| format!("{path}: {error}"))?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    let problem = answer.text().await.unwrap_or_default();
    Err(format!("{path}: {problem}"))
}

impl Simulator {
    async fn start(arguments: &[&str]) -> Result<Self, String> {
        let program = beside_us("hw-sim")?;
        let mut process = Command::new(&program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let line = first_line(&mut process).await?;
        let ready = serde_json::from_str(&line).map_err(|_| format!("hw-sim said: {line}"))?;
        Ok(Self {
            _process: process,
            ready,
        })
    }
}

impl Station {
    fn new(
        name: &'static str,
        home: &Path,
        processor: &str,
        terminals: &str,
    ) -> Result<Self, String> {
        let data_dir = home.join(format!("store-{name}"));
        std::fs::create_dir(&data_dir).map_err(|error| error.to_string())?;
        let config = data_dir.join("posd.toml");
        let text = format!(
            "[station]\nname = \"{name}\"\nlisten = \"127.0.0.1:0\"\ndata_dir = \"{}\"\n\
             [[merchant_account]]\nid = \"nordic\"\nconnector = \"sim\"\nurl = \"{processor}\"\n\
             merchant = \"demo\"\n{terminals}",
            data_dir.display()
        );
        std::fs::write(&config, text).map_err(|error| error.to_string())?;
        let journal = data_dir.join("journal.db");
        Ok(Self {
            name,
            config,
            data_dir,
            journal,
            process: None,
            url: String::new(),
        })
    }

    pub(super) async fn start(&mut self) -> Result<(), String> {
        let mut process = Command::new(beside_us("posd")?)
            .args(["run", "--config"])
            .arg(&self.config)
            .env("POSD_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("posd: {error}"))?;
        let line = first_line(&mut process).await?;
        let url = line
            .trim()
            .rsplit(' ')
            .next()
            .filter(|url| url.starts_with("ws://"));
        url.ok_or_else(|| format!("station {} did not start", self.name))?
            .clone_into(&mut self.url);
        self.process = Some(process);
        Ok(())
    }

    /// The origin of its own pages.
    pub(super) fn origin(&self) -> String {
        let address = self.url.trim_start_matches("ws://");
        format!("http://{}", address.trim_end_matches("/v1"))
    }

    /// `kill -9`.
    pub(super) async fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill().await;
        }
    }

    /// An app that hears of events from now on.
    pub(super) async fn app(&self) -> Result<App, String> {
        let mut app = self.connect().await?;
        let subscribed = app.call("events.subscribe", json!({})).await?;
        app.heard = subscribed["last_seq"].as_u64().unwrap_or(0);
        Ok(app)
    }

    /// An app that hears of the events after a place, as one that was away would.
    pub(super) async fn app_after(&self, heard: u64) -> Result<App, String> {
        let mut app = self.connect().await?;
        app.call("events.subscribe", json!({"after": heard}))
            .await?;
        Ok(app)
    }

    async fn connect(&self) -> Result<App, String> {
        let key = local_key::path(&self.data_dir);
        Ok(App {
            name: self.name,
            client: Client::connect(&self.url, &key).await?,
            heard: 0,
        })
    }
}

impl App {
    /// Calls a method that must give a result.
    pub(super) async fn call(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.try_call(method, params)
            .await?
            .map_err(|error| format!("{method}: {error}"))
    }

    /// Calls a method; the inner error is a refusal.
    pub(super) async fn try_call(
        &mut self,
        method: &str,
        params: Value,
    ) -> Result<Result<Value, Value>, String> {
        let name = self.name;
        self.client
            .call(method, params, |event| show(name, event))
            .await
    }

    /// Asks and does not wait for the answer.
    pub(super) async fn send(&mut self, method: &str, params: Value) -> Result<u64, String> {
        self.client.send(method, params).await
    }
}

fn show(name: &str, event: &Value) {
    if let Some(prompt) = event["prompt"].as_str() {
        say(&format!("   {name} terminal: {prompt} {}", event["text"]));
    } else if event["event"] == "operation_in_doubt" {
        say(&format!("   {name} in doubt; finding out"));
    }
}

/// A program that was built with this one.
fn beside_us(name: &str) -> Result<PathBuf, String> {
    let us = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = us.with_file_name(name);
    if program.exists() {
        return Ok(program);
    }
    Err(format!(
        "the demo needs {} beside {}: build it with `cargo build --release --workspace`",
        name,
        us.display()
    ))
}

async fn first_line(process: &mut Child) -> Result<String, String> {
    let stdout = process.stdout.take().ok_or("no standard output")?;
    let mut line = String::new();
    BufReader::new(stdout)
        .read_line(&mut line)
        .await
        .map_err(|error| error.to_string())?;
    Ok(line)
}

fn text(value: &Value) -> Result<&str, String> {
    value
        .as_str()
        .ok_or_else(|| "hw-sim did not say where it is".to_owned())
}
