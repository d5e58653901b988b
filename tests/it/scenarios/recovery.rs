//! Lost answers, pulled cables, reboots, processors and apps that go away: S35, S36, S37.
//!
//! What is asserted is always the same: what the app can fetch in the end is what the processor's
//! books say, the card was presented once, and the next payment goes its way.

use serde_json::{Value, json};

use super::{Store, TOKEN_TRACE, pickup, sale};
use crate::store::{App, Line, Setup, Station, wait_for};

pub(super) const AMOUNT: u64 = 50_000;
const LINES: [Line; 2] = [Line::Serial, Line::Tcp];
/// With transaction sync the terminal keeps what we did not acknowledge, without it takes it back.
const SYNC: [&[&str]; 2] = [&[], &["--no-sync"]];

/// A store that does not wait long for a terminal, nor the terminal for it. One payment of the
/// same amount was made: it is the terminal's last one, and both are in step.
pub(super) fn open(line: Line, more: &[&str]) -> (Store, App) {
    let soon = ["--t2-ms", "250", "--t3-ms", "1500", "--reboot-ms", "300"];
    let store = Store::open_with(line, &[&soon, more].concat(), Setup::impatient);
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let first = app.call("payment.sale", sale("k0", AMOUNT));
    assert_eq!(first["outcome"], "approved", "{first}");
    app.event(|event| event["event"] == "operation_finished");
    app.events.clear();
    (store, app)
}

/// On each line, with and without transaction sync, all at once: they mostly wait.
pub(super) fn each(check: impl Fn(Line, &[&str]) + Sync) {
    std::thread::scope(|scope| {
        for line in LINES {
            for sync in SYNC {
                let check = &check;
                scope.spawn(move || check(line, sync));
            }
        }
    });
}

/// Waits until the operation of a key is finished.
pub(super) fn end_of(app: &mut App, key: &str) -> Value {
    wait_for("the operation to end", || {
        let found = app.call("operation.get", json!({"idempotency_key": key}));
        (found["state"] == "finished").then(|| found["result"].clone())
    })
}

/// Asks for a sale, disturbs it, and holds its end against the books.
pub(super) fn settle(
    store: &Store,
    app: &mut App,
    disturb: impl FnOnce(&Store, &mut App),
) -> Value {
    let id = app.send("payment.sale", sale("k1", AMOUNT)).unwrap();
    disturb(store, app);
    let answer = app.answer(id).unwrap().unwrap();
    let end = end_of(app, "k1");
    if answer["outcome"] == "in_doubt" {
        let id = &answer["operation_id"];
        assert_eq!(*id, end["operation_id"]);
        app.event(|event| event["event"] == "operation_finished" && event["operation_id"] == *id);
    } else {
        assert_eq!(answer, end);
    }
    check(store, &end, AMOUNT);
    // The terminal works again, and leaves what was before alone.
    let next = app.call("payment.sale", sale("k2", 1_000));
    assert_eq!(next["outcome"], "approved", "{end}: {next}");
    check(store, &end, AMOUNT + 1_000);
    assert_eq!(app.call("payment.sale", sale("k1", AMOUNT)), end);
    end
}

/// Approved if and only if the amount was taken, once, beside what else was.
pub(super) fn check(store: &Store, end: &Value, others: u64) {
    let [authorized, captured, voided, refunded] = [
        "authorized_minor",
        "captured_minor",
        "voided_minor",
        "refunded_minor",
    ]
    .map(|counter| store.processor.booked(counter));
    let taken = others + if is_approved(end) { AMOUNT } else { 0 };
    let books = store.processor.get("/books");
    assert_eq!(captured - refunded, taken, "{end}\n{books}");
    assert_eq!(authorized - captured - voided, 0, "held: {end}\n{books}");
    assert_ne!(end["outcome"], "in_doubt");
}

pub(super) fn is_approved(end: &Value) -> bool {
    end["outcome"] == "approved"
}

fn was_in_doubt(app: &App, end: &Value) -> bool {
    let id = &end["operation_id"];
    let seen = |event: &&Value| event["operation_id"] == *id;
    let mut events = app.events.iter().filter(seen);
    events.any(|event| event["event"] == "operation_in_doubt")
}

pub(super) fn fault(store: &Store, fault: Value) {
    store.terminal.post("/fault", fault);
}

#[test]
fn s35_approval_lost_in_the_terminal() {
    each(|line, sync| {
        let (store, mut app) = open(line, sync);
        fault(&store, json!({"kind": "lose_result"}));
        let end = settle(&store, &mut app, |_, _| ());
        assert!(is_approved(&end), "{line:?} {sync:?}: {end}");
        assert!(was_in_doubt(&app, &end), "{line:?} {sync:?}");
        assert_eq!(store.terminal.presentations(), 3);
    });
}

#[test]
fn s35_approval_lost_on_the_line() {
    each(|line, sync| {
        let (store, mut app) = open(line, sync);
        fault(&store, json!({"kind": "lose_on_line"}));
        let end = settle(&store, &mut app, |_, _| ());
        assert_eq!(is_approved(&end), sync.is_empty(), "{line:?}: {end}");
        assert_eq!(store.terminal.presentations(), 3);
    });
}

#[test]
fn s35_completion_lost() {
    each(|line, sync| {
        let (store, mut app) = open(line, sync);
        fault(&store, json!({"kind": "lose_completion"}));
        let end = settle(&store, &mut app, |_, _| ());
        assert!(is_approved(&end), "{line:?} {sync:?}: {end}");
        assert_eq!(store.terminal.presentations(), 3);
    });
}

#[test]
fn s36_terminal_reboots() {
    each(|line, sync| {
        for at in [
            "before_card",
            "after_card",
            "before_result",
            "before_ack",
            "after_result",
        ] {
            let (store, mut app) = open(line, sync);
            fault(&store, json!({"kind": "reboot", "at": at}));
            let end = settle(&store, &mut app, |_, _| ());
            let what = format!("{line:?} {sync:?} {at}: {end}");
            let is_kept = match at {
                "before_card" | "after_card" => false,
                "before_result" | "before_ack" => sync.is_empty(),
                _ => true,
            };
            assert_eq!(is_approved(&end), is_kept, "{what}");
            assert!(was_in_doubt(&app, &end), "{what}");
            let presented = 2 + u64::from(at != "before_card");
            assert_eq!(store.terminal.presentations(), presented, "{what}");
        }
    });
}

#[test]
fn s36_cable_pulled_before_the_card() {
    each(|line, sync| {
        let (store, mut app) = open(line, &[sync, &["--card-timeout-ms", "1500"]].concat());
        store.terminal.post("/hold", json!({"hold": true}));
        let end = settle(&store, &mut app, |store, app| {
            app.event(|event| event["prompt"] == "present_card");
            store.terminal.post("/unplug", json!({"ms": 300}));
            app.event(|event| event["event"] == "terminal_disconnected");
            app.event(|event| event["event"] == "operation_in_doubt");
            wait_for("the terminal to be idle again", || idle(store));
            store.terminal.post("/hold", json!({"hold": false}));
        });
        assert!(!is_approved(&end), "{line:?} {sync:?}: {end}");
        assert_eq!(store.terminal.presentations(), 2);
    });
}

pub(super) fn idle(store: &Store) -> Option<()> {
    (store.terminal.get("/state")["busy"] == false).then_some(())
}

/// The customer presents the card to a terminal that is no longer connected.
#[test]
fn s36_card_presented_while_the_cable_is_out() {
    for sync in SYNC {
        // On TCP the terminal notices and waits for no card any more.
        let (store, mut app) = open(Line::Serial, sync);
        store.terminal.post("/hold", json!({"hold": true}));
        let end = settle(&store, &mut app, |store, app| {
            app.event(|event| event["prompt"] == "present_card");
            store.terminal.post("/unplug", json!({"ms": 600}));
            app.event(|event| event["event"] == "terminal_disconnected");
            store.terminal.post("/present", json!({}));
            store.terminal.post("/hold", json!({"hold": false}));
        });
        assert_eq!(is_approved(&end), sync.is_empty(), "{sync:?}: {end}");
        assert_eq!(store.terminal.presentations(), 3);
    }
}

#[test]
fn s36_cable_pulled_after_the_card() {
    each(|line, sync| {
        let (store, mut app) = open(line, &[sync, &["--host-ms", "600"]].concat());
        let end = settle(&store, &mut app, |store, app| {
            app.event(|event| event["prompt"] == "processing");
            store.terminal.post("/unplug", json!({"ms": 300}));
        });
        let what = format!("{line:?} {sync:?}: {end}");
        // On TCP the terminal notices before it has asked its host.
        let is_kept = line == Line::Serial && sync.is_empty();
        assert_eq!(is_approved(&end), is_kept, "{what}");
        assert!(was_in_doubt(&app, &end), "{what}");
        assert_eq!(store.terminal.presentations(), 3, "{what}");
    });
}

#[test]
fn s36_cable_pulled_during_the_result() {
    each(|line, sync| {
        let (store, mut app) = open(line, sync);
        // Long enough to pull the cable in, on a machine that is busy with other things.
        fault(&store, json!({"kind": "late", "ms": 2_000}));
        let end = settle(&store, &mut app, |store, app| {
            app.event(|event| event["prompt"] == "processing");
            wait_for("the approval", || {
                let rows = store.terminal.get("/state")["transactions"].clone();
                (rows.as_array().unwrap().len() == 2).then_some(())
            });
            store.terminal.post("/unplug", json!({"ms": 300}));
        });
        let what = format!("{line:?} {sync:?}: {end}");
        // Without transaction sync it depends on whether the line is back before the terminal gives
        // up; the books say the same either way.
        assert!(is_approved(&end) || !sync.is_empty(), "{what}");
        assert!(was_in_doubt(&app, &end), "{what}");
        assert_eq!(store.terminal.presentations(), 3, "{what}");
    });
}

/// An order that was paid online, and a processor that does something wrong when it is picked up.
fn pick_up(faults: &[Value]) -> (Store, App) {
    let store = Store::open();
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let order = store.order_paid_online("O-1", &[80_000]);
    app.call("order.put", json!({"order": order}));
    for fault in faults {
        store.processor.post("/control/faults", fault.clone());
    }
    (store, app)
}

#[test]
fn s35_answers_of_the_processor_are_lost() {
    let lost = |what: &str| json!({"do": what, "on": "capture"});
    let late = json!({"do": "delay", "delay_ms": 3_000, "on": "capture"});
    let no_inquiry = json!({"do": "drop_answer", "on": "inquire"});
    for faults in [
        vec![lost("drop_answer")],
        vec![lost("error_500")],
        vec![lost("error_before")],
        vec![late],
        vec![lost("drop_answer"), no_inquiry.clone()],
        vec![lost("error_before"), no_inquiry, lost("drop_answer")],
    ] {
        let (store, mut app) = pick_up(&faults);
        app.call("pickup.capture", pickup("k1", "O-1", 1, &["1"]));
        let end = end_of(&mut app, "k1");
        assert_eq!(end["outcome"], "approved", "{faults:?}: {end}");
        assert!(was_in_doubt(&app, &end), "{faults:?}");
        store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
        let order = app.call("order.get", json!({"order_id": "O-1"}));
        assert_eq!(order["lines"][0]["state"], "fulfilled", "{faults:?}");
    }
}

#[test]
fn s35_the_app_is_told_when_it_takes_long() {
    let (store, mut app) = pick_up(&[
        json!({"do": "drop_answer", "on": "capture"}),
        json!({"do": "drop_answer", "on": "inquire", "count": 3}),
    ]);
    let answer = app.call("pickup.capture", pickup("k1", "O-1", 1, &["1"]));
    assert_eq!(answer["outcome"], "in_doubt", "{answer}");
    assert_eq!(answer["next_action"], "wait", "{answer}");
    let health = app.call("station.health", json!({}));
    assert_eq!(health["in_doubt"], json!([answer["operation_id"]]));
    // Nobody may take the money in another way meanwhile, and asking again asks for nothing new.
    let order = app.call("order.get", json!({"order_id": "O-1"}));
    let version = order["version"].as_u64().unwrap();
    let other = app.refused("pickup.capture", pickup("k2", "O-1", version, &["1"]));
    assert_eq!(other["data"]["code"], "order_busy", "{other}");
    let again = app.call("pickup.capture", pickup("k1", "O-1", 1, &["1"]));
    assert_eq!(again, answer);
    app.event(|event| event["event"] == "operation_finished" && event["outcome"] == "approved");
    assert_eq!(end_of(&mut app, "k1")["outcome"], "approved");
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
}

#[test]
fn s35_the_processor_cannot_be_reached() {
    let (store, mut app) = pick_up(&[]);
    let station = store.station;
    drop(store.processor);
    let answer = app.call("pickup.capture", pickup("k1", "O-1", 1, &["1"]));
    assert_eq!(answer["outcome"], "failed", "{answer}");
    assert_eq!(answer["code"], "processor_unreachable", "{answer}");
    assert_eq!(answer["payments"][0]["captured_minor"], 0, "{answer}");
    // Nothing has left, so nothing is in doubt, and the goods can be paid in another way.
    let health = app.call("station.health", json!({}));
    assert_eq!(health["in_doubt"], json!([]), "{health}");
    let quote = station
        .app()
        .call("pickup.quote", json!({"order_id": "O-1"}));
    assert_eq!(quote["due_minor"], 80_000, "{quote}");
    assert_eq!(quote["secured_minor"], 80_000, "{quote}");
}

#[test]
fn s37_the_app_goes_and_another_comes() {
    let store = Store::open();
    store.terminal.post("/hold", json!({"hold": true}));
    let mut first = store.station.app();
    first.call("events.subscribe", json!({}));
    first.send("payment.sale", sale("k1", AMOUNT)).unwrap();
    let seen = first.event(|event| event["prompt"] == "present_card");
    let seen = seen["seq"].as_u64().unwrap();
    drop(first);

    let mut second = store.station.app();
    let found = second.call("operation.get", json!({"idempotency_key": "k1"}));
    assert_eq!(found["state"], "running", "{found}");
    store.terminal.post("/present", json!({}));
    let end = end_of(&mut second, "k1");
    assert_eq!(end["outcome"], "approved", "{end}");
    assert_eq!(second.call("payment.sale", sale("k1", AMOUNT)), end);

    second.call("events.subscribe", json!({"after": seen}));
    let last = second.event(|event| event["event"] == "operation_finished");
    assert_eq!(last["operation_id"], end["operation_id"]);
    let seqs = second.events.iter().map(|event| event["seq"].as_u64());
    assert!(seqs.eq((seen + 1..).map(Some).take(second.events.len())));
    assert_eq!(store.terminal.presentations(), 1);
    store.assert_books(AMOUNT, AMOUNT, 0, 0);
}

/// A terminal that knows sync takes back a last payment that the till has not heard of. While a
/// till is away, cards are taken all the same: with the terminal alone, or from another till.
#[test]
fn payments_made_while_the_till_was_away_are_left_alone() {
    let (mut store, app) = open(Line::Tcp, &[]);
    drop(app);
    store.station.kill();
    let others = Setup::new("b", Some(&store.terminal), &store.processor);
    let other = Station::start(store.directory.path(), &others);
    let done = other.app().call("payment.sale", sale("b1", 7_000));
    assert_eq!(done["outcome"], "approved", "{done}");
    drop(other);

    // The sale is asked for before the terminal can say what it has done meanwhile.
    store.terminal.post("/unplug", json!({"ms": 1_000}));
    assert!(store.station.try_start(&[]));
    let mut app = store.station.app();
    let next = app.call("payment.sale", sale("k1", 1_000));
    assert_eq!(next["outcome"], "approved", "{next}");
    store.assert_books(AMOUNT + 8_000, AMOUNT + 8_000, 0, 0);
}

#[test]
fn s41_aborted_before_the_terminal_is_there() {
    let (store, mut app) = open(Line::Serial, &[]);
    store.terminal.post("/unplug", json!({"ms": 60_000}));
    app.event(|event| event["event"] == "terminal_disconnected");
    let id = app.send("payment.sale", sale("k1", AMOUNT)).unwrap();
    app.event(|event| event["event"] == "operation_started");
    app.call("terminal.abort", json!({}));
    let answer = app.answer(id).unwrap().unwrap();
    assert_eq!(answer["outcome"], "cancelled", "{answer}");
    assert_eq!(store.terminal.presentations(), 1);
    store.assert_books(AMOUNT, AMOUNT, 0, 0);
}

#[test]
fn a_terminal_that_closes_idle_connections_is_called_again_when_needed() {
    let store = Store::open_with(Line::Tcp, &[], |setup| setup);
    let mut app = store.station.app();
    for key in ["k1", "k2", "k3"] {
        let sold = app.call("payment.sale", sale(key, 10_000));
        assert_eq!(sold["outcome"], "approved", "{sold}");
        store.terminal.post("/unplug", json!({"ms": 0}));
    }
    store.assert_books(30_000, 30_000, 0, 0);
}
