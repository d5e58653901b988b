//! Deposits with one card presentation, and a second card where one is not enough: S06 to S13.

use serde_json::{Value, json};

use super::{Store, deposit, pickup};
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

    // The line that waits is fetched without the card; the other one cannot be handed over again.
    let version = quote["order_version"].as_u64().unwrap();
    let gone = app.refused("pickup.capture", pickup("k2", "O-6", version, &["2"]));
    assert_eq!(gone["data"]["code"], "line_not_open", "{gone}");
    let done = app.call("pickup.capture", pickup("k3", "O-6", version, &["1"]));
    assert_eq!(done["payments"][0]["status"], "captured", "{done}");
    store.assert_books(100_000, 100_000, 0, 0);
    assert_eq!(store.terminal.presentations(), 1);
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

/// What a store's station can do.
type Adapt = fn(Setup) -> Setup;

/// An order whose deposit was paid with a card that gives no token.
fn deposit_without_token(adapt: Adapt) -> Store {
    let store = Store::open_with(Line::Serial, &["--card", "no-token"], adapt);
    let mut app = store.station.app();
    if adapt(Setup::new("x", None, &store.processor))
        .more_terminal
        .is_empty()
    {
        // A terminal that can hold money would have held the remainder at once: the deposit was
        // taken elsewhere.
        let sold = app.call("payment.sale", super::sale("elsewhere", 20_000));
        assert_eq!(sold["outcome"], "approved", "{sold}");
        let reference = store.processor.get("/books")["authorizations"][0]["id"].clone();
        let mut order = deposit("", "O-10", 0)["order"].clone();
        order["deposit_minor"] = json!(20_000);
        order["tenders"] = json!([{
            "merchant_account": "nordic", "authorized_minor": 20_000, "captured_minor": 20_000,
            "auth_token": reference,
        }]);
        app.call("order.put", json!({"order": order}));
    } else {
        let taken = app.call("deposit.take", deposit("k1", "O-10", 20_000));
        assert_eq!(taken["outcome"], "approved", "{taken}");
        assert_eq!(taken["code"], "second_card_needed", "{taken}");
        assert_eq!(taken["next_action"], "other_card", "{taken}");
        assert_eq!(taken["secured_minor"], 0, "{taken}");
    }
    store.assert_books(20_000, 20_000, 0, 0);
    store
}

fn tokenize(key: &str) -> Value {
    json!({"idempotency_key": key, "order_id": "O-10"})
}

/// Both lines are fetched: the second card pays the remainder, without being there.
fn fetch_all(store: &Store) {
    let mut app = store.station.app();
    let quote = app.call("pickup.quote", json!({"order_id": "O-10"}));
    assert_eq!(quote["secured_minor"], 80_000, "{quote}");
    let version = quote["order_version"].as_u64().unwrap();
    let done = app.call(
        "pickup.capture",
        pickup("fetch", "O-10", version, &["1", "2"]),
    );
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 80_000, "{done}");
}

#[test]
fn s10_a_second_card_secures_the_remainder() {
    // By a token that a sale of 0.01 reads.
    let store = deposit_without_token(Setup::without_pre_authorization);
    store.use_card("mc-approve");
    let mut app = store.station.app();
    let secured = app.call("deposit.tokenize", tokenize("k2"));
    assert_eq!(secured["outcome"], "approved", "{secured}");
    assert_eq!(secured["strategy"], "token_authorization");
    assert_eq!(secured["secured_minor"], 80_000, "{secured}");
    assert_eq!(secured["payments"][1]["has_card_token"], true);
    assert_eq!(store.terminal.presentations(), 2);
    store.assert_books(100_001, 20_001, 0, 1);
    fetch_all(&store);
    store.assert_books(100_001, 100_001, 0, 1);
    assert_eq!(store.terminal.presentations(), 2);

    // By a hold of the remainder.
    let store = deposit_without_token(|setup| setup);
    store.use_card("mc-approve");
    let mut app = store.station.app();
    let secured = app.call("deposit.tokenize", tokenize("k2"));
    assert_eq!(secured["outcome"], "approved", "{secured}");
    assert_eq!(secured["strategy"], "single_authorization");
    assert_eq!(secured["payments"][0]["has_card_token"], true);
    store.assert_books(100_000, 20_000, 0, 0);
    fetch_all(&store);
    store.assert_books(100_000, 100_000, 0, 0);
    let again = app.refused("deposit.tokenize", tokenize("k3"));
    assert_eq!(again["data"]["code"], "nothing_to_secure", "{again}");
}

#[test]
fn s11_neither_can_the_second_card() {
    // What the processor's books then say: the amount that read the token was taken and given back,
    // or the remainder was held and released.
    let cases: [(Adapt, [u64; 4]); 2] = [
        (Setup::without_pre_authorization, [20_001, 20_001, 0, 1]),
        (|setup| setup, [100_000, 20_000, 80_000, 0]),
    ];
    for (adapt, [authorized, captured, voided, refunded]) in cases {
        let store = deposit_without_token(adapt);
        let mut app = store.station.app();
        let refused = app.call("deposit.tokenize", tokenize("k2"));
        assert_eq!(refused["outcome"], "declined", "{refused}");
        assert_eq!(refused["code"], "card_not_tokenizable", "{refused}");
        assert_eq!(refused["next_action"], "other_card", "{refused}");
        store.assert_books(authorized, captured, voided, refunded);
        let quote = app.call("pickup.quote", json!({"order_id": "O-10"}));
        let stands = [&quote["paid_minor"], &quote["secured_minor"]];
        assert_eq!(stands, [&json!(20_000), &json!(0)], "{quote}");

        store.use_card("visa-approve");
        let secured = app.call("deposit.tokenize", tokenize("k3"));
        assert_eq!(secured["outcome"], "approved", "{secured}");
        assert_eq!(store.terminal.presentations(), 3);
        fetch_all(&store);
    }
}
