//! Status guards: S27 to S31 and S33; and what a wrong request is told.

use serde_json::{Value, json};

use super::{Store, sale};
use crate::store::App;

#[test]
fn s27_refund_of_an_authorized_payment() {
    let store = Store::open();
    let mut app = store.station.app();
    let held = app.call("payment.authorize", sale("k1", 50_000));
    assert_eq!(held["payments"][0]["status"], "authorized", "{held}");
    let id = held["payments"][0]["payment_id"].clone();
    let error = app.refused(
        "payment.refund",
        json!({"idempotency_key": "k2", "payment_id": id}),
    );
    assert_eq!(error["data"]["next_action"], "void_instead", "{error}");
    store.assert_books(50_000, 0, 0, 0);

    let voided = app.call(
        "payment.void",
        json!({"idempotency_key": "k3", "payment_id": id}),
    );
    assert_eq!(
        voided["payments"][0]["status"], "authorization_voided",
        "{voided}"
    );
    store.assert_books(50_000, 0, 50_000, 0);
}

#[test]
fn s29_void_after_capture() {
    let store = Store::open();
    let mut app = store.station.app();
    let sold = app.call("payment.sale", sale("k1", 50_000));
    assert_eq!(sold["payments"][0]["status"], "captured", "{sold}");
    let id = sold["payments"][0]["payment_id"].clone();
    let error = app.refused(
        "payment.void",
        json!({"idempotency_key": "k2", "payment_id": id}),
    );
    assert_eq!(error["data"]["next_action"], "refund_instead", "{error}");
    store.assert_books(50_000, 50_000, 0, 0);

    let back = json!({
        "idempotency_key": "k3", "payment_id": id, "amount_minor": 20_000, "currency": "NOK",
    });
    let refunded = app.call("payment.refund", back);
    assert_eq!(
        refunded["payments"][0]["status"], "partially_refunded",
        "{refunded}"
    );
    store.assert_books(50_000, 50_000, 0, 20_000);
}

#[test]
fn s28_partial_refund_where_a_smaller_capture_is_meant() {
    let store = Store::open();
    let mut app = store.station.app();
    let held = app.call("payment.authorize", sale("k1", 50_000));
    let id = held["payments"][0]["payment_id"].clone();
    let part = json!({
        "idempotency_key": "k2", "payment_id": id, "amount_minor": 20_000, "currency": "NOK",
    });
    let error = app.refused("payment.refund", part.clone());
    assert_eq!(error["data"]["next_action"], "capture_less", "{error}");
    let mut less = part;
    less["amount_minor"] = json!(30_000);
    let taken = app.call("payment.capture", less);
    assert_eq!(
        taken["payments"][0]["status"], "partially_captured",
        "{taken}"
    );
    store.assert_books(50_000, 30_000, 0, 0);
}

#[test]
fn s30_void_twice() {
    let store = Store::open();
    let mut app = store.station.app();
    let held = app.call("payment.authorize", sale("k1", 50_000));
    let id = held["payments"][0]["payment_id"].clone();
    let void = |key: &str| json!({"idempotency_key": key, "payment_id": id});
    assert_eq!(app.call("payment.void", void("k2"))["outcome"], "approved");
    let error = app.refused("payment.void", void("k3"));
    assert_eq!(error["data"]["code"], "payment_already_voided", "{error}");
    store.assert_books(50_000, 0, 50_000, 0);
}

#[test]
fn s31_refunds_up_to_what_was_captured() {
    let store = Store::open();
    let mut app = store.station.app();
    let sold = app.call("payment.sale", sale("k1", 50_000));
    let id = sold["payments"][0]["payment_id"].clone();
    let refund = |key: &str, minor: u64| json!({"idempotency_key": key, "payment_id": id, "amount_minor": minor, "currency": "NOK"});
    let status = |done: &Value| done["payments"][0]["status"].clone();
    let first = app.call("payment.refund", refund("k2", 20_000));
    assert_eq!(status(&first), "partially_refunded", "{first}");
    assert_eq!(first["refunded_minor"], 20_000, "{first}");
    let second = app.call("payment.refund", refund("k3", 30_000));
    assert_eq!(status(&second), "refunded", "{second}");
    let error = app.refused("payment.refund", refund("k4", 1));
    assert_eq!(error["data"]["code"], "exceeds_captured_amount", "{error}");
    store.assert_books(50_000, 50_000, 0, 50_000);
}

/// One follow-up of a payment: method, its name among the actions, and minor units (all without them).
type Act = (&'static str, &'static str, Option<u64>);

const ACTS: [Act; 5] = [
    ("payment.capture", "capture", Some(20_000)),
    ("payment.capture", "capture", None),
    ("payment.void", "void", None),
    ("payment.refund", "refund", Some(10_000)),
    ("payment.refund", "refund", None),
];

/// Every sequence of three follow-ups of an authorization. What is listed as allowed is carried out,
/// what is not is refused and moves nothing; status and books follow.
#[test]
fn s33_every_sequence_of_follow_ups() {
    let store = Store::open();
    let mut app = store.station.app();
    let mut books = [0; 4];
    for first in ACTS {
        for second in ACTS {
            for third in ACTS {
                follow_up(&store, &mut app, [first, second, third], &mut books);
            }
        }
    }
}

fn follow_up(store: &Store, app: &mut App, acts: [Act; 3], books: &mut [u64; 4]) {
    let what = format!("{acts:?}");
    let held = app.call("payment.authorize", sale(&what, 50_000));
    let id = &held["payments"][0]["payment_id"];
    let mut payment = [50_000, 0, 0, 0];
    for (at, (method, action, part)) in acts.into_iter().enumerate() {
        let key = format!("{at} {what}");
        let mut params = json!({"idempotency_key": key, "payment_id": id});
        if let Some(part) = part {
            params["amount_minor"] = json!(part);
            params["currency"] = json!("NOK");
        }
        let before = app.call("payment.get", json!({"payment_id": id}));
        let listed = before["actions"]
            .as_array()
            .unwrap()
            .contains(&json!(action));
        assert_eq!(listed, may(action, payment), "{what}, {at}: {before}");
        let [authorized, captured, voided, refunded] = &mut payment;
        let left = match action {
            "refund" => *captured - *refunded,
            _ => *authorized - *captured - *voided,
        };
        let amount = part.unwrap_or(left);
        if listed && amount <= left {
            let done = app.call(method, params);
            assert_eq!(done["outcome"], "approved", "{what}, {at}: {done}");
            match action {
                "capture" => *captured += amount,
                "void" => *voided += amount,
                _ => *refunded += amount,
            }
        } else {
            let refused = app.refused(method, params);
            assert_ne!(refused["data"]["next_action"], Value::Null, "{refused}");
        }
        let after = app.call("payment.get", json!({"payment_id": id}));
        assert_eq!(after["status"], status(payment), "{what}, {at}: {after}");
    }
    for (all, own) in books.iter_mut().zip(payment) {
        *all += own;
    }
    let [authorized, captured, voided, refunded] = *books;
    store.assert_books(authorized, captured, voided, refunded);
}

/// What has been refunded whole is over, but for what is still held.
fn may(action: &str, [authorized, captured, voided, refunded]: [u64; 4]) -> bool {
    let open = authorized - captured - voided;
    match action {
        "capture" => open > 0 && (refunded == 0 || refunded < captured),
        "void" => open > 0,
        _ => captured > refunded,
    }
}

fn status([authorized, captured, voided, refunded]: [u64; 4]) -> &'static str {
    match (captured, refunded) {
        (0, _) if voided == authorized => "authorization_voided",
        (0, _) => "authorized",
        (_, 0) if authorized > captured + voided => "partially_captured",
        (_, 0) => "captured",
        _ if refunded == captured => "refunded",
        _ => "partially_refunded",
    }
}

#[test]
fn bad_input_is_named_and_the_connection_lives_on() {
    let store = Store::open();
    let mut app = store.station.app();
    for (method, params, field) in wrong_params() {
        let error = app.refused(method, params.clone());
        assert_eq!(error["code"], -32602, "{method} {params}: {error}");
        assert_eq!(error["data"]["field"], field, "{method} {params}: {error}");
        assert!(!error.to_string().contains("4111"), "{error}");
    }
    assert_eq!(app.refused("payment.steal", json!({}))["code"], -32601);
    for (text, code) in [
        ("{nonsense", -32700),
        ("[]", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":7}", -32600),
        (
            "{\"jsonrpc\":\"1.0\",\"id\":null,\"method\":\"station.info\"}",
            -32600,
        ),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"station.info\",\"params\":[1]}",
            -32600,
        ),
    ] {
        app.send_text(text).unwrap();
        assert_eq!(app.unasked()["error"]["code"], code, "{text}");
    }
    assert_eq!(app.call("station.info", json!({}))["station"], "a");
    store.assert_books(0, 0, 0, 0);
}

/// A sale of which one field is something else.
fn with(field: &str, value: Value) -> Value {
    let mut params = sale("k", 5_000);
    params[field] = value;
    params
}

/// Methods, parameters that are wrong in one field, and that field.
fn wrong_params() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        (
            "payment.sale",
            json!({"amount_minor": 1, "currency": "NOK"}),
            "idempotency_key",
        ),
        (
            "payment.sale",
            json!({"idempotency_key": "k", "currency": "NOK"}),
            "amount_minor",
        ),
        ("payment.sale", sale("k", 0), "amount_minor"),
        ("payment.sale", sale("k", u64::MAX), "amount_minor"),
        (
            "payment.sale",
            with("amount_minor", json!(-5)),
            "amount_minor",
        ),
        (
            "payment.sale",
            with("amount_minor", json!(1.5)),
            "amount_minor",
        ),
        (
            "payment.sale",
            with("amount_minor", json!("5")),
            "amount_minor",
        ),
        ("payment.sale", with("currency", json!("XXQ")), "currency"),
        ("payment.sale", with("currency", json!("EUR")), "currency"),
        ("payment.sale", with("terminal", json!("other")), "terminal"),
        ("payment.sale", with("terminl", json!("till")), "terminl"),
        (
            "payment.sale",
            with("idempotency_key", json!("4111 1111 1111 1111")),
            "idempotency_key",
        ),
        (
            "payment.sale",
            with("idempotency_key", json!("x".repeat(201))),
            "idempotency_key",
        ),
        (
            "pickup.capture",
            json!({"idempotency_key": "k", "order_id": "O", "order_version": 1,
            "lines": ["1"], "use": "cash"}),
            "use",
        ),
        (
            "order.put",
            json!({"order": {"order_id": "O", "currency": "NOK",
            "lines": [{"line_id": "1", "amount_minor": "x"}]}}),
            "order.lines[0].amount_minor",
        ),
        ("operation.get", json!({}), "idempotency_key"),
    ]
}
