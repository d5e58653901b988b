//! A doubt that no machine can settle: a person says how it ended, and is held to what was known
//! (part of S36).

use serde_json::{Value, json};

use super::recovery::{AMOUNT, fault, open};
use super::{Store, sale};
use crate::store::{App, Line, Setup, Simulator, wait_for};

/// The terminal takes the money, says nothing, and is replaced by another one, which knows nothing of
/// it.
pub(super) fn replaced_in_mid_payment() -> (Store, App) {
    let (store, mut app) = open(Line::Serial, &[]);
    fault(&store, json!({"kind": "reboot", "at": "before_result"}));
    app.send("payment.sale", sale("k1", AMOUNT)).unwrap();
    app.event(|event| event["event"] == "operation_in_doubt");
    let Store {
        station,
        terminal,
        processor,
        directory,
    } = store;
    drop(terminal);
    let terminal = Simulator::terminal(Line::Serial, directory.path(), &processor, &[]);
    let store = Store {
        station,
        terminal,
        processor,
        directory,
    };
    (store, app)
}

/// What is shown once the new terminal was asked.
pub(super) fn shown(app: &mut App) -> Value {
    wait_for("an inquiry in vain", || {
        let found = app.call("operation.get", json!({"idempotency_key": "k1"}));
        assert_eq!(found["state"], "in_doubt", "{found}");
        let asked = found["doubt"]["inquiries"].as_u64().unwrap() > 0;
        let told = found["doubt"]["last_transaction"].is_null();
        (asked && told).then_some(found)
    })
}

fn resolution(found: &Value, finding: &str) -> Value {
    json!({
        "idempotency_key": "r1", "operation_id": found["operation_id"], "finding": finding,
        "evidence": found["doubt"]["evidence"],
        "reason": "acquirer's portal, 22 November",
    })
}

#[test]
fn s36_a_person_says_that_it_was_carried_out() {
    let (mut store, mut app) = replaced_in_mid_payment();
    let found = shown(&mut app);
    let doubt = &found["doubt"];
    assert_eq!(doubt["asked"], "sale", "{doubt}");
    assert_eq!(doubt["amount_minor"], AMOUNT, "{doubt}");
    assert_eq!(
        doubt["transaction_before"]["receipt_number"], "0001",
        "{doubt}"
    );
    let locked = app.refused("payment.sale", sale("k2", 1_000));
    assert_eq!(locked["data"]["code"], "terminal_locked", "{locked}");

    let mut stale = resolution(&found, "carried_out");
    stale["evidence"] = json!("what was shown yesterday");
    let refused = app.refused("operation.resolve", stale);
    assert_eq!(refused["data"]["code"], "evidence_changed", "{refused}");
    for field in ["reason", "evidence", "finding"] {
        let mut less = resolution(&found, "carried_out");
        less.as_object_mut().unwrap().remove(field);
        let refused = app.refused("operation.resolve", less);
        assert!(refused.to_string().contains(field), "{refused}");
    }

    let said = app.call("operation.resolve", resolution(&found, "carried_out"));
    assert_eq!(said["outcome"], "approved", "{said}");
    let event = app.event(|event| event["event"] == "operation_resolved");
    assert_eq!(event["operation_id"], found["operation_id"]);
    assert_eq!(event["by"], "local");
    let end = app.call("operation.get", json!({"idempotency_key": "k1"}));
    assert_eq!(end["result"]["outcome"], "approved", "{end}");
    assert_eq!(end["result"]["captured_minor"], AMOUNT, "{end}");
    assert_eq!(app.call("payment.sale", sale("k1", AMOUNT)), end["result"]);
    // Once is enough; the same again is the same, something else is too late.
    let again = app.call("operation.resolve", resolution(&found, "carried_out"));
    assert_eq!(again, said);
    let mut late = resolution(&found, "not_carried_out");
    late["idempotency_key"] = json!("r2");
    let refused = app.refused("operation.resolve", late);
    assert_eq!(refused["data"]["code"], "not_in_doubt", "{refused}");

    // It is so after a crash too, and the terminal is free.
    store.station.kill();
    assert!(store.station.try_start(&[]));
    let mut app = store.station.app();
    assert_eq!(app.call("payment.sale", sale("k1", AMOUNT)), end["result"]);
    let next = app.call("payment.sale", sale("k3", 1_000));
    assert_eq!(next["outcome"], "approved", "{next}");
}

#[test]
fn s36_a_person_says_that_it_was_not_carried_out() {
    let (store, mut app) = replaced_in_mid_payment();
    let found = shown(&mut app);
    app.call("operation.resolve", resolution(&found, "not_carried_out"));
    let end = app.call("operation.get", json!({"idempotency_key": "k1"}));
    assert_eq!(end["result"]["outcome"], "failed", "{end}");
    assert_eq!(end["result"]["code"], "not_carried_out", "{end}");
    let next = app.call("payment.sale", sale("k2", AMOUNT));
    assert_eq!(next["outcome"], "approved", "{next}");
    assert_eq!(store.terminal.presentations(), 1);
}

/// A doubt about an operation that runs, or has ended, or never was, is none.
#[test]
fn s36_nothing_else_can_be_resolved() {
    let store = Store::open();
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let done = app.call("payment.sale", sale("k1", AMOUNT));
    store.terminal.post("/hold", json!({"hold": true}));
    app.send("payment.sale", sale("k2", 2_000)).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    let running = app.call("operation.get", json!({"idempotency_key": "k2"}));
    for id in [&done["operation_id"], &running["operation_id"], &json!("x")] {
        let found = json!({"operation_id": id, "doubt": {"evidence": "x"}});
        let refused = app.refused("operation.resolve", resolution(&found, "carried_out"));
        assert_eq!(refused["data"]["code"], "not_in_doubt", "{refused}");
    }
}

/// The customer's card was read when the cable went. The basket is paid at another terminal only when
/// somebody has said so; what turns out to be paid at the first one is then given back.
#[test]
fn s36_another_terminal_is_used_when_the_first_payment_is_parked() {
    let processor = Simulator::processor();
    let directory = tempfile::tempdir().unwrap();
    let more = ["--terminal-id", "68005678"];
    let other = Simulator::terminal(Line::Tcp, directory.path(), &processor, &more);
    let soon = ["--t2-ms", "250", "--t3-ms", "1500"];
    let store = Store::open_at(processor, Line::Serial, &soon, |setup| Setup {
        more_terminal: format!(
            "[[terminal]]\nid = \"other\"\nprotocol = \"zvt\"\ncurrency = \"NOK\"\n\
             merchant_account = \"nordic\"\n{}",
            other.line()
        ),
        ..setup.impatient()
    });
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let at = |key: &str, terminal: &str| {
        json!({
            "idempotency_key": key, "terminal": terminal, "reference": "B-1042",
            "amount_minor": AMOUNT, "currency": "NOK",
        })
    };
    // A first payment sets till and terminal in step: what is not acknowledged is kept then.
    let mut before = at("k0", "till");
    before["reference"] = json!("B-1041");
    assert_eq!(app.call("payment.sale", before)["outcome"], "approved");
    app.event(|event| event["event"] == "operation_finished");
    app.events.clear();

    store.terminal.post("/hold", json!({"hold": true}));
    app.send("payment.sale", at("k1", "till")).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    store.terminal.post("/unplug", json!({"ms": 600_000}));
    let doubt = app.event(|event| event["event"] == "operation_in_doubt");
    store.terminal.post("/present", json!({}));
    wait_for("the payment at the first terminal", || {
        (store.processor.booked("captured_minor") == 2 * AMOUNT).then_some(())
    });
    let busy = app.refused("payment.sale", at("k2", "other"));
    assert_eq!(busy["data"]["code"], "payment_busy", "{busy}");
    assert_eq!(busy["data"]["holder"], doubt["operation_id"]);

    let park = json!({
        "idempotency_key": "p1", "operation_id": doubt["operation_id"],
        "reason": "the customer pays at the other till",
    });
    let parked = app.call("operation.park", park.clone());
    assert_eq!(parked["outcome"], "approved", "{parked}");
    app.event(|event| event["event"] == "operation_parked");
    let found = app.call("operation.get", json!({"idempotency_key": "k1"}));
    assert_eq!(found["state"], "in_doubt", "{found}");
    assert_eq!(found["doubt"]["is_parked"], true, "{found}");
    let paid = app.call("payment.sale", at("k2", "other"));
    assert_eq!(paid["outcome"], "approved", "{paid}");
    // The first terminal stays with what it may have taken.
    let locked = app.refused("payment.sale", sale_at("k3", "till"));
    assert_eq!(locked["data"]["code"], "terminal_locked", "{locked}");

    store.terminal.post("/hold", json!({"hold": false}));
    store.terminal.post("/unplug", json!({"ms": 0}));
    let end = super::recovery::end_of(&mut app, "k1");
    assert_eq!(end["code"], "taken_back", "{end}");
    assert_eq!(end["outcome"], "cancelled", "{end}");
    store.assert_books(3 * AMOUNT, 3 * AMOUNT, 0, AMOUNT);
    let late = app.refused("operation.park", {
        let mut late = park;
        late["idempotency_key"] = json!("p2");
        late
    });
    assert_eq!(late["data"]["code"], "not_in_doubt", "{late}");
    let next = app.call("payment.sale", sale_at("k3", "till"));
    assert_eq!(next["outcome"], "approved", "{next}");
}

fn sale_at(key: &str, terminal: &str) -> Value {
    let mut params = sale(key, 1_000);
    params["terminal"] = json!(terminal);
    params
}
