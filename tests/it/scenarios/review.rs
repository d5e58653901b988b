//! What a processor reviews by hand: S32.

use serde_json::{Value, json};

use super::{Store, TOKEN_TRACE, pickup};
use crate::store::{App, Line, Setup};

/// A store that asks about reviews ten times a second at first.
fn open(adapt: fn(Setup) -> Setup) -> Store {
    Store::open_with(Line::Serial, &[], |setup| {
        adapt(Setup {
            offline: "retry_first_ms = 100".to_owned(),
            ..setup
        })
    })
}

/// Puts an order of 800.02 whose payment is held for review; gives the reference of that.
fn put(store: &Store, app: &mut App, order: &str) -> Value {
    let mut order = store.order_paid_online(order, &[80_002]);
    order["lines"][0]["amount_minor"] = json!(80_002);
    order["tenders"][0]["authorized_minor"] = json!(0);
    order["tenders"][0]["on_hold"] = json!(true);
    app.call("order.put", json!({"order": order}));
    order["tenders"][0]["auth_token"].clone()
}

fn decide(store: &Store, authorization: &Value, decision: &str) {
    let decision = json!({"authorization": authorization, "decision": decision});
    store.processor.post("/control/review", decision);
}

fn reviewed(app: &mut App, status: &str) -> Value {
    let event = app.event(|event| event["event"] == "payment_reviewed");
    assert_eq!(event["status"], status, "{event}");
    event
}

#[test]
fn s32_what_is_reviewed_and_approved_pays_then() {
    let mut store = open(|setup| setup);
    let mut app = store.station.app();
    let authorization = put(&store, &mut app, "O-32");
    let error = app.refused("pickup.capture", pickup("k1", "O-32", 1, &["1"]));
    assert_eq!(error["data"]["code"], "payment_on_hold", "{error}");
    let payment = app.call("payment.get", json!({"payment_id": "O-32/0"}));
    assert_eq!(payment["status"], "on_hold", "{payment}");
    let quote = app.call("pickup.quote", json!({"order_id": "O-32"}));
    let unusable = json!([{"payment_id": "O-32/0", "code": "on_hold"}]);
    assert_eq!(quote["unusable"], unusable, "{quote}");
    store.assert_books(TOKEN_TRACE, 0, TOKEN_TRACE, 0);

    store.station.kill();
    assert!(store.station.try_start(&[]), "it starts again");
    decide(&store, &authorization, "approve");
    let mut app = store.station.app();
    app.call("events.subscribe", json!({"after": 0}));
    let event = reviewed(&mut app, "authorized");
    assert_eq!(event["payment_id"], "O-32/0", "{event}");
    let done = app.call("pickup.capture", pickup("k1", "O-32", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 80_002, "{done}");
    assert_eq!(store.terminal.presentations(), 0);
    store.assert_books(80_002 + TOKEN_TRACE, 80_002, TOKEN_TRACE, 0);
}

#[test]
fn s32_what_is_reviewed_and_rejected_pays_nothing() {
    let store = open(|setup| setup);
    let mut app = store.station.app();
    app.call("events.subscribe", json!({"after": 0}));
    let authorization = put(&store, &mut app, "O-32");
    decide(&store, &authorization, "reject");
    reviewed(&mut app, "rejected");
    let payment = app.call("payment.get", json!({"payment_id": "O-32/0"}));
    assert_eq!(payment["status"], "rejected", "{payment}");
    let told = app.call("pickup.capture", pickup("k1", "O-32", 1, &["1"]));
    assert_eq!(told["code"], "balance_due", "{told}");
    assert_eq!(told["balance_due_minor"], 80_002, "{told}");

    let version = told["order"]["version"].as_u64().unwrap();
    let mut other = pickup("k2", "O-32", version, &["1"]);
    other["use"] = json!("other");
    let done = app.call("pickup.capture", other);
    assert_eq!(done["outcome"], "approved", "{done}");
    store.assert_books(80_002 + TOKEN_TRACE, 80_002, TOKEN_TRACE, 0);
}

#[test]
fn s32_the_remainder_of_a_deposit_is_reviewed() {
    let store = open(Setup::without_pre_authorization);
    let mut app = store.station.app();
    app.call("events.subscribe", json!({"after": 0}));
    let mut deposit = super::deposit("k1", "O-32", 20_000);
    deposit["order"]["lines"][1]["amount_minor"] = json!(40_002);
    let taken = app.call("deposit.take", deposit);
    assert_eq!(taken["outcome"], "approved", "{taken}");
    assert_eq!(taken["code"], "on_hold", "{taken}");
    assert_eq!(taken["secured_minor"], 0, "{taken}");
    let books = store.processor.get("/books");
    let rows = books["authorizations"].as_array().unwrap();
    let held = rows.iter().find(|row| row["status"] == "on_hold").unwrap();
    decide(&store, &held["id"], "approve");
    reviewed(&mut app, "authorized");
    let quote = app.call("pickup.quote", json!({"order_id": "O-32"}));
    assert_eq!(quote["due_minor"], 80_002, "{quote}");
    assert_eq!(quote["secured_minor"], 80_002, "{quote}");
    store.assert_books(100_002, 20_000, 0, 0);
}
