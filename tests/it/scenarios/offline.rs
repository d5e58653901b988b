//! Goods go while the processor is away, within limits: S24, S25.

use serde_json::{Value, json};

use super::travel::carry;
use super::{Store, TOKEN_TRACE, pickup};
use crate::gate::Gate;
use crate::store::{App, Line, Setup, Simulator, wait_for};

/// A store whose way to the processor can be closed. Its queue tries ten times a second at first.
fn open(limits: &str) -> (Store, Gate) {
    let processor = Simulator::processor();
    let gate = Gate::open(&processor.url());
    let store = Store::open_at(processor, Line::Serial, &[], |setup| Setup {
        processor: gate.url(),
        offline: limits.to_owned(),
        ..setup
    });
    (store, gate)
}

/// Limits in NOK.
fn limits(capture_minor: u64, total_minor: u64, more: &str) -> String {
    format!(
        "retry_first_ms = 100\n[[offline.limit]]\ncurrency = \"NOK\"\n\
         capture_minor = {capture_minor}\ntotal_minor = {total_minor}\n{more}\n"
    )
}

/// Puts an order of 800.00 that was paid online.
fn put(store: &Store, app: &mut App, order: &str) -> Value {
    let order = store.order_paid_online(order, &[80_000]);
    app.call("order.put", json!({"order": order}));
    order
}

fn booked(store: &Store) -> u64 {
    store.processor.booked("captured_minor")
}

/// The operation of the station that goes on with a capture that was promised.
fn queued(app: &mut App) -> Value {
    let is_it = |event: &Value| event["method"] == "payment.capture_queued";
    app.event(is_it)["operation_id"].clone()
}

#[test]
fn s24_goods_go_while_the_processor_is_away() {
    let (store, mut gate) = open(&limits(100_000, 100_000, ""));
    let mut app = store.station.app();
    app.call("events.subscribe", json!({"after": 0}));
    put(&store, &mut app, "O-24");
    gate.close();
    let done = app.call("pickup.capture", pickup("k1", "O-24", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["code"], "awaiting_retry", "{done}");
    let state = &done["refs"]["onlinefundraising"];
    assert_eq!(*state, json!({"code": "300001", "state": "AwaitingRetry"}));
    assert_eq!(done["queued_minor"], 80_000, "{done}");
    assert_eq!(done["captured_minor"], 0, "{done}");
    let order = app.call("order.get", json!({"order_id": "O-24"}));
    assert_eq!(order["lines"][0]["state"], "fulfilled", "{order}");
    assert_eq!(order["tenders"][0]["queued_minor"], 80_000, "{order}");
    let payment = app.call("payment.get", json!({"payment_id": "O-24/0"}));
    assert_eq!(payment["queued_minor"], 80_000, "{payment}");
    assert_eq!(payment["status"], "authorized", "{payment}");
    assert_eq!(payment["actions"], json!([]), "{payment}");
    // Nobody takes it a second time, and nobody lets it go.
    for (key, method) in [("k2", "payment.capture"), ("k3", "payment.void")] {
        let ask = json!({"idempotency_key": key, "payment_id": "O-24/0"});
        let error = app.refused(method, ask);
        assert_eq!(error["data"]["code"], "awaiting_retry", "{error}");
    }
    let operation = queued(&mut app);
    let found = app.call("operation.get", json!({"operation_id": operation}));
    assert_eq!(found["state"], "running", "{found}");
    assert_eq!(booked(&store), 0);

    gate.reopen();
    let end = app.event(|event| {
        event["event"] == "operation_finished" && event["operation_id"] == operation
    });
    assert_eq!(end["outcome"], "approved", "{end}");
    let payment = app.call("payment.get", json!({"payment_id": "O-24/0"}));
    assert_eq!(payment["status"], "captured", "{payment}");
    assert_eq!(payment["queued_minor"], 0, "{payment}");
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
}

#[test]
fn s24_what_is_promised_in_one_store_is_nobodys_in_another() {
    let (store, mut gate) = open(&limits(100_000, 100_000, ""));
    let mut a = store.station.app();
    let station_b = store.another_station();
    let mut b = station_b.app();
    let mut order = store.order_paid_online("O-24", &[80_000]);
    order["lines"] = json!([
        {"line_id": "1", "amount_minor": 30_000}, {"line_id": "2", "amount_minor": 50_000},
    ]);
    a.call("order.put", json!({"order": order}));
    gate.close();
    let done = a.call("pickup.capture", pickup("k1", "O-24", 1, &["1"]));
    assert_eq!(done["queued_minor"], 30_000, "{done}");
    let told = carry(&mut a, &mut b, "O-24");
    assert_eq!(told["tenders"][0]["queued_minor"], 30_000, "{told}");

    // B reaches the processor. It takes what its line costs, and leaves alone what A has promised.
    let quote = b.call("pickup.quote", json!({"order_id": "O-24"}));
    let amounts = ["due_minor", "secured_minor", "queued_minor"].map(|it| quote[it].clone());
    assert_eq!(
        amounts,
        [json!(50_000), json!(50_000), json!(30_000)],
        "{quote}"
    );
    let ask = json!({"idempotency_key": "k2", "payment_id": "O-24/0", "amount_minor": 50_001});
    b.refused("payment.capture", ask);
    let at = quote["order_version"].as_u64().unwrap();
    let done = b.call("pickup.capture", pickup("k3", "O-24", at, &["2"]));
    assert_eq!(done["captured_minor"], 50_000, "{done}");
    assert_eq!(booked(&store), 50_000);

    // A hears of it, keeps its promise when it can, and B hears of that.
    let told = carry(&mut b, &mut a, "O-24");
    assert_eq!(told["tenders"][0]["queued_minor"], 30_000, "{told}");
    gate.reopen();
    let settled = |app: &mut App| {
        let payment = app.call("payment.get", json!({"payment_id": "O-24/0"}));
        (payment["captured_minor"] == 80_000 && payment["queued_minor"] == 0).then_some(())
    };
    wait_for("the promise to be kept", || settled(&mut a));
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
    // Nothing but counters is new: the order gets a version of its own from whoever sends it on.
    let get = json!({"order_id": "O-24", "include_tokens": true});
    let mut told = a.call("order.get", get);
    told["version"] = json!(told["version"].as_u64().unwrap() + 1);
    b.call("order.put", json!({"order": told}));
    assert_eq!(settled(&mut b), Some(()));
}

#[test]
fn s24_over_each_limit_nothing_goes() {
    let hours_ago = "2020-01-01T00:00:00Z";
    let old = limits(100_000, 100_000, "authorization_age_h = 120");
    // Limits, when the authorization was made, whether the goods go.
    for (limits, authorized_at, goes) in [
        (limits(79_999, 200_000, ""), None, false),
        (limits(80_000, 79_999, ""), None, false),
        (old.clone(), Some(hours_ago), false),
        (old, None, false),
        (limits(80_000, 80_000, ""), Some(hours_ago), true),
    ] {
        let (store, mut gate) = open(&limits);
        let mut app = store.station.app();
        let mut order = store.order_paid_online("O-24", &[80_000]);
        if let Some(at) = authorized_at {
            order["tenders"][0]["authorized_at"] = json!(at);
        }
        app.call("order.put", json!({"order": order}));
        gate.close();
        let told = app.call("pickup.capture", pickup("k1", "O-24", 1, &["1"]));
        let order = app.call("order.get", json!({"order_id": "O-24"}));
        if goes {
            assert_eq!(told["code"], "awaiting_retry", "{limits}: {told}");
            continue;
        }
        assert_eq!(told["outcome"], "failed", "{limits}: {told}");
        assert_eq!(told["code"], "exceeds_floor_limit", "{limits}: {told}");
        assert_eq!(told["refs"]["d365"], "CCR011", "{told}");
        assert_eq!(told["balance_due_minor"], 80_000, "{told}");
        assert_eq!(order["lines"][0]["state"], "open", "{order}");
        // Back again, the same order is simply paid.
        gate.reopen();
        let version = order["version"].as_u64().unwrap();
        let done = app.call("pickup.capture", pickup("k2", "O-24", version, &["1"]));
        assert_eq!(done["captured_minor"], 80_000, "{done}");
        store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
    }
}

#[test]
fn s24_without_limits_nothing_is_promised() {
    let (store, mut gate) = open("");
    let mut app = store.station.app();
    put(&store, &mut app, "O-24");
    gate.close();
    let told = app.call("pickup.capture", pickup("k1", "O-24", 1, &["1"]));
    assert_eq!(told["code"], "processor_unreachable", "{told}");
    assert_eq!(booked(&store), 0);
}

#[test]
fn s24_what_is_queued_survives_a_kill_and_goes_in_the_sequence_of_its_ends() {
    let (mut store, mut gate) = open(&limits(100_000, 500_000, ""));
    let mut app = store.station.app();
    let orders = [
        ("O-24a", "2090-03-01"),
        ("O-24b", "2090-01-01"),
        ("O-24c", "2090-02-01"),
    ];
    let mut authorizations = Vec::new();
    for (name, end) in orders {
        let mut order = store.order_paid_online(name, &[80_000]);
        order["tenders"][0]["expires_at"] = json!(format!("{end}T00:00:00Z"));
        app.call("order.put", json!({"order": order}));
        authorizations.push(order["tenders"][0]["auth_token"].clone());
    }
    gate.close();
    for (at, (name, _)) in orders.iter().enumerate() {
        let done = app.call("pickup.capture", pickup(&format!("k{at}"), name, 1, &["1"]));
        assert_eq!(done["code"], "awaiting_retry", "{done}");
    }
    store.station.kill();
    assert!(store.station.try_start(&[]), "it starts again");
    gate.reopen();
    wait_for("all three", || (booked(&store) == 240_000).then_some(()));
    store.station.kill();
    assert!(store.station.try_start(&[]), "it starts again");

    let mut app = store.station.app();
    wait_for("the station to know", || {
        let health = app.call("station.health", json!({}));
        (health["queued"] == 0).then_some(())
    });
    let books = store.processor.get("/books");
    let captures = books["captures"].as_array().unwrap();
    let captured: Vec<&Value> = captures.iter().map(|row| &row["authorization"]).collect();
    let expected = [&authorizations[1], &authorizations[2], &authorizations[0]];
    assert_eq!(captured, expected, "{books}");
    for (name, _) in orders {
        let payment = json!({"payment_id": format!("{name}/0")});
        let payment = app.call("payment.get", payment);
        assert_eq!(payment["status"], "captured", "{payment}");
    }
}

#[test]
fn s24_a_processor_that_fell_silent_is_asked_on() {
    let (store, _gate) = open(&limits(100_000, 100_000, ""));
    let mut app = store.station.app();
    put(&store, &mut app, "O-24");
    // It carries the capture out and tells nobody, and does not answer for a while.
    let lose = json!({"on": "capture", "do": "drop_answer"});
    store.processor.post("/control/faults", lose);
    let lose = json!({"on": "inquire", "do": "drop_answer", "count": 5});
    store.processor.post("/control/faults", lose);
    let done = app.call("pickup.capture", pickup("k1", "O-24", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["code"], "awaiting_retry", "{done}");
    wait_for("the station to know", || {
        let payment = app.call("payment.get", json!({"payment_id": "O-24/0"}));
        (payment["status"] == "captured").then_some(())
    });
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
}

#[test]
fn s24_an_authorization_that_ends_meanwhile_is_made_anew() {
    let (store, mut gate) = open(&limits(100_000, 100_000, ""));
    let mut app = store.station.app();
    let order = put(&store, &mut app, "O-24");
    gate.close();
    let done = app.call("pickup.capture", pickup("k1", "O-24", 1, &["1"]));
    assert_eq!(done["code"], "awaiting_retry", "{done}");
    let expire = json!({"authorization": order["tenders"][0]["auth_token"]});
    store.processor.post("/control/expire", expire);
    gate.reopen();
    wait_for("the capture", || (booked(&store) == 80_000).then_some(()));
    let order = app.call("order.get", json!({"order_id": "O-24"}));
    assert_eq!(order["tenders"][1]["authorized_minor"], 80_000, "{order}");
    store.assert_books(160_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
}

#[test]
fn the_work_list_names_what_somebody_should_look_at() {
    let (store, mut gate) = open(&limits(100_000, 100_000, ""));
    let mut app = store.station.app();
    for (name, end) in [
        ("O-a", "2090-01-01"),
        ("O-b", "2020-01-02"),
        ("O-c", "2020-01-01"),
    ] {
        let mut order = store.order_paid_online(name, &[80_000]);
        order["tenders"][0]["expires_at"] = json!(format!("{end}T00:00:00.000Z"));
        app.call("order.put", json!({"order": order}));
    }
    let mut order = store.order_paid_online("O-d", &[80_002]);
    order["tenders"][0]["authorized_minor"] = json!(0);
    order["tenders"][0]["on_hold"] = json!(true);
    app.call("order.put", json!({"order": order}));
    gate.close();
    app.call("pickup.capture", pickup("k1", "O-a", 1, &["1"]));
    let mut find = |more: Value| {
        let mut params = json!({"attention": true});
        params
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        app.call("order.find", params)
    };
    let list = find(json!({}));
    let rows = list["attention"].as_array().unwrap();
    let told = |row: &Value| json!([row["why"], row["order_id"], row["amount_minor"]]);
    let told: Vec<Value> = rows.iter().map(told).collect();
    let expected = [
        json!(["expiring", "O-c", 80_000]),
        json!(["expiring", "O-b", 80_000]),
        json!(["queued", "O-a", 80_000]),
        json!(["on_hold", "O-d", 0]),
    ];
    assert_eq!(told, expected, "{list}");
    assert!(rows[2]["queued_at"].is_string(), "{list}");
    assert!(rows[2]["operation_id"].is_string(), "{list}");
    let list = find(json!({"limit": 1}));
    assert_eq!(list["more"], true, "{list}");
    assert_eq!(list["attention"].as_array().unwrap().len(), 1, "{list}");
    // What is picked up needs no attention any more.
    gate.reopen();
    let done = app.call("pickup.capture", pickup("k2", "O-b", 1, &["1"]));
    assert_eq!(done["outcome"], "approved", "{done}");
    wait_for("the queue", || {
        let list = app.call("order.find", json!({"attention": true}));
        (list["attention"].as_array().unwrap().len() == 2).then_some(())
    });
    let wrong = json!({"attention": true, "order_id": "O-a"});
    let error = app.refused("order.find", wrong);
    assert_eq!(error["data"]["field"], "order_id", "{error}");
}

/// Goods go while the processor is away, and their money is given up after a while. Gives the operation
/// that gave it up.
fn given_up(app: &mut App, gate: &mut Gate, store: &Store, order: &str) -> Value {
    app.call("events.subscribe", json!({"after": 0}));
    put(store, app, order);
    gate.close();
    let done = app.call("pickup.capture", pickup("k1", order, 1, &["1"]));
    assert_eq!(done["code"], "awaiting_retry", "{done}");
    let operation = queued(app);
    let end = app.event(|event| {
        event["event"] == "operation_finished" && event["operation_id"] == operation
    });
    assert_eq!(end["outcome"], "failed", "{end}");
    assert_eq!(end["code"], "capture_failed", "{end}");
    gate.reopen();
    operation
}

fn give_up_soon() -> String {
    format!("retry_for_s = 2\n{}", limits(100_000, 100_000, ""))
}

#[test]
fn s25_what_is_missing_for_goods_that_are_gone_is_paid_by_another_card() {
    let (store, mut gate) = open(&give_up_soon());
    let mut app = store.station.app();
    given_up(&mut app, &mut gate, &store, "O-25");
    let order = app.call("order.get", json!({"order_id": "O-25"}));
    let mut take = pickup("k2", "O-25", order["version"].as_u64().unwrap(), &[]);
    take["use"] = "other".into();
    let done = app.call("pickup.capture", take);
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(done["captured_minor"], 80_000, "{done}");
    // What the order's own card still held is released: nobody needs it any more.
    store.assert_books(160_000 + TOKEN_TRACE, 80_000, 80_000 + TOKEN_TRACE, 0);
    let list = app.call("order.find", json!({"attention": true}));
    assert_eq!(list, json!({"attention": [], "more": false}));
    let order = app.call("order.get", json!({"order_id": "O-25"}));
    let again = pickup("k3", "O-25", order["version"].as_u64().unwrap(), &[]);
    let error = app.refused("pickup.capture", again);
    assert_eq!(error["data"]["code"], "invalid_params", "{error}");
    assert_eq!(error["data"]["field"], "lines", "{error}");
    let quote = app.call("pickup.quote", json!({"order_id": "O-25"}));
    assert_eq!(quote["due_minor"], 0, "{quote}");
}

#[test]
fn s25_what_is_written_off_is_expected_no_more() {
    let (mut store, mut gate) = open(&give_up_soon());
    let mut app = store.station.app();
    given_up(&mut app, &mut gate, &store, "O-25");
    let write_off = json!({
        "idempotency_key": "k2", "payment_id": "O-25/0", "reason": "paid by bank transfer",
    });
    let done = app.call("payment.write_off", write_off.clone());
    assert_eq!(done["outcome"], "approved", "{done}");
    store.station.kill();
    assert!(store.station.try_start(&[]), "it starts again");
    let mut app = store.station.app();
    assert_eq!(app.call("payment.write_off", write_off), done);
    let payment = app.call("payment.get", json!({"payment_id": "O-25/0"}));
    assert_eq!(payment["uncaptured_minor"], 0, "{payment}");
    let order = app.call("order.get", json!({"order_id": "O-25"}));
    assert_eq!(order["waived_minor"], 80_000, "{order}");
    let list = app.call("order.find", json!({"attention": true}));
    assert_eq!(list, json!({"attention": [], "more": false}));
    let error = app.refused("payment.write_off", {
        json!({"idempotency_key": "k3", "payment_id": "O-25/0", "reason": "again"})
    });
    assert_eq!(error["data"]["code"], "nothing_to_write_off", "{error}");
    // No money has moved.
    store.assert_books(80_000 + TOKEN_TRACE, 0, TOKEN_TRACE, 0);
}

#[test]
fn s25_what_is_retried_in_vain_is_given_up_and_told() {
    let (mut store, mut gate) = open(&give_up_soon());
    let mut app = store.station.app();
    let operation = given_up(&mut app, &mut gate, &store, "O-25");
    store.station.kill();
    assert!(store.station.try_start(&[]), "it starts again");

    let mut app = store.station.app();
    let found = app.call("operation.get", json!({"operation_id": operation}));
    let result = &found["result"];
    let state = &result["refs"]["onlinefundraising"];
    assert_eq!(*state, json!({"code": "300002", "state": "Failed"}));
    assert_eq!(result["balance_due_minor"], 80_000, "{result}");
    let payment = app.call("payment.get", json!({"payment_id": "O-25/0"}));
    assert_eq!(payment["uncaptured_minor"], 80_000, "{payment}");
    assert_eq!(payment["queued_minor"], 0, "{payment}");
    store.assert_books(80_000 + TOKEN_TRACE, 0, TOKEN_TRACE, 0);

    let row = json!({
        "why": "capture_failed", "order_id": "O-25", "payment_id": "O-25/0", "currency": "NOK",
        "amount_minor": 80_000,
    });
    let work = json!({"attention": true});
    let list = app.call("order.find", work.clone());
    assert_eq!(list, json!({"attention": [row], "more": false}));

    // Somebody deals with it: the authorization still holds the money.
    let take = json!({"idempotency_key": "k2", "payment_id": "O-25/0"});
    let done = app.call("payment.capture", take);
    assert_eq!(done["outcome"], "approved", "{done}");
    let payment = app.call("payment.get", json!({"payment_id": "O-25/0"}));
    assert_eq!(payment["uncaptured_minor"], 0, "{payment}");
    let list = app.call("order.find", work);
    assert_eq!(list, json!({"attention": [], "more": false}));
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
}
