//! S48: the terminal's batch is closed, and what it counts is held against the journal.

use std::process::{Command, Output};

use serde_json::{Value, json};

use super::doubt::{replaced_in_mid_payment, shown};
use super::{Store, sale};
use crate::store::{App, Line, Setup, Simulator, Station};

const AGREES: [&str; 2] = ["approved", "done"];

fn reconcile(key: &str) -> Value {
    json!({"idempotency_key": key})
}

fn pay(app: &mut App, key: &str, amount_minor: u64) -> Value {
    let paid = app.call("payment.sale", sale(key, amount_minor));
    assert_eq!(paid["outcome"], "approved", "{paid}");
    paid["payments"][0]["payment_id"].clone()
}

/// What a terminal and the journal count in a group: how many, how much.
fn counted(answer: &Value, group: &str) -> [[u64; 2]; 2] {
    let groups = answer["reconciliation"]["groups"].as_array().unwrap();
    let found = groups.iter().find(|it| it["group"] == group);
    ["journal", "terminal"].map(|side| {
        let side = found.map(|group| &group[side]);
        ["count", "amount_minor"].map(|it| side.map_or(0, |side| side[it].as_u64().unwrap()))
    })
}

fn batches_closed(store: &Store) -> u64 {
    store.terminal.get("/state")["batches_closed"]
        .as_u64()
        .unwrap()
}

#[test]
fn s48_terminal_and_journal_are_compared_and_the_batch_is_closed() {
    // Follow-ups go through the terminal, so that it has something to undo and to book.
    let mut store = Store::open_with(Line::Serial, &[], |setup| Setup {
        more_account: "follows_up_terminals = false".to_owned(),
        ..setup
    });
    let mut app = store.station.app();
    pay(&mut app, "k1", 50_000);
    store.use_card("mc-approve");
    pay(&mut app, "k2", 20_000);
    let undone = pay(&mut app, "k3", 7_000);
    let follow_up =
        |key: &str, payment: &Value| json!({"idempotency_key": key, "payment_id": payment});
    let back = app.call("payment.refund", follow_up("k4", &undone));
    assert_eq!(back["outcome"], "approved", "{back}");
    let held = app.call("payment.authorize", sale("k5", 30_000));
    let mut part = follow_up("k6", &held["payments"][0]["payment_id"]);
    part["amount_minor"] = json!(12_000);
    part["currency"] = json!("NOK");
    let taken = app.call("payment.capture", part);
    assert_eq!(taken["captured_minor"], 12_000, "{taken}");
    store.use_card("decline");
    let declined = app.call("payment.sale", sale("k7", 1_000));
    assert_eq!(declined["outcome"], "declined", "{declined}");
    store.use_card("visa-approve");

    // Asking closes nothing.
    for _ in 0..2 {
        let asked = app.call("terminal.totals", json!({}));
        assert_eq!([&asked["outcome"], &asked["code"]], AGREES, "{asked}");
        assert_eq!(asked["reconciliation"]["closed"], false, "{asked}");
        assert_eq!(counted(&asked, "VISA"), [[1, 50_000]; 2], "{asked}");
        assert_eq!(counted(&asked, "Mastercard"), [[2, 32_000]; 2], "{asked}");
    }
    assert_eq!(batches_closed(&store), 0);
    let closed = app.call("terminal.reconcile", reconcile("e1"));
    assert_eq!([&closed["outcome"], &closed["code"]], AGREES, "{closed}");
    assert_eq!(closed["reconciliation"]["closed"], true, "{closed}");
    assert_eq!(closed["reconciliation"]["agrees"], true, "{closed}");
    assert_eq!(
        closed["reconciliation"]["first_receipt"], "0001",
        "{closed}"
    );
    assert_eq!(counted(&closed, "Mastercard"), [[2, 32_000]; 2], "{closed}");
    assert_eq!(closed["receipts"][0]["kind"], "administration", "{closed}");
    assert_eq!(app.call("terminal.reconcile", reconcile("e1")), closed);
    assert_eq!(batches_closed(&store), 1);

    // The next day counts only what is its own, also after a restart.
    pay(&mut app, "k8", 3_000);
    store.station.kill();
    assert!(store.station.try_start(&[]));
    let mut app = store.station.app();
    let stored = app.call("operation.get", reconcile("e1"));
    assert_eq!(stored["result"], closed, "{stored}");
    let next = app.call("terminal.reconcile", reconcile("e2"));
    assert_eq!([&next["outcome"], &next["code"]], AGREES, "{next}");
    assert_eq!(counted(&next, "VISA"), [[1, 3_000]; 2], "{next}");
    assert_eq!(counted(&next, "Mastercard"), [[0, 0]; 2], "{next}");
    let nothing = app.call("terminal.reconcile", reconcile("e3"));
    assert_eq!(nothing["reconciliation"]["groups"], json!([]), "{nothing}");
    assert_eq!(nothing["reconciliation"]["agrees"], true, "{nothing}");
    let key = store.station.pair("till-1", "cashier");
    let mut cashier = store.station.app_with(&key);
    for method in ["terminal.totals", "terminal.reconcile"] {
        let refused = cashier.refused(method, json!({}));
        assert_eq!(refused["data"]["needs"], "supervisor", "{refused}");
    }
}

#[test]
fn s48_differences_are_named() {
    let mut store = Store::open();
    let mut app = store.station.app();
    for (key, amount) in [("k1", 50_000), ("k2", 20_000)] {
        pay(&mut app, key, amount);
    }
    let left_out = pay(&mut app, "k3", 30_000);
    let miscount = json!({"kind": "miscount", "count": 2});
    store.terminal.post("/fault", miscount);
    let told = app.call("terminal.reconcile", reconcile("e1"));
    assert_eq!(told["outcome"], "approved", "{told}");
    assert_eq!(told["code"], "totals_differ", "{told}");
    assert_eq!(told["reconciliation"]["agrees"], false, "{told}");
    assert_eq!(
        counted(&told, "VISA"),
        [[3, 100_000], [2, 70_000]],
        "{told}"
    );
    assert_eq!(
        told["reconciliation"]["likely"],
        json!([left_out]),
        "{told}"
    );
    assert_eq!(
        told["reconciliation"]["not_in_journal"],
        json!([]),
        "{told}"
    );

    // What another station has taken at this terminal is not known here.
    pay(&mut app, "k4", 10_000);
    store.station.kill();
    let setup = Setup::new("b", Some(&store.terminal), &store.processor);
    let other = Station::start(store.directory.path(), &setup);
    let mut app = other.app();
    let paid = pay(&mut app, "k5", 15_000);
    let told = app.call("terminal.reconcile", reconcile("e2"));
    assert_eq!(told["code"], "totals_differ", "{told}");
    assert_eq!(counted(&told, "VISA"), [[1, 15_000], [2, 25_000]], "{told}");
    let named = &told["reconciliation"];
    assert_eq!(named["not_in_journal"], json!(["0004"]), "{told}");
    assert_eq!(named["likely"], json!([]), "{told}");
    // And here it is closed, which the first one does not know: its payment is not in the next batch.
    assert_eq!(named["closed"], true, "{told} {paid}");
    drop((app, other));
    assert!(store.station.try_start(&[]));
    let mut app = store.station.app();
    pay(&mut app, "k6", 1_000);
    let told = app.call("terminal.reconcile", reconcile("e3"));
    assert_eq!(counted(&told, "VISA"), [[2, 11_000], [1, 1_000]], "{told}");
    let named = &told["reconciliation"]["not_at_terminal"];
    let earlier = app.call("operation.get", json!({"idempotency_key": "k4"}));
    let earlier = &earlier["result"]["payments"][0]["payment_id"];
    assert_eq!(*named, json!([earlier]), "{told}");
}

#[test]
fn s48_what_runs_or_is_in_doubt_blocks_it() {
    let (store, mut app) = replaced_in_mid_payment();
    let found = shown(&mut app);
    for method in ["terminal.reconcile", "terminal.totals"] {
        let params = if method == "terminal.totals" {
            json!({})
        } else {
            reconcile("e1")
        };
        let refused = app.refused(method, params);
        assert_eq!(refused["data"]["code"], "terminal_in_doubt", "{refused}");
        assert_eq!(
            refused["data"]["holder"], found["operation_id"],
            "{refused}"
        );
    }
    let park = json!({
        "idempotency_key": "p1", "operation_id": found["operation_id"],
        "reason": "the terminal was replaced; the acquirer is asked tomorrow",
    });
    assert_eq!(app.call("operation.park", park)["outcome"], "approved");
    // The new terminal knows nothing of the payment before.
    let told = app.call("terminal.reconcile", reconcile("e2"));
    assert_eq!(told["code"], "totals_differ", "{told}");
    assert_eq!(counted(&told, "VISA")[1], [0, 0], "{told}");
    assert_eq!(batches_closed(&store), 1);
    let found = app.call("operation.get", json!({"idempotency_key": "k1"}));
    assert_eq!(found["state"], "in_doubt", "{found}");

    let store = Store::open();
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    store.terminal.post("/hold", json!({"hold": true}));
    let id = app.send("payment.sale", sale("k1", 1_000)).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    let refused = app.refused("terminal.reconcile", reconcile("e1"));
    assert_eq!(refused["data"]["code"], "terminal_locked", "{refused}");
    store.terminal.post("/present", json!({}));
    assert_eq!(app.answer(id).unwrap().unwrap()["outcome"], "approved");
    let told = app.call("terminal.reconcile", reconcile("e2"));
    assert_eq!([&told["outcome"], &told["code"]], AGREES, "{told}");
}

/// The terminal has closed its batch and its answer is lost: it is asked for its totals, and not told
/// to close once more.
#[test]
fn s48_a_lost_answer_is_found_out_by_asking() {
    let soon = ["--t2-ms", "250", "--t3-ms", "1500"];
    let store = Store::open_with(Line::Serial, &soon, Setup::impatient);
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    pay(&mut app, "k1", 50_000);
    store
        .terminal
        .post("/fault", json!({"kind": "lose_completion"}));
    let told = app.call("terminal.reconcile", reconcile("e1"));
    app.event(|event| event["event"] == "operation_in_doubt");
    let end = super::recovery::end_of(&mut app, "e1");
    assert!(told == end || told["outcome"] == "in_doubt", "{told}");
    assert_eq!([&end["outcome"], &end["code"]], AGREES, "{end}");
    assert_eq!(counted(&end, "VISA"), [[1, 50_000]; 2], "{end}");
    assert_eq!(batches_closed(&store), 1);
    pay(&mut app, "k2", 1_000);
    let next = app.call("terminal.reconcile", reconcile("e2"));
    assert_eq!(counted(&next, "VISA"), [[1, 1_000]; 2], "{next}");
}

#[test]
fn s48_by_command() {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let more = ["--terminal-id", "68005678", "--strict-end-of-day"];
    let other = Simulator::terminal(Line::Tcp, directory.path(), &processor, &more);
    let store = Store::open_at(processor, Line::Serial, &[], |setup| Setup {
        more_terminal: format!(
            "[[terminal]]\nid = \"other\"\nprotocol = \"zvt\"\ncurrency = \"NOK\"\n\
             merchant_account = \"nordic\"\n{}",
            other.line()
        ),
        ..setup.impatient()
    });
    let run = |arguments: &[&str]| -> (Option<i32>, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_posd"))
            .arg("reconcile")
            .args(arguments)
            .args(["--url", store.station.url(), "--config"])
            .arg(store.station.config())
            .output()
            .unwrap();
        let told = [stdout, stderr].concat();
        (status.code(), String::from_utf8(told).unwrap())
    };
    let mut app = store.station.app();
    for terminal in ["till", "other"] {
        let mut params = sale(terminal, 4_000);
        params["terminal"] = json!(terminal);
        assert_eq!(app.call("payment.sale", params)["outcome"], "approved");
    }
    let (code, told) = run(&[]);
    assert_eq!(code, Some(2), "which one? {told}");
    let (code, told) = run(&["--all"]);
    assert_eq!(code, Some(0), "{told}");
    for line in ["till: closed, agrees", "other: closed, agrees", "4000"] {
        assert!(told.contains(line), "{told}");
    }
    let mut params = sale("k3", 2_000);
    params["terminal"] = json!("till");
    let paid = app.call("payment.sale", params);
    let miscount = json!({"kind": "miscount", "count": 2});
    store.terminal.post("/fault", miscount);
    let (code, told) = run(&["--terminal", "till"]);
    assert_eq!(code, Some(1), "{told}");
    let likely = paid["payments"][0]["payment_id"].as_str().unwrap();
    let line = format!("! {likely}: would explain it");
    assert!(told.contains("differs") && told.contains(&line), "{told}");
    // One that wants its reservations booked first closes nothing; the others are closed.
    let mut params = sale("k4", 1_000);
    params["terminal"] = json!("other");
    let held = app.call("payment.authorize", params);
    assert_eq!(held["outcome"], "approved", "{held}");
    let (code, told) = run(&["--all"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.contains("till: closed") && told.contains("other: "),
        "{told}"
    );
}

#[test]
fn a_station_without_terminals_says_that_nothing_is_closed() {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let setup = Setup::new("a", None, &processor);
    let station = Station::start(directory.path(), &setup);
    let output = Command::new(env!("CARGO_BIN_EXE_posd"))
        .args(["reconcile", "--all", "--url", station.url(), "--config"])
        .arg(station.config())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("no terminal"), "{told}");
}
