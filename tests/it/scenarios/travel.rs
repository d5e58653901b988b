//! Orders that travel between stores: what one has seen of a payment, the other goes on from.

use serde_json::{Value, json};

use super::{Store, TOKEN_TRACE, deposit, pickup};
use crate::store::App;

/// Carries the order as it is to another store.
pub(super) fn carry(from: &mut App, to: &mut App, order: &str) -> Value {
    let get = json!({"order_id": order, "include_tokens": true});
    let order = from.call("order.get", get.clone());
    to.call("order.put", json!({"order": order}));
    assert_eq!(to.call("order.get", get), order);
    order
}

fn version(app: &mut App, order: &str) -> u64 {
    let quote = app.call("pickup.quote", json!({"order_id": order}));
    quote["order_version"].as_u64().unwrap()
}

#[test]
fn s03_what_ended_and_was_replaced_is_understood_in_the_other_store() {
    let store = Store::open();
    let mut a = store.station.app();
    let station_b = store.another_station();
    let mut b = station_b.app();
    let mut order = store.order_paid_online("O-3", &[80_000]);
    order["lines"] = json!([
        {"line_id": "1", "amount_minor": 30_000}, {"line_id": "2", "amount_minor": 50_000},
    ]);
    let authorization = order["tenders"][0]["auth_token"].clone();
    a.call("order.put", json!({"order": order}));
    carry(&mut a, &mut b, "O-3");

    // The authorization has ended. A holds for line 1 anew; 500.00 of it may still be held anew.
    let expire = json!({"authorization": authorization});
    store.processor.post("/control/expire", expire);
    let done = a.call("pickup.capture", pickup("k1", "O-3", 1, &["1"]));
    assert_eq!(done["captured_minor"], 30_000, "{done}");
    let told = carry(&mut a, &mut b, "O-3");
    assert_eq!(told["tenders"][0]["lapsed_minor"], 50_000, "{told}");
    assert_eq!(told["tenders"][1]["replaces"], "O-3/0", "{told}");

    // B knows so: it does not try the ended one, holds anew what line 2 costs, and not more.
    let at = version(&mut b, "O-3");
    let done = b.call("pickup.capture", pickup("k2", "O-3", at, &["2"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 50_000, "{done}");
    store.assert_books(160_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);

    // And A follows: nothing is due, nothing may be held anew.
    let told = carry(&mut b, &mut a, "O-3");
    assert_eq!(told["tenders"][0].get("lapsed_minor"), None, "{told}");
    assert_eq!(told["tenders"][2]["replaces"], "O-3/0", "{told}");
    let quote = a.call("pickup.quote", json!({"order_id": "O-3"}));
    assert_eq!(quote["due_minor"], 0, "{quote}");
    assert_eq!(quote["paid_minor"], 80_000, "{quote}");
    assert_eq!(store.terminal.presentations(), 0);
}

#[test]
fn s03_the_other_store_gives_back_what_this_one_has_captured() {
    let store = Store::open();
    let mut a = store.station.app();
    let station_b = store.another_station();
    let mut b = station_b.app();
    a.call("deposit.take", deposit("k1", "O-3", 20_000));
    let at = version(&mut a, "O-3");
    a.call("pickup.capture", pickup("k2", "O-3", at, &["1"]));
    let told = carry(&mut a, &mut b, "O-3");
    let captures = told["tenders"][0]["captures"].as_array().unwrap();
    assert_eq!(captures.len(), 2, "{told}");
    assert_ne!(captures[0]["capture_token"], captures[1]["capture_token"]);
    assert!(
        told["tenders"][0]["terminal"]["receipt_number"].is_string(),
        "{told}"
    );

    let cancel = json!({
        "idempotency_key": "k3", "order_id": "O-3", "order_version": version(&mut b, "O-3"),
        "deposit": "refund",
    });
    let done = b.call("order.cancel", cancel);
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["refunded_minor"], 8_000, "{done}");
    store.assert_books(100_000, 68_000, 32_000, 8_000);

    carry(&mut b, &mut a, "O-3");
    let payment = told["tenders"][0]["payment_id"].clone();
    let payment = a.call("payment.get", json!({"payment_id": payment}));
    assert_eq!(payment["status"], "partially_refunded", "{payment}");
    assert_eq!(payment["refunded_minor"], 8_000, "{payment}");
    assert_eq!(payment["voided_minor"], 32_000, "{payment}");
}

#[test]
fn s03_two_stores_hand_over_in_turn() {
    let store = Store::open();
    let mut a = store.station.app();
    let station_b = store.another_station();
    let mut b = station_b.app();
    let taken = a.call("deposit.take", deposit("k1", "O-3", 20_000));
    assert_eq!(taken["captured_minor"], 20_000, "{taken}");
    carry(&mut a, &mut b, "O-3");
    let at = version(&mut b, "O-3");
    let done = b.call("pickup.capture", pickup("k2", "O-3", at, &["1"]));
    assert_eq!(done["captured_minor"], 48_000, "{done}");

    // A still has the older version: what B has handed over would go twice, but B's counters win.
    let newer = carry(&mut b, &mut a, "O-3");
    let gone = a.refused("pickup.capture", pickup("k3", "O-3", at, &["1"]));
    assert_eq!(gone["data"]["code"], "order_changed", "{gone}");
    let at = newer["version"].as_u64().unwrap();
    let gone = a.refused("pickup.capture", pickup("k4", "O-3", at, &["1"]));
    assert_eq!(gone["data"]["code"], "line_not_open", "{gone}");
    let done = a.call("pickup.capture", pickup("k5", "O-3", at, &["2"]));
    assert_eq!(done["captured_minor"], 32_000, "{done}");
    assert_eq!(done["payments"][0]["status"], "captured", "{done}");
    carry(&mut a, &mut b, "O-3");
    let quote = b.call("pickup.quote", json!({"order_id": "O-3"}));
    assert_eq!(quote["due_minor"], 0, "{quote}");
    store.assert_books(100_000, 100_000, 0, 0);
    assert_eq!(store.terminal.presentations(), 1);
}
