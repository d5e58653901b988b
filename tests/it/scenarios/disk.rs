//! S40: the journal cannot be written. No money is moved that cannot be recorded, the station says
//! so, and goes on by itself once it can write again.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::journal::assert_whole;
use super::{Store, deposit, sale};
use crate::store::{App, Line, Setup, Station, wait_for};

#[test]
fn s40_disk_full() {
    let mut store = Store::open_with(Line::Serial, &[], |setup| setup);
    let first = store.station.app().call("payment.sale", sale("k1", 5_000));
    // The same data directory goes on, on a disk of two megabytes.
    store.station.kill();
    let Some(disk) = SmallDisk::start(&mut store.station) else {
        let skipped = "SKIPPED s40_disk_full: this machine lets nobody mount a small disk";
        let _ = writeln!(std::io::stderr(), "{skipped}");
        return;
    };
    let mut app = ready(&store);
    disk.fill();
    let presented = store.terminal.presentations();
    refused_for_want_of_a_journal(&mut app, &store, presented, "disk is full");
    disk.empty();
    goes_on(&mut app, &disk.inside, &first);
}

#[test]
fn s40_disk_fails() {
    let mut store = Store::open_with(Line::Serial, &[], |setup| setup);
    let first = store.station.app().call("payment.sale", sale("k1", 5_000));
    store.station.kill();
    assert!(store.station.try_start_with_limits());
    let mut app = ready(&store);
    store.station.limit_files(Some(0));
    let presented = store.terminal.presentations();
    refused_for_want_of_a_journal(&mut app, &store, presented, "journal cannot be used");
    store.station.limit_files(None);
    goes_on(&mut app, &store.station.data_dir, &first);
}

#[test]
fn s40_disk_fails_while_the_card_is_read() {
    let mut store = Store::open_with(Line::Serial, &["--t3-ms", "1500"], Setup::impatient);
    let first = store.station.app().call("payment.sale", sale("k1", 5_000));
    store.station.kill();
    assert!(store.station.try_start_with_limits());
    let mut app = ready(&store);
    let before = store.processor.booked("captured_minor");
    // The terminal is at work, and waits for a card.
    store.terminal.post("/hold", json!({"hold": true}));
    let asked = app.send("payment.sale", sale("k2", 7_000)).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    store.station.limit_files(Some(0));
    store.terminal.post("/present", json!({}));
    let refusal = app.answer(asked).unwrap().unwrap_err();
    assert_eq!(refusal["data"]["code"], "journal_unavailable", "{refusal}");
    store.terminal.post("/hold", json!({"hold": false}));
    store.station.limit_files(None);

    // Whatever has become of it, the app is told, and it is what the bank says.
    let end = wait_for("the sale to end", || {
        let found = app.try_call("operation.get", json!({"idempotency_key": "k2"}));
        let found = found.unwrap().ok()?;
        (found["state"] == "finished").then(|| found["result"].clone())
    });
    let taken = match end["outcome"].as_str() {
        Some("approved") => 7_000,
        Some("failed" | "cancelled" | "declined") => 0,
        _ => panic!("{end}"),
    };
    let captured = store.processor.booked("captured_minor");
    let refunded = store.processor.booked("refunded_minor");
    let voided = store.processor.booked("voided_minor");
    assert_eq!(
        captured - refunded - before,
        taken,
        "{end}, voided {voided}"
    );
    goes_on(&mut app, &store.station.data_dir, &first);
}

#[test]
fn s40_journal_locked_by_another_process() {
    let store = Store::open_with(Line::Serial, &[], |setup| setup);
    let first = store.station.app().call("payment.sale", sale("k1", 5_000));
    let mut app = ready(&store);
    let journal = rusqlite::Connection::open(store.station.data_dir.join("journal.db")).unwrap();
    journal.execute_batch("BEGIN IMMEDIATE").unwrap();
    let presented = store.terminal.presentations();
    refused_for_want_of_a_journal(&mut app, &store, presented, "in use by another process");
    journal.execute_batch("ROLLBACK").unwrap();
    goes_on(&mut app, &store.station.data_dir, &first);
}

#[test]
fn s40_damaged_journal() {
    let mut store = Store::open();
    store.station.app().call("payment.sale", sale("k1", 5_000));
    store.station.kill();
    let path = store.station.data_dir.join("journal.db");
    for name in ["journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(store.station.data_dir.join(name));
    }
    std::fs::write(&path, vec![0xA5; 40_960]).unwrap();
    assert!(
        !store.station.try_start(&[]),
        "it starts on a damaged journal"
    );
    let log = std::fs::read_to_string(store.station.data_dir.join("log")).unwrap();
    let last = log.lines().last().unwrap();
    assert!(
        last.contains("journal is damaged") && last.contains("backup"),
        "{last}"
    );
    assert_eq!(
        std::fs::read(&path).unwrap(),
        vec![0xA5; 40_960],
        "it is left as it was"
    );
}

#[test]
fn s40_clock_set_back() {
    let mut store = Store::open();
    let first = store.station.app().call("payment.sale", sale("k1", 5_000));
    store.station.kill();
    // As if the clock had been a day ahead when that was recorded, and was set right since.
    let journal = rusqlite::Connection::open(store.station.data_dir.join("journal.db")).unwrap();
    let ahead = "UPDATE entry SET at = at + 86400000";
    assert!(journal.execute(ahead, []).unwrap() > 0);
    assert!(store.station.try_start(&[]));
    let mut app = store.station.app();
    wait_for("the terminal", || {
        let health = app.call("station.health", json!({}));
        (health["terminals"][0]["connected"] == true).then_some(())
    });
    let health = app.call("station.health", json!({}));
    assert_eq!(health["state"], "degraded", "{health}");
    assert!(
        health["clock"].as_str().unwrap().contains("set back"),
        "{health}"
    );
    assert_eq!(app.call("payment.sale", sale("k1", 5_000)), first);
    let next = app.call("payment.sale", sale("k2", 9_000));
    assert_eq!(next["outcome"], "approved", "payments go on: {next}");
}

/// A connection to a station whose terminal is there.
fn ready(store: &Store) -> App {
    let mut app = store.station.app();
    wait_for("the terminal", || {
        let health = app.call("station.health", json!({}));
        (health["state"] == "ok").then_some(())
    });
    app.call("events.subscribe", json!({}));
    app
}

fn refused_for_want_of_a_journal(app: &mut App, store: &Store, presented: u64, why: &str) {
    let refusal = app.refused("payment.sale", sale("k2", 7_000));
    assert_eq!(refusal["data"]["code"], "journal_unavailable", "{refusal}");
    let health = app.call("station.health", json!({}));
    assert_eq!(health["state"], "failed", "{health}");
    assert!(
        health["journal"].as_str().unwrap().contains(why),
        "{health}"
    );
    let refusal = app.refused("deposit.take", deposit("k3", "O-40", 20_000));
    assert_eq!(refusal["data"]["code"], "journal_unavailable", "{refusal}");
    assert_eq!(
        store.terminal.presentations(),
        presented,
        "no card was asked for"
    );
}

/// The station takes money again, and has forgotten nothing.
fn goes_on(app: &mut App, data_dir: &Path, first: &Value) {
    wait_for("the station to go on", || {
        let health = app.call("station.health", json!({}));
        (health["state"] == "ok").then_some(())
    });
    assert_eq!(app.call("payment.sale", sale("k1", 5_000)), *first);
    let next = app.call("payment.sale", sale("k9", 9_000));
    assert_eq!(next["outcome"], "approved", "{next}");
    assert_whole(data_dir, "after the disk was mended");
}

/// A disk of its own for the data directory of a station that runs.
struct SmallDisk {
    /// The data directory as that station sees it.
    inside: PathBuf,
}

impl SmallDisk {
    /// Starts the station with its data directory moved to a small disk that only it can see. `None`
    /// where the machine does not permit that.
    fn start(station: &mut Station) -> Option<Self> {
        let permitted = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "true"])
            .status();
        if !permitted.is_ok_and(|status| status.success()) {
            return None;
        }
        let directory = station.data_dir.to_str().unwrap().to_owned();
        let script = format!(
            "cp -a '{directory}' '{directory}.kept' && mount -t tmpfs -o size=2M tmpfs '{directory}' \
             && cp -a '{directory}.kept/.' '{directory}/' && exec \"$@\""
        );
        let wrap = [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            &script,
            "sh",
        ];
        assert!(station.try_start_in(&wrap, &[]));
        let inside = PathBuf::from(format!("/proc/{}/root{directory}", station.pid()));
        Some(Self { inside })
    }

    fn fill(&self) {
        let mut filler = std::fs::File::create(self.inside.join("filler")).unwrap();
        let block = [0_u8; 4096];
        while filler.write_all(&block).is_ok() {}
    }

    fn empty(&self) {
        std::fs::remove_file(self.inside.join("filler")).unwrap();
    }
}
