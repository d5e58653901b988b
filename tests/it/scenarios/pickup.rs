//! Orders across channels and pickup: S01, S02, S03, S15 to S22, S26.

use serde_json::json;

use super::{Store, TOKEN_TRACE, deposit, pickup};
use crate::store::{Line, Setup, Simulator, wait_for};

#[test]
fn s01_buy_online_pick_up_in_store() {
    let store = Store::open();
    let mut app = store.station.app();
    app.call(
        "order.put",
        json!({"order": store.order_paid_online("O-1", &[80_000])}),
    );
    let quote = app.call("pickup.quote", json!({"order_id": "O-1"}));
    assert_eq!(quote["due_minor"], 80_000, "{quote}");
    assert_eq!(quote["secured_minor"], 80_000, "{quote}");

    let done = app.call("pickup.capture", pickup("k1", "O-1", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["payments"][0]["status"], "captured");
    assert_eq!(store.terminal.presentations(), 0);
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
    let order = app.call("order.get", json!({"order_id": "O-1"}));
    assert_eq!(order["lines"][0]["state"], "fulfilled");
}

#[test]
fn s02_call_centre_tenders_count_only_as_prepayment() {
    let store = Store::open();
    let mut app = store.station.app();
    let mut order = store.order_paid_online("O-2", &[50_000, 30_000]);
    order["channel"] = json!("call_center");
    order["tenders"][1]["prepayment"] = json!(true);
    app.call("order.put", json!({"order": order}));
    let quote = app.call("pickup.quote", json!({"order_id": "O-2"}));
    assert_eq!(quote["due_minor"], 80_000, "{quote}");
    assert_eq!(quote["secured_minor"], 30_000, "{quote}");
    let refused = app.call("pickup.capture", pickup("k1", "O-2", 1, &["1"]));
    assert_eq!(refused["code"], "balance_due", "{refused}");
    assert_eq!(refused["balance_due_minor"], 50_000, "{refused}");
    store.assert_books(80_000 + TOKEN_TRACE, 30_000, TOKEN_TRACE, 0);

    order["order_id"] = json!("O-2b");
    order["tenders"] = json!([order["tenders"][0]]);
    app.call("order.put", json!({"order": order}));
    let quote = app.call("pickup.quote", json!({"order_id": "O-2b"}));
    assert_eq!(quote["secured_minor"], 0, "{quote}");
}

#[test]
fn s03_deposit_in_store_a_pick_up_in_store_b() {
    let store = Store::open();
    let mut a = store.station.app();
    let taken = a.call("deposit.take", deposit("k1", "O-3", 20_000));
    assert_eq!(taken["outcome"], "approved", "{taken}");
    assert_eq!(taken["captured_minor"], 20_000);
    assert_eq!(taken["secured_minor"], 80_000);
    let order = a.call(
        "order.get",
        json!({"order_id": "O-3", "include_tokens": true}),
    );

    let station_b = store.another_station();
    let mut b = station_b.app();
    b.call("order.put", json!({"order": order}));
    let quote = b.call("pickup.quote", json!({"order_id": "O-3"}));
    assert_eq!(quote["due_minor"], 80_000, "{quote}");
    assert_eq!(quote["secured_minor"], 80_000, "{quote}");
    let version = quote["order_version"].as_u64().unwrap();
    let done = b.call("pickup.capture", pickup("k2", "O-3", version, &["1", "2"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["payments"][0]["status"], "captured");
    store.assert_books(100_000, 100_000, 0, 0);
    assert_eq!(store.terminal.presentations(), 1);

    // A learns of it as any store does: by the newer version of the order.
    let newer = b.call(
        "order.get",
        json!({"order_id": "O-3", "include_tokens": true}),
    );
    a.call("order.put", json!({"order": newer}));
    let seen = a.call("pickup.quote", json!({"order_id": "O-3"}));
    assert_eq!(seen["due_minor"], 0, "{seen}");
    let order = a.call("order.get", json!({"order_id": "O-3"}));
    assert_eq!(order["lines"][1]["state"], "fulfilled");
    let payment = taken["payments"][0]["payment_id"].clone();
    let payment = a.call("payment.get", json!({"payment_id": payment}));
    assert_eq!(payment["status"], "captured", "{payment}");
}

#[test]
fn s15_tenders_are_captured_in_sequence() {
    let store = Store::open();
    let mut app = store.station.app();
    let order = store.order_paid_online("O-15", &[30_000, 60_000, 20_000]);
    app.call("order.put", json!({"order": order}));
    let done = app.call("pickup.capture", pickup("k1", "O-15", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 80_000);
    let captured = |at: usize| {
        let id = format!("O-15/{at}");
        store
            .station
            .app()
            .call("payment.get", json!({"payment_id": id}))["captured_minor"]
            .clone()
    };
    assert_eq!(
        [captured(0), captured(1), captured(2)],
        [json!(30_000), json!(50_000), json!(0)]
    );
    // The order is complete: what is still held is released.
    store.assert_books(110_000 + TOKEN_TRACE, 80_000, 30_000 + TOKEN_TRACE, 0);
}

#[test]
fn s16_another_card_leaves_the_authorization_for_the_next_pickup() {
    let store = Store::open();
    let mut app = store.station.app();
    app.call("deposit.take", deposit("k1", "O-16", 20_000));
    let version = |app: &mut crate::store::App| {
        app.call("pickup.quote", json!({"order_id": "O-16"}))["order_version"]
            .as_u64()
            .unwrap()
    };
    store.use_card("mc-approve");
    let mut other = pickup("k2", "O-16", version(&mut app), &["1"]);
    other["use"] = json!("other");
    let done = app.call("pickup.capture", other);
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 48_000, "{done}");
    assert_eq!(store.terminal.presentations(), 2);
    let quote = app.call("pickup.quote", json!({"order_id": "O-16"}));
    assert_eq!(quote["due_minor"], 32_000, "{quote}");
    assert_eq!(quote["secured_minor"], 80_000, "{quote}");

    let version = version(&mut app);
    let done = app.call("pickup.capture", pickup("k3", "O-16", version, &["2"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    // 200 deposit, 480 by the other card, 320 now; 480 of the authorization were not needed.
    store.assert_books(148_000, 100_000, 48_000, 0);
    assert_eq!(store.terminal.presentations(), 2);
}

/// Takes an order of 800.00 that was paid online, of which the authorization has ended since.
fn order_that_ended(store: &Store, app: &mut crate::store::App, name: &str) {
    let order = store.order_paid_online(name, &[80_000]);
    let authorization = order["tenders"][0]["auth_token"].clone();
    app.call("order.put", json!({"order": order}));
    let expire = json!({"authorization": authorization});
    store.processor.post("/control/expire", expire);
}

#[test]
fn s17_an_authorization_that_has_ended_is_made_anew() {
    let mut store = Store::open();
    let mut app = store.station.app();
    order_that_ended(&store, &mut app, "O-17");
    // The answer to the new authorization is lost, and so is the station.
    let lose = json!({"on": "authorize", "do": "drop_answer"});
    store.processor.post("/control/faults", lose);
    app.send("pickup.capture", pickup("k1", "O-17", 1, &["1"]))
        .unwrap();
    wait_for("the new authorization", || {
        (store.processor.booked("authorized_minor") == 160_000 + TOKEN_TRACE).then_some(())
    });
    store.station.kill();
    assert!(store.station.try_start(&[]), "it starts again");

    let mut app = store.station.app();
    let done = app.call("pickup.capture", pickup("k1", "O-17", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 80_000, "{done}");
    assert_eq!(done["payments"][0]["payment_id"], "O-17/0", "{done}");
    assert_eq!(done["payments"][1]["replaces"], "O-17/0", "{done}");
    assert_eq!(done["payments"][1]["status"], "captured", "{done}");
    assert_eq!(store.terminal.presentations(), 0);
    store.assert_books(160_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
    let order = app.call("order.get", json!({"order_id": "O-17"}));
    assert_eq!(order["tenders"][1]["captured_minor"], 80_000, "{order}");
}

#[test]
fn s18_an_authorization_that_has_ended_is_not_made_anew() {
    let store = Store::open();
    let mut app = store.station.app();
    order_that_ended(&store, &mut app, "O-18");
    let decline = json!({"on": "authorize", "decline": "insufficient_funds"});
    store.processor.post("/control/decline", decline);
    let told = app.call("pickup.capture", pickup("k1", "O-18", 1, &["1"]));
    assert_eq!(told["outcome"], "declined", "{told}");
    assert_eq!(told["code"], "authorization_not_renewed", "{told}");
    assert_eq!(told["next_action"], "take_balance", "{told}");
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("card at the terminal"), "{told}");
    assert_eq!(told["balance_due_minor"], 80_000, "{told}");
    let quote = app.call("pickup.quote", json!({"order_id": "O-18"}));
    assert_eq!(quote["secured_minor"], 0, "{quote}");

    let version = quote["order_version"].as_u64().unwrap();
    let mut other = pickup("k2", "O-18", version, &["1"]);
    other["use"] = json!("other");
    let done = app.call("pickup.capture", other);
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 80_000, "{done}");
    assert_eq!(store.terminal.presentations(), 1);
    store.assert_books(160_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
}

#[test]
fn s19_a_tender_of_another_merchant_account_is_passed_over() {
    let store = Store::open();
    let mut app = store.station.app();
    let mut order = store.order_paid_online("O-19", &[80_000, 80_000]);
    order["tenders"][0]["merchant_account"] = json!("elsewhere");
    app.call("order.put", json!({"order": order}));
    let quote = app.call("pickup.quote", json!({"order_id": "O-19"}));
    assert_eq!(quote["secured_minor"], 80_000, "{quote}");
    let unusable = json!([{"payment_id": "O-19/0", "code": "merchant_account_unknown"}]);
    assert_eq!(quote["unusable"], unusable, "{quote}");
    assert_eq!(quote["secured_by"][0]["payment_id"], "O-19/1", "{quote}");
    let done = app.call("pickup.capture", pickup("k1", "O-19", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    let passed = json!([{"payment_id": "O-19/0", "code": "merchant_account_unknown"}]);
    assert_eq!(done["skipped"], passed, "{done}");
    store.assert_books(160_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
}

#[test]
fn s20_unknown_card_and_tender_types_are_refused() {
    let store = Store::open_with(Line::Serial, &[], |setup| Setup {
        more_station: "card_types = [\"VISA\"]\ntender_types = [\"9\"]".to_owned(),
        ..setup
    });
    let mut app = store.station.app();
    let mut order = store.order_paid_online("O-20", &[80_000, 80_000]);
    order["tenders"][0]["card_type"] = json!("DINERS");
    order["tenders"][1]["tender_type"] = json!("7");
    app.call("order.put", json!({"order": order}));
    let quote = app.call("pickup.quote", json!({"order_id": "O-20"}));
    assert_eq!(quote["secured_minor"], 0, "{quote}");
    assert_eq!(quote["balance_minor"], 80_000, "{quote}");
    assert_eq!(
        quote["unusable"][1]["code"], "tender_type_unknown",
        "{quote}"
    );
    let told = app.call("pickup.capture", pickup("k1", "O-20", 1, &["1"]));
    assert_eq!(told["outcome"], "declined", "{told}");
    assert_eq!(told["code"], "card_type_unknown", "{told}");
    assert_eq!(told["balance_due_minor"], 80_000, "{told}");
    let passed = json!([
        {"payment_id": "O-20/0", "code": "card_type_unknown"},
        {"payment_id": "O-20/1", "code": "tender_type_unknown"},
    ]);
    assert_eq!(told["skipped"], passed, "{told}");
    // Nothing was sent.
    store.assert_books(160_000 + TOKEN_TRACE, 0, TOKEN_TRACE, 0);
    let refused = store.processor.get("/books")["refused"].clone();
    assert_eq!(refused.as_array().map_or(0, Vec::len), 0, "{refused}");
}

#[test]
fn s21_two_counters_at_once() {
    let store = Store::open();
    let mut one = store.station.app();
    let mut two = store.station.app();
    one.call(
        "order.put",
        json!({"order": store.order_paid_online("O-21", &[80_000])}),
    );
    let asked_one = one
        .send("pickup.capture", pickup("one", "O-21", 1, &["1"]))
        .unwrap();
    let asked_two = two
        .send("pickup.capture", pickup("two", "O-21", 1, &["1"]))
        .unwrap();
    let answers = [
        one.answer(asked_one).unwrap(),
        two.answer(asked_two).unwrap(),
    ];
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1, "{won:?} {lost:?}");
    assert_eq!(won[0].as_ref().unwrap()["outcome"], "approved");
    assert_eq!(
        lost[0].as_ref().unwrap_err()["data"]["code"],
        "order_changed"
    );
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
}

#[test]
fn s22_the_order_costs_more_than_was_authorized() {
    let store = Store::open();
    let mut app = store.station.app();
    // A coupon has expired since: 900.00 now, 800.00 were authorized.
    let mut order = store.order_paid_online("O-22", &[80_000]);
    order["lines"][0]["amount_minor"] = json!(90_000);
    app.call("order.put", json!({"order": order}));
    let error = app.refused("pickup.capture", pickup("k1", "O-22", 1, &["1"]));
    assert_eq!(
        error["data"]["code"], "authorized_amount_changed",
        "{error}"
    );
    assert_eq!(error["data"]["total_minor"], 90_000, "{error}");
    assert_eq!(error["data"]["authorized_minor"], 80_000, "{error}");
    store.assert_books(80_000 + TOKEN_TRACE, 0, TOKEN_TRACE, 0);

    // The shop puts it right: 700.00. Not more is taken, the rest is released.
    order["version"] = json!(2);
    order["lines"][0]["amount_minor"] = json!(70_000);
    app.call("order.put", json!({"order": order}));
    let done = app.call("pickup.capture", pickup("k2", "O-22", 2, &["1"]));
    assert_eq!(done["captured_minor"], 70_000, "{done}");
    store.assert_books(80_000 + TOKEN_TRACE, 70_000, 10_000 + TOKEN_TRACE, 0);
}

#[test]
fn s26_a_processor_that_captures_once() {
    let processor = Simulator::processor_that_captures_once();
    let store = Store::open_at(processor, Line::Serial, &[], |setup| Setup {
        more_account: "partial_capture = \"once\"".to_owned(),
        ..setup
    });
    let mut app = store.station.app();
    let mut order = store.order_paid_online("O-26", &[80_000]);
    order["lines"] = json!([
        {"line_id": "1", "amount_minor": 50_000}, {"line_id": "2", "amount_minor": 30_000},
    ]);
    app.call("order.put", json!({"order": order}));
    let done = app.call("pickup.capture", pickup("k1", "O-26", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["code"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 50_000, "{done}");
    assert_eq!(done["secured_minor"], 30_000, "{done}");
    store.assert_books(110_000 + TOKEN_TRACE, 50_000, 30_000 + TOKEN_TRACE, 0);

    let version = done["order"]["version"].as_u64().unwrap();
    let done = app.call("pickup.capture", pickup("k2", "O-26", version, &["2"]));
    assert_eq!(done["captured_minor"], 30_000, "{done}");
    store.assert_books(110_000 + TOKEN_TRACE, 80_000, 30_000 + TOKEN_TRACE, 0);
    assert_eq!(store.terminal.presentations(), 0);
}

#[test]
fn s26_a_processor_that_captures_only_whole() {
    let processor = Simulator::processor_that_captures_whole();
    let store = Store::open_at(processor, Line::Serial, &[], |setup| Setup {
        more_account: "partial_capture = \"none\"".to_owned(),
        ..setup
    });
    let mut app = store.station.app();
    let mut order = store.order_paid_online("O-26", &[80_000]);
    order["lines"] = json!([
        {"line_id": "1", "amount_minor": 50_000}, {"line_id": "2", "amount_minor": 30_000},
    ]);
    app.call("order.put", json!({"order": order}));
    let part = json!({
        "idempotency_key": "k0", "payment_id": "O-26/0", "amount_minor": 50_000, "currency": "NOK",
    });
    let error = app.refused("payment.capture", part);
    assert_eq!(error["data"]["code"], "only_whole_capture", "{error}");
    assert_eq!(error["data"]["available_minor"], 80_000, "{error}");

    let done = app.call("pickup.capture", pickup("k1", "O-26", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 50_000, "{done}");
    assert_eq!(done["secured_minor"], 30_000, "{done}");
    // 500 taken by a new authorization, 300 held by another one, the old 800 released.
    store.assert_books(160_000 + TOKEN_TRACE, 50_000, 80_000 + TOKEN_TRACE, 0);

    let version = done["order"]["version"].as_u64().unwrap();
    let done = app.call("pickup.capture", pickup("k2", "O-26", version, &["2"]));
    assert_eq!(done["captured_minor"], 30_000, "{done}");
    store.assert_books(160_000 + TOKEN_TRACE, 80_000, 80_000 + TOKEN_TRACE, 0);
    assert_eq!(store.terminal.presentations(), 0);
}

#[test]
fn what_came_back_is_not_asked_for_with_the_next_lines() {
    let mut store = Store::open();
    let mut app = store.station.app();
    let mut order = store.order_paid_online("O-R", &[80_000]);
    order["lines"] = json!([
        {"line_id": "1", "amount_minor": 50_000}, {"line_id": "2", "amount_minor": 30_000},
    ]);
    app.call("order.put", json!({"order": order}));
    app.call("pickup.capture", pickup("k1", "O-R", 1, &["1"]));
    // The order has left the memory meanwhile.
    store.station.kill();
    assert!(store.station.try_start(&[]), "it starts again");
    let mut app = store.station.app();
    let back = json!({
        "idempotency_key": "k2", "payment_id": "O-R/0", "amount_minor": 20_000, "currency": "NOK",
    });
    let done = app.call("payment.refund", back);
    assert_eq!(done["refunded_minor"], 20_000, "{done}");
    let order = app.call("order.get", json!({"order_id": "O-R"}));
    assert_eq!(order["waived_minor"], 20_000, "{order}");
    let quote = app.call("pickup.quote", json!({"order_id": "O-R"}));
    assert_eq!(quote["due_minor"], 30_000, "{quote}");
    let version = order["version"].as_u64().unwrap();
    let done = app.call("pickup.capture", pickup("k3", "O-R", version, &["2"]));
    assert_eq!(done["captured_minor"], 30_000, "{done}");
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 20_000);
}
