//! A store for tests: the real `posd` binary, real WebSockets, a simulated terminal behind a real
//! pseudo-terminal or TCP socket, a simulated processor over HTTP, a real SQLite file. Everything is
//! a process of its own and ends with the value that stands for it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::contract::Contract;

/// Asks until the answer is there, a bounded number of times.
pub(crate) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..1_500 {
        if let Some(answer) = ask() {
            return answer;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "other processes tell some things only when they are asked"
        )]
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("waited in vain for {what}");
}

/// Sends a process a signal, such as `-TERM`.
pub(crate) fn signal(name: &str, pid: u32) {
    let done = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(done.unwrap().success());
}

/// No single wait of a test is longer; it ends a test that hangs, it measures nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process that is killed when its value goes.
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The line to a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Serial,
    Tcp,
}

/// A simulator process and its control port.
pub(crate) struct Simulator {
    _process: Process,
    ready: Value,
}

impl Simulator {
    /// A processor.
    pub(crate) fn processor() -> Self {
        Self::start(&["processor", "--http", "127.0.0.1:0"])
    }

    /// A processor that captures an authorization once and lets the rest go.
    pub(crate) fn processor_that_captures_once() -> Self {
        Self::start(&["processor", "--http", "127.0.0.1:0", "--single-capture"])
    }

    /// A processor that captures an authorization only whole.
    pub(crate) fn processor_that_captures_whole() -> Self {
        Self::start(&["processor", "--http", "127.0.0.1:0", "--whole-capture"])
    }

    /// A terminal on its own line whose host is a processor.
    pub(crate) fn terminal(line: Line, directory: &Path, processor: &Self, more: &[&str]) -> Self {
        let pty = directory.join("terminal");
        let pty = pty.to_str().unwrap();
        let url = processor.url();
        let place = match line {
            Line::Serial => ["--pty", pty],
            Line::Tcp => ["--tcp", "127.0.0.1:0"],
        };
        let mut arguments = vec!["terminal", "--control", "127.0.0.1:0", "--processor", &url];
        arguments.extend(place);
        arguments.extend(["--merchant", "M-1"]);
        arguments.extend(more);
        Self::start(&arguments)
    }

    /// A contactless reader.
    #[cfg(feature = "nfc")]
    pub(crate) fn reader(directory: &Path) -> Self {
        let pty = directory.join("reader");
        let pty = pty.to_str().unwrap();
        Self::start(&["nfc", "--pty", pty, "--control", "127.0.0.1:0"])
    }

    /// How a station reaches the reader.
    #[cfg(feature = "nfc")]
    pub(crate) fn connection(&self) -> String {
        format!("pn532_uart:{}:115200", self.ready["pty"].as_str().unwrap())
    }

    /// Any of its commands that say when they are ready.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(hw_sim())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let process = Process(child);
        let ready = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("hw-sim {arguments:?} did not start: {line:?}"));
        Self {
            _process: process,
            ready,
        }
    }

    /// Base URL of its HTTP port.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.http())
    }

    /// Where the terminal is: a device or an address.
    pub(crate) fn place(&self) -> String {
        let place = self.ready["pty"].as_str().or(self.ready["tcp"].as_str());
        place.unwrap().to_owned()
    }

    /// How a station reaches the terminal, as lines of its configuration.
    pub(crate) fn line(&self) -> String {
        match (self.ready["pty"].as_str(), self.ready["tcp"].as_str()) {
            (Some(pty), _) => format!("device = \"{pty}\""),
            (None, Some(tcp)) => format!("address = \"{tcp}\""),
            (None, None) => panic!("not a terminal: {}", self.ready),
        }
    }

    fn http(&self) -> &str {
        self.ready["http"]
            .as_str()
            .or(self.ready["control"].as_str())
            .unwrap()
    }

    /// Reads from the control port.
    pub(crate) fn get(&self, path: &str) -> Value {
        http(self.http(), "GET", path, None, None)
    }

    /// Orders something over the control port.
    pub(crate) fn post(&self, path: &str, body: Value) -> Value {
        http(self.http(), "POST", path, None, Some(&body))
    }

    /// Calls the processor as another system would, under an idempotency key.
    pub(crate) fn post_with_key(&self, path: &str, key: &str, body: Value) -> Value {
        http(self.http(), "POST", path, Some(key), Some(&body))
    }

    /// How often a card was presented to this terminal.
    pub(crate) fn presentations(&self) -> u64 {
        self.get("/state")["presentations"].as_u64().unwrap()
    }

    /// What the processor's books hold in all, over all authorizations.
    pub(crate) fn booked(&self, counter: &str) -> u64 {
        let books = self.get("/books");
        let rows = books["authorizations"].as_array().unwrap();
        rows.iter().map(|row| row[counter].as_u64().unwrap()).sum()
    }
}

/// What a station of a test is made of.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) name: &'static str,
    pub(crate) terminal: Option<String>,
    pub(crate) more_terminal: String,
    pub(crate) processor: String,
    pub(crate) more_account: String,
    pub(crate) more_station: String,
    /// Lines of the table `[offline]`.
    pub(crate) offline: String,
    /// Lines of the table `[limits]`.
    pub(crate) limits: String,
    /// Tables `[[reader]]`.
    pub(crate) readers: String,
    /// How long the terminal may take to answer a command.
    pub(crate) response_ms: u64,
    /// How long a payment may take without a sign of life.
    pub(crate) completion_ms: u64,
}

impl Setup {
    pub(crate) fn new(
        name: &'static str,
        terminal: Option<&Simulator>,
        processor: &Simulator,
    ) -> Self {
        Self {
            name,
            terminal: terminal.map(Simulator::line),
            more_terminal: String::new(),
            processor: processor.url(),
            more_account: String::new(),
            more_station: String::new(),
            offline: String::new(),
            limits: String::new(),
            readers: String::new(),
            response_ms: 2_000,
            completion_ms: 10_000,
        }
    }

    /// A terminal that does not answer is given up soon.
    pub(crate) fn impatient(self) -> Self {
        Self {
            response_ms: 1_500,
            completion_ms: 3_000,
            ..self
        }
    }

    /// The terminal cannot hold money: deposits go by card token.
    pub(crate) fn without_pre_authorization(self) -> Self {
        Self {
            more_terminal: "pre_authorization = false".to_owned(),
            ..self
        }
    }

    fn text(&self, data_dir: &Path) -> String {
        let data_dir = data_dir.display();
        let mut text = format!(
            "[station]\nname = \"{}\"\nlisten = \"127.0.0.1:0\"\ndata_dir = \"{data_dir}\"\n{}\n\
             [[merchant_account]]\nid = \"nordic\"\nconnector = \"sim\"\nurl = \"{}\"\n\
             merchant = \"M-1\"\ntimeout_ms = 2000\n{}\n",
            self.name, self.more_station, self.processor, self.more_account,
        );
        text.push_str(&format!("[offline]\n{}\n", self.offline));
        text.push_str(&format!("[limits]\n{}\n", self.limits));
        if let Some(line) = &self.terminal {
            text.push_str(&format!(
                "[[terminal]]\nid = \"till\"\nprotocol = \"zvt\"\ncurrency = \"NOK\"\n\
                 merchant_account = \"nordic\"\nresponse_timeout_ms = {}\n\
                 completion_timeout_ms = {}\n{line}\n{}\n",
                self.response_ms, self.completion_ms, self.more_terminal,
            ));
        }
        text.push_str(&self.readers);
        text
    }
}

/// A running `posd`.
pub(crate) struct Station {
    process: Option<Process>,
    url: String,
    config: PathBuf,
    pub(crate) data_dir: PathBuf,
}

impl Station {
    /// Starts a station in a directory of its own below `directory`.
    pub(crate) fn start(directory: &Path, setup: &Setup) -> Self {
        Self::start_with(directory, setup, &[])
    }

    /// Starts a station with environment variables.
    pub(crate) fn start_with(directory: &Path, setup: &Setup, env: &[(&str, &str)]) -> Self {
        let data_dir = directory.join(setup.name);
        std::fs::create_dir_all(&data_dir).unwrap();
        let config = data_dir.join("posd.toml");
        std::fs::write(&config, setup.text(&data_dir)).unwrap();
        let mut station = Self {
            process: None,
            url: String::new(),
            config,
            data_dir,
        };
        assert!(station.try_start(env), "posd did not start");
        station
    }

    /// Starts again, after a kill. False when the process ended before it was ready.
    pub(crate) fn try_start(&mut self, env: &[(&str, &str)]) -> bool {
        self.try_start_in(&["env"], env)
    }

    /// Starts by way of another program, which becomes the station.
    pub(crate) fn try_start_in(&mut self, wrap: &[&str], env: &[(&str, &str)]) -> bool {
        let path = self.data_dir.join("log");
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        let mut child = Command::new(wrap[0])
            .args(&wrap[1..])
            .arg(env!("CARGO_BIN_EXE_posd"))
            .args(["run", "--config"])
            .arg(&self.config)
            .env("POSD_LOG", "debug")
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        self.process = Some(Process(child));
        match line.trim().rsplit_once(' ') {
            Some((_, url)) if url.starts_with("ws://") => {
                url.clone_into(&mut self.url);
                true
            }
            _ => false,
        }
    }

    /// Whether the process has ended by itself, or by a signal.
    #[cfg(feature = "failpoints")]
    pub(crate) fn has_ended(&mut self) -> bool {
        let Some(Process(child)) = &mut self.process else {
            return true;
        };
        child.try_wait().unwrap().is_some()
    }

    /// Starts so that [`Self::limit_files`] makes writes fail instead of ending the process.
    pub(crate) fn try_start_with_limits(&mut self) -> bool {
        self.try_start_in(&["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"], &[])
    }

    /// From now on no file of the station can be written beyond so many bytes.
    pub(crate) fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let done = Command::new("prlimit")
            .arg(format!("--pid={}", self.pid()))
            .arg(format!("--fsize={limit}:unlimited"))
            .status();
        assert!(done.unwrap().success());
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.as_ref().unwrap().0.id()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data_dir.join("log")).unwrap()
    }

    /// Its configuration file.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// Changes its configuration file and tells it so; returns what it logs until `until` is among it.
    pub(crate) fn reload(&self, from: &str, to: &str, until: &str) -> String {
        let text = std::fs::read_to_string(&self.config).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&self.config, text.replace(from, to)).unwrap();
        let before = self.log().len();
        signal("-HUP", self.pid());
        wait_for(until, || {
            let told = self.log().split_off(before);
            told.contains(until).then_some(told)
        })
    }

    /// Waits until the process has ended by itself.
    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        let Process(child) = self.process.as_mut().unwrap();
        wait_for("the station to end", || child.try_wait().unwrap())
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.process = None;
    }

    /// Address of the API.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A connection of an app that may do everything: it has the key of the machine itself.
    pub(crate) fn app(&self) -> App {
        App::connect(&self.url, &self.local_key())
    }

    /// The key of the machine itself.
    pub(crate) fn local_key(&self) -> String {
        let key = std::fs::read_to_string(self.data_dir.join("local.key")).unwrap();
        key.trim_end().to_owned()
    }

    /// Pairs an app; returns its key.
    pub(crate) fn pair(&self, app: &str, role: &str) -> String {
        let invite = json!({"app": app, "role": role});
        let invited = self.app().call("app.invite", invite);
        let mut stranger = App::stranger(&self.url).unwrap();
        let paired = stranger.call("session.pair", json!({"code": invited["code"]}));
        paired["key"].as_str().unwrap().to_owned()
    }

    /// A connection of an app that has paired.
    pub(crate) fn app_with(&self, key: &str) -> App {
        App::connect(&self.url, key)
    }

    /// A connection to a station that may have ended.
    #[cfg(feature = "failpoints")]
    pub(crate) fn try_app(&self) -> Result<App, Gone> {
        App::try_connect(&self.url, &self.local_key())
    }
}

/// A POS app.
pub(crate) struct App {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    next_id: u64,
    /// What was asked and is not answered yet.
    asked: BTreeMap<u64, (String, Value)>,
    frames: Vec<Value>,
    /// Events that have come so far.
    pub(crate) events: Vec<Value>,
}

/// A connection that ended under a call.
#[derive(Debug)]
pub(crate) struct Gone;

impl App {
    pub(crate) fn connect(url: &str, key: &str) -> Self {
        Self::try_connect(url, key).unwrap()
    }

    fn try_connect(url: &str, key: &str) -> Result<Self, Gone> {
        let mut app = Self::stranger(url)?;
        let hello = app.try_call("session.hello", json!({"key": key}))?;
        hello.unwrap();
        Ok(app)
    }

    /// A connection that has not shown a key.
    pub(crate) fn stranger(url: &str) -> Result<Self, Gone> {
        let (socket, _) = tungstenite::connect(url).map_err(|_| Gone)?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.set_write_timeout(Some(PATIENCE)).unwrap();
            stream.set_nodelay(true).unwrap();
        }
        Ok(Self {
            socket,
            next_id: 1,
            asked: BTreeMap::new(),
            frames: Vec::new(),
            events: Vec::new(),
        })
    }

    /// Calls a method that is expected to give a result.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.try_call(method, params)
            .unwrap()
            .unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Calls a method that is expected to be refused.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> Value {
        match self.try_call(method, params).unwrap() {
            Err(error) => error,
            Ok(result) => panic!("{method} was not refused: {result}"),
        }
    }

    /// Calls a method; the outer error is a connection that ended.
    pub(crate) fn try_call(
        &mut self,
        method: &str,
        params: Value,
    ) -> Result<Result<Value, Value>, Gone> {
        let id = self.send(method, params)?;
        self.answer(id)
    }

    /// Sends a request and returns its id.
    pub(crate) fn send(&mut self, method: &str, params: Value) -> Result<u64, Gone> {
        let id = self.next_id;
        self.next_id += 1;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.send_text(&request.to_string())?;
        self.asked.insert(id, (method.to_owned(), params));
        Ok(id)
    }

    pub(crate) fn send_text(&mut self, text: &str) -> Result<(), Gone> {
        self.send_frame(Message::text(text))
    }

    pub(crate) fn send_frame(&mut self, frame: Message) -> Result<(), Gone> {
        self.socket.send(frame).map_err(|_| Gone)
    }

    /// Waits for the answer to a request.
    pub(crate) fn answer(&mut self, id: u64) -> Result<Result<Value, Value>, Gone> {
        loop {
            if let Some(at) = self.frames.iter().position(|frame| frame["id"] == id) {
                let mut frame = self.frames.swap_remove(at);
                let asked = self.asked.remove(&id);
                return Ok(match frame.get("error") {
                    Some(error) => Err(error.clone()),
                    None => {
                        let result = frame["result"].take();
                        if let Some((method, params)) = asked {
                            Contract::get().check_result(&method, &params, &result);
                        }
                        Ok(result)
                    }
                });
            }
            self.read()?;
        }
    }

    /// The next frame that answers no request of ours: an error without an id.
    pub(crate) fn unasked(&mut self) -> Value {
        loop {
            if let Some(at) = self.frames.iter().position(|frame| frame["id"].is_null()) {
                return self.frames.swap_remove(at);
            }
            self.read().unwrap();
        }
    }

    /// Waits for an event for which `is_it` holds, among those that have come and those that come.
    pub(crate) fn event(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut seen = 0;
        loop {
            if let Some(event) = self.events.iter().skip(seen).find(|event| is_it(event)) {
                return event.clone();
            }
            seen = self.events.len();
            self.read().unwrap();
        }
    }

    fn read(&mut self) -> Result<(), Gone> {
        match self.socket.read() {
            Ok(Message::Text(text)) => {
                let mut frame: Value = serde_json::from_str(&text).unwrap();
                if let Some(error) = frame.get("error") {
                    Contract::get().check_error(error);
                }
                if frame["method"] == "event" {
                    Contract::get().check_event(&frame["params"]);
                    self.events.push(frame["params"].take());
                } else {
                    self.frames.push(frame);
                }
                Ok(())
            }
            Ok(Message::Close(_)) | Err(_) => Err(Gone),
            Ok(_) => Ok(()),
        }
    }
}

/// The `hw-sim` binary, built once when it is not there.
pub(crate) fn hw_sim() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let target = Path::new(env!("CARGO_BIN_EXE_posd")).parent().unwrap();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "hw-sim", "--manifest-path"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
            .arg("--target-dir")
            .arg(target.parent().unwrap())
            .status()
            .unwrap();
        assert!(status.success(), "hw-sim does not build");
        target.join("hw-sim")
    })
}

/// What a control port tells.
pub(crate) fn get(address: &str, path: &str) -> Value {
    http(address, "GET", path, None, None)
}

/// One request to a control port.
fn http(address: &str, method: &str, path: &str, key: Option<&str>, body: Option<&Value>) -> Value {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let body = body.map(ToString::to_string).unwrap_or_default();
    let key = key
        .map(|key| format!("Idempotency-Key: {key}\r\n"))
        .unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{key}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 20"), "{method} {path}: {answer}");
    serde_json::from_str(body).unwrap_or(Value::Null)
}
