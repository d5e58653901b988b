//! The same request again, and several at once: S38, abort.

use serde_json::json;

use super::{Store, sale};

#[test]
fn s38_the_same_key_again() {
    let mut store = Store::open();
    let mut app = store.station.app();
    let first = app.call("payment.sale", sale("k1", 50_000));
    assert_eq!(first["outcome"], "approved", "{first}");
    assert_eq!(app.call("payment.sale", sale("k1", 50_000)), first);
    let other = app.refused("payment.sale", sale("k1", 60_000));
    assert_eq!(other["data"]["code"], "idempotency_key_reused", "{other}");

    // While it runs a repeat joins, from whatever connection.
    store.terminal.post("/hold", json!({"hold": true}));
    app.call("events.subscribe", json!({}));
    let running = app.send("payment.sale", sale("k2", 30_000)).unwrap();
    let mut second = store.station.app();
    let joined = second.send("payment.sale", sale("k2", 30_000)).unwrap();
    let locked = second.refused("payment.sale", sale("k3", 10_000));
    assert_eq!(locked["data"]["code"], "terminal_locked", "{locked}");
    let state = second.call("operation.get", json!({"idempotency_key": "k2"}));
    assert_eq!(state["state"], "running", "{state}");
    app.event(|event| event["prompt"] == "present_card");
    store.terminal.post("/present", json!({}));
    let answer = app.answer(running).unwrap().unwrap();
    assert_eq!(answer["outcome"], "approved", "{answer}");
    assert_eq!(second.answer(joined).unwrap().unwrap(), answer);

    // After a crash and a restart the first answers are still the answers.
    store.station.kill();
    assert!(store.station.try_start(&[]));
    let mut app = store.station.app();
    assert_eq!(app.call("payment.sale", sale("k1", 50_000)), first);
    assert_eq!(app.call("payment.sale", sale("k2", 30_000)), answer);
    let found = app.call("operation.get", json!({"idempotency_key": "k2"}));
    assert_eq!(found["result"], answer);
    assert_eq!(store.terminal.presentations(), 2);
    store.assert_books(80_000, 80_000, 0, 0);
}

#[test]
fn s38_the_same_key_from_many_connections_at_once() {
    let store = Store::open();
    let mut apps: Vec<_> = (0..8).map(|_| store.station.app()).collect();
    for round in 0..20 {
        let order = json!({
            "order_id": format!("O-{round}"), "currency": "NOK",
            "lines": [{"line_id": "1", "amount_minor": 100}],
        });
        let params = json!({"idempotency_key": format!("put-{round}"), "order": order});
        let ids: Vec<u64> = apps
            .iter_mut()
            .map(|app| app.send("order.put", params.clone()).unwrap())
            .collect();
        let answers: Vec<_> = apps
            .iter_mut()
            .zip(ids)
            .map(|(app, id)| app.answer(id).unwrap().unwrap())
            .collect();
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:?}"
        );
    }
    assert_eq!(apps[0].call("station.health", json!({}))["state"], "ok");
}

#[test]
fn a_running_payment_can_be_aborted_and_does_not_block_others() {
    let store = Store::open();
    store.terminal.post("/hold", json!({"hold": true}));
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let running = app.send("payment.sale", sale("k1", 50_000)).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    let health = app.call("station.health", json!({}));
    assert_eq!(health["running"], 1, "{health}");
    let stopping = app.call("terminal.abort", json!({}));
    assert_eq!(stopping["stopping"], true, "{stopping}");
    let answer = app.answer(running).unwrap().unwrap();
    assert_eq!(answer["outcome"], "cancelled", "{answer}");
    assert_eq!(answer["payments"][0]["status"], "failed");
    store.assert_books(0, 0, 0, 0);

    // The terminal is idle again: the next amount can be taken.
    store.terminal.post("/hold", json!({"hold": false}));
    let next = app.call("payment.sale", sale("k2", 10_000));
    assert_eq!(next["outcome"], "approved", "{next}");

    // Events come without a gap, and again for whoever has missed them.
    let seqs: Vec<u64> = app
        .events
        .iter()
        .map(|event| event["seq"].as_u64().unwrap())
        .collect();
    assert!(
        seqs.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{seqs:?}"
    );
    let mut late = store.station.app();
    late.call("events.subscribe", json!({"after": seqs[0] - 1}));
    let last = app.events.last().unwrap().clone();
    late.event(|event| *event == last);
    assert_eq!(late.events[..app.events.len()], app.events);
}
