//! Terminals that are named by what they are, unplugged and plugged in elsewhere: S46.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::recovery::{AMOUNT, check, is_approved, settle};
use super::{Store, sale};
use crate::devices::{Tree, Usb, terminal};
use crate::store::{App, Line, Setup, Simulator, Station, wait_for};

const OURS: Usb = terminal("SN123");
const SERIAL: &str = "usb = { vendor = \"0b00\", product = \"0080\", serial = \"SN123\" }";
const ANY: &str = "usb = { vendor = \"0b00\", product = \"0080\" }";

/// With transaction sync the terminal keeps what was not acknowledged, without it takes it back.
const SYNC: [&[&str]; 2] = [&[], &["--no-sync"]];

#[test]
fn s46_unplugged_and_plugged_in_elsewhere() {
    let (store, tree, mut app) = open(SERIAL, &[]);
    // Another terminal of the kind comes, and gets the name that ours had.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Simulator::terminal(Line::Serial, elsewhere.path(), &store.processor, &[]);
    unplug(&store, &tree, "ttyACM0");
    let gone = app.event(|event| {
        let cause = event["cause"].as_str().unwrap_or_default();
        event["event"] == "terminal_disconnected" && cause.contains("is not plugged in")
    });
    let cause = gone["cause"].as_str().unwrap();
    assert!(
        cause.contains("0b00:0080 with serial number SN123"),
        "{cause}"
    );
    tree.plug_in(terminal("SN9"), "1-1", "ttyACM0", Path::new(&other.place()));

    app.events.clear();
    plug_in(&store, &tree, "2-1.3", "ttyACM4");
    app.event(|event| event["event"] == "terminal_connected");
    let next = app.call("payment.sale", sale("k1", AMOUNT));
    assert!(is_approved(&next), "{next}");
    check(&store, &next, AMOUNT);
    assert_eq!(store.terminal.presentations(), 2);
    assert_eq!(other.presentations(), 0);
}

#[test]
fn s46_unplugged_while_a_card_is_waited_for() {
    each(|sync| {
        let (store, tree, mut app) = open(SERIAL, sync);
        store.terminal.post("/hold", json!({"hold": true}));
        let end = settle(&store, &mut app, |store, app| {
            app.event(|event| event["prompt"] == "present_card");
            unplug(store, &tree, "ttyACM0");
            app.event(|event| event["event"] == "operation_in_doubt");
            store.terminal.post("/hold", json!({"hold": false}));
            plug_in(store, &tree, "2-1", "ttyACM1");
        });
        assert_ne!(end["outcome"], "in_doubt", "{sync:?}: {end}");
        assert!(store.terminal.presentations() <= 3, "{sync:?}: {end}");
    });
}

/// The money has moved when the terminal is found again.
#[test]
fn s46_unplugged_while_the_host_is_asked() {
    each(|sync| {
        let (store, tree, mut app) = open(SERIAL, &[sync, &["--host-ms", "600"]].concat());
        let end = settle(&store, &mut app, |store, app| {
            app.event(|event| event["prompt"] == "processing");
            unplug(store, &tree, "ttyACM0");
            app.event(|event| event["event"] == "operation_in_doubt");
            wait_for("the host to have answered", || {
                (store.processor.booked("captured_minor") >= 2 * AMOUNT).then_some(())
            });
            plug_in(store, &tree, "2-1", "ttyACM1");
        });
        assert_eq!(store.terminal.presentations(), 3, "{sync:?}: {end}");
    });
}

/// Which one is meant nobody can know: a person is told, and nothing is asked of either.
#[test]
fn s46_two_that_match_are_both_named() {
    let (mut store, tree, app) = open(ANY, &[]);
    drop(app);
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Simulator::terminal(Line::Serial, elsewhere.path(), &store.processor, &[]);
    tree.plug_in(terminal("SN9"), "1-2", "ttyACM1", Path::new(&other.place()));
    store.station.kill();
    let root = ("POSD_DEVICE_ROOT", tree.root());
    assert!(store.station.try_start(&[root]));
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let cause = wait_for("the cause", || {
        let health = app.call("station.health", json!({}));
        let cause = health["terminals"][0]["cause"].as_str();
        cause.map(str::to_owned)
    });
    for part in [
        "more than one",
        "SN123",
        "SN9",
        "ttyACM0",
        "ttyACM1",
        "`serial`",
    ] {
        assert!(cause.contains(part), "{part}: {cause}");
    }
    let id = app.send("payment.sale", sale("k1", AMOUNT)).unwrap();
    app.event(|event| event["event"] == "operation_started");
    app.call("terminal.abort", json!({}));
    let answer = app.answer(id).unwrap().unwrap();
    assert_eq!(answer["outcome"], "cancelled", "{answer}");

    // One is taken away: the one that is left is it.
    tree.unplug("ttyACM1");
    app.event(|event| event["event"] == "terminal_connected");
    let next = app.call("payment.sale", sale("k2", AMOUNT));
    assert!(is_approved(&next), "{next}");
    check(&store, &next, AMOUNT);
    assert_eq!(other.presentations(), 0);
}

fn each(check: impl Fn(&'static [&'static str]) + Sync) {
    std::thread::scope(|scope| {
        for sync in SYNC {
            let check = &check;
            scope.spawn(move || check(sync));
        }
    });
}

/// A store whose terminal is plugged in at `1-1` and is called `ttyACM0`; one payment was made.
fn open(name: &str, more: &[&str]) -> (Store, Tree, App) {
    let directory = tempfile::tempdir().unwrap();
    let tree = Tree::below(directory.path());
    let processor = Simulator::processor();
    let soon = ["--t2-ms", "250", "--t3-ms", "1500"];
    let more = [&soon, more].concat();
    let terminal = Simulator::terminal(Line::Serial, directory.path(), &processor, &more);
    tree.plug_in(OURS, "1-1", "ttyACM0", Path::new(&terminal.place()));
    let setup = Setup {
        terminal: Some(name.to_owned()),
        ..Setup::new("a", None, &processor).impatient()
    };
    let root = ("POSD_DEVICE_ROOT", tree.root());
    let station = Station::start_with(directory.path(), &setup, &[root]);
    let mut app = station.app();
    let store = Store {
        station,
        terminal,
        processor,
        directory,
    };
    app.call("events.subscribe", json!({}));
    let first: Value = app.call("payment.sale", sale("k0", AMOUNT));
    assert!(is_approved(&first), "{first}");
    app.event(|event| event["event"] == "operation_finished");
    app.events.clear();
    (store, tree, app)
}

fn unplug(store: &Store, tree: &Tree, port: &str) {
    store.terminal.post("/unplug", json!({"ms": 600_000}));
    tree.unplug(port);
}

fn plug_in(store: &Store, tree: &Tree, place: &str, port: &str) {
    store.terminal.post("/unplug", json!({"ms": 0}));
    let node = PathBuf::from(store.terminal.place());
    wait_for("the line", || node.exists().then_some(()));
    tree.plug_in(OURS, place, port, &node);
}
