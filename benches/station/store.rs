//! The programs under measurement. Each is a process that ends with the value that stands for it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::{self, App};

/// In `/proc`, on every Linux.
const TICKS_PER_SECOND: u32 = 100;

const POSD: &str = env!("CARGO_BIN_EXE_posd");

/// Where cargo builds to.
pub(crate) fn target() -> PathBuf {
    Path::new(POSD).ancestors().nth(2).unwrap().to_owned()
}

/// A directory for everything that a run leaves, removed at its end.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    /// On the disk that holds the build, as `/tmp` may be memory; or in `BENCH_DIR`.
    pub(crate) fn new() -> Self {
        let place = std::env::var_os("BENCH_DIR").map_or_else(target, PathBuf::from);
        Self(tempfile::tempdir_in(place).unwrap())
    }

    pub(crate) fn directory(&self, name: &str) -> PathBuf {
        let directory = self.0.path().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        directory
    }
}

/// A process that is killed when its value goes.
pub(crate) struct Process(Child);

impl Process {
    /// Starts a program and waits for its first line.
    pub(crate) fn start(command: &mut Command) -> (Self, String) {
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child =
            spawned.unwrap_or_else(|error| panic!("{command:?}: {error}; was it built?"));
        let out = child.stdout.take().unwrap();
        let process = Self(child);
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "{command:?} did not start");
        (process, line)
    }

    /// Lets it end in order, and waits.
    pub(crate) fn stop(mut self) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.0.wait().unwrap();
    }

    /// Seconds of processor time so far, of all its threads.
    pub(crate) fn busy(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let ticks = |field| -> f64 { fields.split(' ').nth(field).unwrap().parse().unwrap() };
        (ticks(11) + ticks(12)) / f64::from(TICKS_PER_SECOND)
    }

    /// Resident memory in KiB.
    pub(crate) fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        line.unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A simulator.
pub(crate) struct Simulator {
    _process: Process,
    ready: Value,
}

impl Simulator {
    pub(crate) fn processor() -> Self {
        Self::start(&["processor", "--http", "127.0.0.1:0", "--plain-amounts"])
    }

    /// A terminal on a pseudo-terminal, without a delay of its own.
    pub(crate) fn terminal(directory: &Path, id: &str, processor: &Self) -> Self {
        let pty = directory.join(id);
        let url = format!("http://{}", processor.address());
        let arguments = [
            "terminal",
            "--pty",
            pty.to_str().unwrap(),
            "--processor",
            &url,
        ];
        let more = ["--merchant", "M-1", "--terminal-id", id];
        Self::start(&[arguments.as_slice(), &more].concat())
    }

    fn start(arguments: &[&str]) -> Self {
        let program = Path::new(POSD).with_file_name("hw-sim");
        let (process, line) = Process::start(Command::new(program).args(arguments));
        Self {
            _process: process,
            ready: serde_json::from_str(&line).unwrap(),
        }
    }

    /// A contactless reader on a pseudo-terminal.
    #[cfg(feature = "nfc")]
    pub(crate) fn reader(directory: &Path) -> Self {
        let pty = directory.join("reader");
        let pty = pty.to_str().unwrap();
        Self::start(&["nfc", "--pty", pty, "--control", "127.0.0.1:0"])
    }

    /// Orders something over the control port.
    #[cfg(feature = "nfc")]
    pub(crate) fn order(&self, path: &str, body: &str) {
        use std::io::{Read as _, Write as _};
        let address = self.ready["control"].as_str().unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len(),
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200"),
            "{path} {body}: {answer}"
        );
    }

    /// Where the processor listens.
    pub(crate) fn address(&self) -> &str {
        self.ready["http"].as_str().unwrap()
    }

    /// Where the terminal's line is.
    pub(crate) fn pty(&self) -> &str {
        self.ready["pty"].as_str().unwrap()
    }
}

/// How a station is set up; it can be started as often as wanted.
pub(crate) struct Setup {
    directory: PathBuf,
}

/// A running station.
pub(crate) struct Station {
    pub(crate) process: Process,
    pub(crate) url: String,
    key: String,
    /// From the start of the process until it said that it is ready.
    pub(crate) start: Duration,
}

impl Setup {
    pub(crate) fn new(directory: PathBuf, processor: &Simulator, pty: Option<&str>) -> Self {
        Self::with(directory, processor, pty, "")
    }

    /// With more tables in its configuration.
    pub(crate) fn with(
        directory: PathBuf,
        processor: &Simulator,
        pty: Option<&str>,
        more: &str,
    ) -> Self {
        let mut text = format!(
            "[station]\nname = \"bench\"\nlisten = \"127.0.0.1:0\"\ndata_dir = {directory:?}\n\
             [[merchant_account]]\nid = \"nordic\"\nconnector = \"sim\"\nmerchant = \"M-1\"\n\
             url = \"http://{}\"\n",
            processor.address(),
        );
        text.push_str(more);
        if let Some(pty) = pty {
            text.push_str(&format!(
                "[[terminal]]\nid = \"till\"\nprotocol = \"zvt\"\ncurrency = \"NOK\"\n\
                 merchant_account = \"nordic\"\ndevice = {pty:?}\n",
            ));
        }
        std::fs::write(directory.join("posd.toml"), text).unwrap();
        Self { directory }
    }

    /// Where its configuration is.
    pub(crate) fn config(&self) -> PathBuf {
        self.directory.join("posd.toml")
    }

    pub(crate) fn start(&self) -> Station {
        let log = std::fs::File::create(self.directory.join("log")).unwrap();
        let config = self.config();
        let mut command = Command::new(POSD);
        command.args(["run", "--config"]).arg(config).stderr(log);
        command.env_remove("POSD_LOG");
        let begun = Instant::now();
        let (process, line) = Process::start(&mut command);
        let start = begun.elapsed();
        let (_, url) = line.trim().rsplit_once(' ').unwrap();
        let key = std::fs::read_to_string(self.directory.join("local.key")).unwrap();
        Station {
            process,
            url: url.to_owned(),
            key: key.trim_end().to_owned(),
            start,
        }
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.directory.join("journal.db")
    }
}

impl Station {
    /// What an app says first: with the key of the machine itself it may do everything.
    pub(crate) fn hello(&self) -> String {
        app::request("session.hello", &json!({ "key": self.key }))
    }

    /// A connection of an app that has said it.
    pub(crate) async fn app(&self) -> App {
        let mut app = App::connect(&self.url).await;
        let greeted = app.echo(&self.hello()).await;
        assert!(greeted.contains("\"result\""), "{greeted}");
        app
    }
}

/// How long the same program takes to start and do nothing.
pub(crate) fn bare_start() -> Duration {
    let begun = Instant::now();
    let (process, _) = Process::start(Command::new(POSD).arg("--version"));
    let start = begun.elapsed();
    drop(process);
    start
}
