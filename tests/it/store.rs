//! A store for tests: the real `posd` binary, real WebSockets, a simulated terminal behind a real
//! pseudo-terminal or TCP socket, a simulated processor over HTTP, a real SQLite file. Everything is
//! a process of its own and ends with the value that stands for it.

mod app;
mod simulator;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

pub(crate) use self::app::App;
#[cfg(feature = "failpoints")]
pub(crate) use self::app::Gone;
pub(crate) use self::simulator::{Line, Simulator, get, hw_sim};

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

/// Lets this process have so many files open, as far as the system allows it: tests that hold a thousand
/// connections run beside each other.
pub(crate) fn may_open_files(count: u64) {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(count, |maximum| maximum.min(count));
    if limit.current.is_some_and(|current| current < most) {
        let raised = Rlimit {
            current: Some(most),
            ..limit
        };
        setrlimit(Resource::Nofile, raised).unwrap();
    }
}

/// Sends a process a signal, such as `-TERM`.
pub(crate) fn signal(name: &str, pid: u32) {
    let done = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(done.unwrap().success());
}

/// No single wait of a test is longer; it ends a test that hangs, it measures nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a process says when it is ready; nothing if it ends before.
pub(crate) fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    line
}

/// A process that is killed when its value goes.
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
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
            // As where nobody has set it: a busy machine may keep a terminal waiting for seconds.
            response_ms: 5_000,
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
        let line = first_line(&mut child);
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

    /// Changes its configuration file and tells it so; returns what it logs until it has taken that over,
    /// or has said that it does not, and `until` is among it.
    pub(crate) fn reload(&self, from: &str, to: &str, until: &str) -> String {
        let text = std::fs::read_to_string(&self.config).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&self.config, text.replace(from, to)).unwrap();
        let before = self.log().len();
        signal("-HUP", self.pid());
        wait_for(until, || {
            let told = self.log().split_off(before);
            let is_done = told.contains("the configuration is ") && told.contains(until);
            is_done.then_some(told)
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
