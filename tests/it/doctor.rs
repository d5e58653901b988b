//! `posd doctor`: broken things, each named by a real process, and none of them touched.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::store::{Line, Setup, Simulator, Station, wait_for};

/// What it says, without what is of this machine and not of the test: its clock, units and rules.
struct Told {
    checks: Vec<Value>,
}

impl Told {
    fn by(config: &Path) -> Self {
        let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
        posd.args(["doctor", "--json", "--config"]).arg(config);
        let output = posd.output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let code = match told["worst"].as_str().unwrap() {
            "ok" => 0,
            "warning" => 1,
            _ => 2,
        };
        assert_eq!(output.status.code(), Some(code), "{told}");
        let ours = |check: &&Value| {
            let of_machine = ["clock", "unit", "device rules", "free space"];
            !of_machine.contains(&check["check"].as_str().unwrap())
        };
        let checks = told["checks"].as_array().unwrap().iter();
        Self {
            checks: checks.filter(ours).cloned().collect(),
        }
    }

    /// Asserts that this is said, with something to do about it.
    fn says(&self, check: &str, state: &str, says: &str) {
        let found = self.checks.iter().find(|line| {
            line["check"] == check
                && line["state"] == state
                && line["says"].as_str().unwrap().contains(says)
        });
        let found = found.unwrap_or_else(|| panic!("{check} {state} {says}: {:#?}", self.checks));
        assert_eq!(found["advice"].is_null(), state == "ok", "{found}");
    }

    fn is_well(&self) {
        let mut checks = self.checks.iter();
        assert!(
            checks.all(|line| line["state"] == "ok"),
            "{:#?}",
            self.checks
        );
    }
}

/// A station at a port that stays the same over restarts; it comes last, and so it ends first.
fn open(directory: &Path) -> (Simulator, Simulator, u16, Station) {
    let processor = Simulator::processor();
    let terminal = Simulator::terminal(Line::Serial, directory, &processor, &[]);
    let setup = Setup::new("a", Some(&terminal), &processor);
    let station = Station::start(directory, &setup);
    let port: u16 = station
        .url()
        .rsplit(':')
        .next()
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let text = fs::read_to_string(station.config()).unwrap();
    let fixed = text.replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
    fs::write(station.config(), fixed).unwrap();
    fs::set_permissions(&station.data_dir, fs::Permissions::from_mode(0o700)).unwrap();
    (terminal, processor, port, station)
}

#[test]
fn a_station_that_runs_is_asked_and_no_payment_is_touched() {
    let directory = tempfile::tempdir().unwrap();
    let (terminal, _processor, _, station) = open(directory.path());
    let mut app = station.app();
    app.call("events.subscribe", json!({}));
    terminal.post("/hold", json!({"hold": true}));
    let sale = json!({"idempotency_key": "k", "amount_minor": 100, "currency": "NOK"});
    let asked = app.send("payment.sale", sale).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    let told = Told::by(station.config());
    told.is_well();
    told.says("station", "ok", "it runs and answers");
    told.says("terminal", "ok", "till is connected");
    told.says("token key", "ok", "belongs to the journal");
    told.says("journal", "ok", "is whole");
    terminal.post("/present", json!({}));
    terminal.post("/hold", json!({"hold": false}));
    let paid = app.answer(asked).unwrap().unwrap();
    assert_eq!(paid["outcome"], "approved", "{paid}");

    terminal.post("/unplug", json!({"ms": 600_000}));
    wait_for("the terminal to be missed", || {
        let listed = app.call("terminal.list", json!({}));
        (listed["terminals"][0]["connected"] == false).then_some(())
    });
    Told::by(station.config()).says("terminal", "error", "till is not connected: ");
    let more = "[[reader]]\nid = \"counter\"\nconnection = \"pn532_uart:/dev/none:115200\"\n\
                helper = \"/nonexistent/posd-nfc\"\n[limits]";
    station.reload("[limits]", more, "is taken over");
    wait_for("the reader to be missed", || {
        let health = app.call("station.health", json!({}));
        health["readers"][0]["cause"].is_string().then_some(())
    });
    let told = Told::by(station.config());
    told.says(
        "reader",
        "error",
        "counter: its helper /nonexistent/posd-nfc cannot be run",
    );
    told.says(
        "reader",
        "warning",
        "counter is not ready: /dev/none is not there",
    );
}

#[test]
fn what_is_broken_is_named_when_no_station_runs() {
    let directory = tempfile::tempdir().unwrap();
    let (terminal, _processor, port, mut station) = open(directory.path());
    station.kill();
    let config = station.config().to_owned();
    let check = || Told::by(&config);
    let told = check();
    told.says("station", "warning", "no station runs at 127.0.0.1");
    assert!(
        told.checks.iter().all(|line| line["state"] != "error"),
        "{:#?}",
        told.checks
    );

    let other = TcpListener::bind(("127.0.0.1", port)).unwrap();
    check().says("station", "error", &format!("port {port} is in use by it-"));
    drop(other);

    let text = fs::read_to_string(&config).unwrap();
    let device = terminal.place();
    let elsewhere = |device: &Path| {
        let changed = text.replace(&terminal.place(), device.to_str().unwrap());
        fs::write(&config, changed).unwrap();
    };
    elsewhere(&directory.path().join("unplugged"));
    check().says("terminal", "error", "till: there is no device");
    fs::write(directory.path().join("unplugged"), "").unwrap();
    check().says("terminal", "error", "unplugged is no serial port");
    fs::write(&config, &text).unwrap();
    let told = check();
    assert!(told.checks.iter().any(|line| {
        let says = line["says"].as_str().unwrap();
        line["check"] == "terminal" && says.contains(&device)
    }));

    let network = "[network]\nlisten = \"127.0.0.1:0\"\nnames = []\ncertificate = \"/nonexistent/c\"\n\
                   key = \"/nonexistent/k\"\n[limits]";
    fs::write(&config, text.replace("[limits]", network)).unwrap();
    check().says("certificate", "error", "/nonexistent/k");
    fs::write(&config, text.replace("data_dir", "data_dri")).unwrap();
    check().says("configuration", "error", ":4: station.data_dri");
}

#[test]
fn what_is_wrong_with_the_files_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let (_terminal, _processor, _, mut station) = open(directory.path());
    station.kill();
    let config = station.config().to_owned();
    let check = || Told::by(&config);
    let data = |name: &str| station.data_dir.join(name);
    let set = |name: &str, mode| {
        fs::set_permissions(data(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    set("token.key", 0o644);
    check().says("token key", "error", "token.key");
    set("token.key", 0o600);
    let key = fs::read(data("token.key")).unwrap();
    fs::write(data("token.key"), [7; 32]).unwrap();
    check().says("token key", "error", "does not open the tokens");
    fs::remove_file(data("token.key")).unwrap();
    check().says("token key", "warning", "is missing");
    fs::write(data("token.key"), key).unwrap();
    set("token.key", 0o600);
    set("local.key", 0o644);
    check().says("local key", "warning", "can be read by others (mode 0644)");
    set("local.key", 0o640);
    set("", 0o777);
    check().says(
        "data directory",
        "warning",
        "can be changed by others (mode 0777)",
    );
    set("", 0o700);
    fs::set_permissions(&config, fs::Permissions::from_mode(0o666)).unwrap();
    check().says("configuration", "warning", "can be changed by others");
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644)).unwrap();

    // A page in the middle of the file is overwritten, all of it being in that one file.
    let path = data("journal.db");
    let journal = rusqlite::Connection::open(&path).unwrap();
    journal
        .pragma_update(None, "journal_mode", "DELETE")
        .unwrap();
    drop(journal);
    let mut journal = fs::read(&path).unwrap();
    let whole = journal.clone();
    let middle = journal.len() / 2 / 4096 * 4096;
    journal[middle..middle + 4096].fill(0xA5);
    fs::write(&path, &journal).unwrap();
    check().says("journal", "error", "journal.db");
    fs::write(&path, whole).unwrap();
    check().says("journal", "ok", "is whole");
}
