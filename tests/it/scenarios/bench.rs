//! A technician's bench: a whole store from one command, and a conversation that is recorded and played
//! again.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::sale;
use crate::store::{self, App, Line, Setup, Simulator, Station, first_line, wait_for};

/// `hw-sim store`, running.
struct OpenStore {
    process: Child,
    ready: Value,
}

impl OpenStore {
    fn open(more: &[&str]) -> Self {
        let mut process = start(more);
        let line = first_line(&mut process);
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {line:?}"));
        Self { process, ready }
    }

    fn home(&self) -> PathBuf {
        let config = Path::new(self.ready["config"].as_str().unwrap());
        config.parent().unwrap().to_owned()
    }

    fn station(&self) -> Pid {
        let id = self.ready["station_process"].as_i64().unwrap();
        Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
    }

    fn app(&self) -> App {
        let key = std::fs::read_to_string(self.home().join("data/local.key")).unwrap();
        App::connect(self.ready["station"].as_str().unwrap(), key.trim())
    }

    /// What it has said until it ended, and whether it has ended well.
    fn ended(mut self) -> (String, bool) {
        let mut told = String::new();
        let mut err = self.process.stderr.take().unwrap();
        err.read_to_string(&mut told).unwrap();
        (told, self.process.wait().unwrap().success())
    }
}

fn start(more: &[&str]) -> Child {
    Command::new(store::hw_sim())
        .args(["store", "--listen", "127.0.0.1:0"])
        .args(more)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_whole_store_opens_works_and_leaves_nothing_behind() {
    for (more, place, paid) in [
        (&["--terminals", "2"][..], "pty", 5_000),
        (
            &[
                "--terminals",
                "2",
                "--tcp",
                "--scenario",
                "partial-approval",
            ],
            "tcp",
            1_000,
        ),
    ] {
        let store = OpenStore::open(more);
        let terminals = store.ready["terminals"].as_array().unwrap();
        assert_eq!(terminals.len(), 2, "{}", store.ready);
        let mut app = store.app();
        for (at, terminal) in terminals.iter().enumerate() {
            assert!(terminal[place].is_string(), "{terminal}");
            let mut params = sale(&format!("k{at}"), 5_000);
            params["terminal"] = terminal["id"].clone();
            // Each has its own control port.
            let control = terminal["control"].as_str().unwrap();
            let answer = app.call("payment.sale", params);
            assert_eq!(answer["captured_minor"], paid, "{answer}");
            assert_eq!(store::get(control, "/state")["presentations"], 1);
        }
        let (home, station) = (store.home(), store.station());
        let id = i32::try_from(store.process.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::INT).unwrap();
        let (told, is_good) = store.ended();
        assert!(is_good, "{told}");
        assert!(!home.exists(), "{} is left", home.display());
        let process = format!("/proc/{}", station.as_raw_nonzero());
        wait_for("the station to be gone", || {
            (!Path::new(&process).exists()).then_some(())
        });
    }
}

/// A store without its station is none: it says so, and ends.
#[test]
fn a_store_ends_with_its_station() {
    let store = OpenStore::open(&[]);
    let home = store.home();
    kill_process(store.station(), Signal::KILL).unwrap();
    let (told, is_good) = store.ended();
    assert!(!is_good && told.contains("the station has ended"), "{told}");
    assert!(!home.exists(), "{} is left", home.display());
    let process = start(&["--posd", "/nowhere/posd"]);
    let (told, is_good) = OpenStore {
        process,
        ready: json!({}),
    }
    .ended();
    assert!(!is_good && told.contains("/nowhere/posd"), "{told}");
}

/// A day at a real station is recorded between it and its terminal, and played to another station: it
/// comes to the same.
#[test]
fn a_recorded_day_replays_to_the_same_outcome() {
    for line in [Line::Serial, Line::Tcp] {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let processor = Simulator::processor();
        // The worst terminal: it tells card numbers in the clear.
        let terminal = Simulator::terminal(line, directory.path(), &processor, &["--full-pan"]);
        let file = path("day.txt");
        let till = match line {
            Line::Serial => path("till"),
            Line::Tcp => "127.0.0.1:0".to_owned(),
        };
        let between = [
            "record",
            "--between",
            &terminal.place(),
            &till,
            "--to",
            &file,
        ];
        let recorder = Simulator::start(&between);
        let recorded = day(&directory.path().join("a"), &recorder, &processor, |card| {
            terminal.post("/card", json!({"name": card}));
        });
        drop(recorder);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("Status-Information"), "{text}");
        for number in ["4111111111111111", "5454545454545454"] {
            assert!(!text.contains(number), "{text}");
            let packed = pairs(number).join(" ");
            let spelt = number.bytes().map(|digit| format!("{digit:02X}"));
            let spelt = spelt.collect::<Vec<_>>().join(" ");
            assert!(!text.contains(&packed) && !text.contains(&spelt), "{text}");
        }
        let place = match line {
            Line::Serial => ["--pty", &till],
            Line::Tcp => ["--tcp", &till],
        };
        let played = [&["replay", &file], &place[..]].concat();
        let player = Simulator::start(&played);
        let again = day(&directory.path().join("b"), &player, &processor, |_| ());
        assert_eq!(again, recorded, "{line:?}");
        assert_eq!(recorded[0]["outcome"], "approved", "{recorded:?}");
        assert_eq!(recorded[1]["code"], "insufficient_funds", "{recorded:?}");
    }
}

/// What three payments come to, without what is new each time.
fn day(
    directory: &Path,
    terminal: &Simulator,
    processor: &Simulator,
    present: impl Fn(&str),
) -> Vec<Value> {
    let station = Station::start(directory, &Setup::new("a", Some(terminal), processor));
    let mut app = station.app();
    let cards = ["visa-approve", "insufficient-funds", "pin"];
    let sales = (1_u64..).zip(cards).map(|(at, card)| {
        present(card);
        let paid = app.call("payment.sale", sale(&format!("k{at}"), 5_000 + at * 100));
        let payment = &paid["payments"][0];
        let numbers = [
            "masked_pan",
            "brand",
            "authorization_code",
            "receipt_number",
            "trace_number",
        ];
        json!({
            "outcome": paid["outcome"], "code": paid["code"], "captured": paid["captured_minor"],
            "numbers": numbers.map(|name| payment[name].clone()),
        })
    });
    sales.collect()
}

fn pairs(digits: &str) -> Vec<String> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| String::from_utf8(pair.to_vec()).unwrap())
        .collect()
}

#[test]
fn scenarios_are_listed_and_checked_by_line() {
    let run = |arguments: &[&str]| {
        let output = Command::new(store::hw_sim())
            .args(arguments)
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        (out, output.status.success())
    };
    let (listed, _) = run(&["presets"]);
    assert_eq!(listed.lines().count(), 16, "{listed}");
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.txt");
    let name = file.to_str().unwrap();
    // One that is there is a start for one's own.
    let (text, _) = run(&["presets", "reboot-in-mid-payment"]);
    std::fs::write(&file, &text).unwrap();
    assert_eq!(run(&["scenario", "check", name]), (String::new(), true));
    std::fs::write(&file, text + "payment 2 cart pin\n").unwrap();
    let (told, is_good) = run(&["scenario", "check", name]);
    assert!(
        !is_good && told.starts_with(&format!("{name}:3: `cart`; expected card, hold,")),
        "{told}"
    );
    let (_, starts) = run(&["terminal", "--tcp", "127.0.0.1:0", "--scenario", name]);
    assert!(!starts, "what cannot be read is not played");
}
