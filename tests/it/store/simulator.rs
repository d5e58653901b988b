//! Simulated terminals, readers and processors, each a process of its own with a control port.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use super::{PATIENCE, Process, first_line};

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
        let line = first_line(&mut child);
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
