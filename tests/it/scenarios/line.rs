//! Noise on the line, cashiers who change their mind, and amounts that must not stay armed: S39, S41,
//! S42.

use serde_json::{Value, json};

use super::recovery::{AMOUNT, check, each, end_of, fault, idle, is_approved, open, settle};
use super::{Store, sale};
use crate::store::{App, Line, wait_for};

/// Frames are refused, damaged, lost, doubled, cut to pieces: once, and more often than a frame is
/// repeated.
#[test]
fn s39_noise_on_the_line() {
    std::thread::scope(|scope| {
        for kind in ["nak", "corrupt", "drop", "double", "split", "noise"] {
            for line in [Line::Serial, Line::Tcp] {
                scope.spawn(move || [1, 12].map(|count| noise(kind, count, line)));
            }
        }
    });
}

fn noise(kind: &str, count: u64, line: Line) {
    let (store, mut app) = open(line, &[]);
    fault(&store, json!({"kind": kind, "count": count}));
    let answer = app.call("payment.sale", sale("k1", AMOUNT));
    fault(&store, json!({"kind": "clear"}));
    let end = end_of(&mut app, "k1");
    let what = format!("{kind} {count} {line:?}: {answer} {end}");
    check(&store, &end, AMOUNT);
    assert!(store.terminal.presentations() <= 2, "{what}");
    if line == Line::Serial && ["double", "split", "noise"].contains(&kind) {
        assert!(is_approved(&end), "nothing was lost: {what}");
    }
    let next = app.call("payment.sale", sale("k2", 1_000));
    assert!(is_approved(&next), "{what}: {next}");
    check(&store, &end, AMOUNT + 1_000);
}

#[test]
fn s41_aborted_before_the_card() {
    each(|line, sync| {
        let (store, mut app) = open(line, sync);
        store.terminal.post("/hold", json!({"hold": true}));
        let id = app.send("payment.sale", sale("k1", AMOUNT)).unwrap();
        app.event(|event| event["prompt"] == "present_card");
        let aborted = app.call("terminal.abort", json!({}));
        let answer = app.answer(id).unwrap().unwrap();
        assert_eq!(answer["outcome"], "cancelled", "{answer}");
        assert_eq!(aborted["operation_id"], answer["operation_id"]);
        goes_on(&store, &mut app, &answer);
    });
}

#[test]
fn s41_aborted_while_the_host_is_asked() {
    each(|line, sync| {
        let (store, mut app) = open(line, &[sync, &["--host-ms", "600"]].concat());
        let end = settle(&store, &mut app, |_, app| {
            app.event(|event| event["prompt"] == "processing");
            // Asked again and again, by somebody who does not believe it.
            for _ in 0..5 {
                app.call("terminal.abort", json!({}));
            }
        });
        // Too late: the terminal has asked for the money. What it then says is what counts.
        assert!(is_approved(&end), "{line:?} {sync:?}: {end}");
    });
}

#[test]
fn s41_aborted_when_it_is_over() {
    let (store, mut app) = open(Line::Serial, &[]);
    let nothing = app.call("terminal.abort", json!({}));
    assert_eq!(nothing["operation_id"], Value::Null, "{nothing}");
    let answer = app.call("payment.sale", sale("k1", AMOUNT));
    app.call("terminal.abort", json!({}));
    assert_eq!(end_of(&mut app, "k1"), answer);
    check(&store, &answer, AMOUNT);
}

#[test]
fn s41_aborted_in_doubt() {
    each(|line, sync| {
        let (store, mut app) = open(line, sync);
        store.terminal.post("/hold", json!({"hold": true}));
        let end = settle(&store, &mut app, |store, app| {
            app.event(|event| event["prompt"] == "present_card");
            store.terminal.post("/unplug", json!({"ms": 500}));
            app.event(|event| event["event"] == "operation_in_doubt");
            app.call("terminal.abort", json!({}));
            store.terminal.post("/hold", json!({"hold": false}));
        });
        assert_ne!(end["outcome"], "in_doubt", "{line:?} {sync:?}: {end}");
    });
}

/// The cashier aborts, the terminal does not hear of it, and the amount stays on its display: no
/// other amount is asked for before that one is gone, however often somebody tries.
#[test]
fn s42_an_amount_that_is_still_armed_blocks_the_next() {
    each(|line, sync| {
        let (store, mut app) = open(line, &[sync, &["--card-timeout-ms", "2000"]].concat());
        store.terminal.post("/hold", json!({"hold": true}));
        app.send("payment.sale", sale("k1", AMOUNT)).unwrap();
        app.event(|event| event["prompt"] == "present_card");
        fault(&store, json!({"kind": "deaf", "ms": 1_500}));
        app.call("terminal.abort", json!({}));
        let mut other = store.station.app();
        let locked = other.refused("payment.sale", sale("k2", 2_000));
        assert_eq!(locked["data"]["code"], "terminal_locked", "{locked}");
        let end = end_of(&mut app, "k1");
        assert!(!is_approved(&end), "{end}");
        wait_for("the terminal to be idle", || idle(&store));
        goes_on(&store, &mut other, &end);
    });
}

/// The station dies while the terminal shows an amount, and the customer pays it before the station
/// is back: the next customer is asked for the next amount, and the first one's money is accounted
/// for.
#[test]
fn s42_an_amount_that_was_armed_before_a_crash() {
    each(|line, sync| {
        let (mut store, mut app) = open(line, sync);
        store.terminal.post("/hold", json!({"hold": true}));
        app.send("payment.sale", sale("k1", AMOUNT)).unwrap();
        app.event(|event| event["prompt"] == "present_card");
        store.station.kill();
        // On TCP the terminal has noticed, and waits for no card.
        if idle(&store).is_none() {
            store.terminal.post("/present", json!({}));
        }
        store.terminal.post("/hold", json!({"hold": false}));
        assert!(store.station.try_start(&[]));
        let mut app = store.station.app();
        let end = end_of(&mut app, "k1");
        goes_on(&store, &mut app, &end);
    });
}

/// The next amount is asked for as itself.
fn goes_on(store: &Store, app: &mut App, end: &Value) {
    store.terminal.post("/hold", json!({"hold": false}));
    check(store, end, AMOUNT);
    let next = app.call("payment.sale", sale("k9", 1_000));
    assert!(is_approved(&next), "{end}: {next}");
    assert_eq!(next["captured_minor"], 1_000, "{next}");
    check(store, end, AMOUNT + 1_000);
}
