//! Deposits with one card presentation: S06, S07, S08, S09, S12, S13.

use serde_json::json;

use super::{Store, deposit};
use crate::store::{Line, Setup};

#[test]
fn s06_carry_out_lines_are_paid_with_the_deposit() {
    let store = Store::open();
    let mut app = store.station.app();
    let mut params = deposit("k1", "O-6", 12_000);
    params["order"]["lines"][1]["fulfilment"] = json!("carry_out");
    let taken = app.call("deposit.take", params);
    assert_eq!(taken["outcome"], "approved", "{taken}");
    // 400 for the line that is taken along, 120 deposit on the one that waits.
    assert_eq!(taken["captured_minor"], 52_000, "{taken}");
    assert_eq!(taken["secured_minor"], 48_000, "{taken}");
    assert_eq!(store.terminal.presentations(), 1);
    let order = app.call("order.get", json!({"order_id": "O-6"}));
    assert_eq!(order["lines"][1]["state"], "fulfilled", "{order}");
    let quote = app.call("pickup.quote", json!({"order_id": "O-6"}));
    assert_eq!(quote["lines"], json!(["1"]), "{quote}");
    assert_eq!(quote["due_minor"], 48_000, "{quote}");
    store.assert_books(100_000, 52_000, 0, 0);
}

#[test]
fn s07_single_authorization() {
    let store = Store::open();
    let mut app = store.station.app();
    let taken = app.call("deposit.take", deposit("k1", "O-7", 20_000));
    assert_eq!(taken["outcome"], "approved", "{taken}");
    assert_eq!(taken["strategy"], "single_authorization");
    assert_eq!(taken["payments"].as_array().unwrap().len(), 1);
    let payment = &taken["payments"][0];
    assert_eq!(payment["authorized_minor"], 100_000);
    assert_eq!(payment["captured_minor"], 20_000);
    assert_eq!(payment["has_card_token"], true);
    assert_eq!(payment["status"], "partially_captured");
    assert_eq!(store.terminal.presentations(), 1);
    store.assert_books(100_000, 20_000, 0, 0);
}

#[test]
fn s08_token_authorization() {
    // Over TCP, so that both lines are seen to work.
    let store = Store::open_with(Line::Tcp, &[], Setup::without_pre_authorization);
    let mut app = store.station.app();
    let taken = app.call("deposit.take", deposit("k1", "O-8", 20_000));
    assert_eq!(taken["outcome"], "approved", "{taken}");
    assert_eq!(taken["strategy"], "token_authorization");
    let statuses = [
        &taken["payments"][0]["status"],
        &taken["payments"][1]["status"],
    ];
    assert_eq!(statuses, [&json!("captured"), &json!("authorized")]);
    assert_eq!(taken["payments"][1]["authorized_minor"], 80_000);
    assert_eq!(taken["payments"][1]["has_card_token"], true);
    assert_eq!(store.terminal.presentations(), 1);
    store.assert_books(100_000, 20_000, 0, 0);
    let quote = app.call("pickup.quote", json!({"order_id": "O-8"}));
    assert_eq!(
        [&quote["due_minor"], &quote["secured_minor"]],
        [&json!(80_000), &json!(80_000)]
    );
}

#[test]
fn s09_deposit_of_everything() {
    let store = Store::open();
    let mut app = store.station.app();
    let taken = app.call("deposit.take", deposit("k1", "O-9", 100_000));
    assert_eq!(taken["outcome"], "approved", "{taken}");
    assert_eq!(taken["strategy"], "paid_in_full");
    assert_eq!(taken["payments"][0]["status"], "captured");
    assert_eq!(taken["payments"][0]["has_card_token"], false);
    assert_eq!(taken["secured_minor"], 0);
    let quote = app.call("pickup.quote", json!({"order_id": "O-9"}));
    assert_eq!(quote["due_minor"], 0, "{quote}");
    store.assert_books(100_000, 100_000, 0, 0);
}

#[test]
fn s12_remainder_declined() {
    let store = Store::open_with(Line::Serial, &[], Setup::without_pre_authorization);
    store.use_card("low-limit");
    let mut app = store.station.app();
    let taken = app.call("deposit.take", deposit("k1", "O-12", 20_000));
    assert_eq!(taken["outcome"], "approved", "{taken}");
    assert_eq!(taken["code"], "remainder_declined");
    assert_eq!(taken["next_action"], "other_card");
    assert_eq!(taken["payments"][0]["status"], "captured");
    assert_eq!(taken["payments"][1]["status"], "rejected");
    assert_eq!(taken["secured_minor"], 0);
    store.assert_books(20_000, 20_000, 0, 0);
}

#[test]
fn s13_deposit_declined() {
    for adapt in [|setup| setup, Setup::without_pre_authorization] {
        let store = Store::open_with(Line::Serial, &["--card", "decline"], adapt);
        let mut app = store.station.app();
        let taken = app.call("deposit.take", deposit("k1", "O-13", 20_000));
        assert_eq!(taken["outcome"], "declined", "{taken}");
        assert_eq!(taken["code"], "card_declined");
        assert_eq!(taken["payments"][0]["has_card_token"], false);
        let order = app.refused("order.get", json!({"order_id": "O-13"}));
        assert_eq!(order["data"]["code"], "order_unknown");
        store.assert_books(0, 0, 0, 0);
    }
}
