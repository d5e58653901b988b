//! Input that contradicts itself or what is known: refused, the field named, nothing changed.

use serde_json::{Value, json};

use super::{Store, TOKEN_TRACE, deposit, pickup, sale};
use crate::store::{App, Line, Setup};

/// Everything that an app can see of the books of order `O-1`, and the place of the last event.
fn seen(store: &Store, app: &mut App) -> Value {
    json!({
        "order": app.call("order.get", json!({"order_id": "O-1", "include_tokens": true})),
        "payment": app.call("payment.get", json!({"payment_id": "O-1/0"})),
        "events": app.call("events.subscribe", json!({}))["last_seq"],
        "processor": store.processor.get("/books"),
        "cards": store.terminal.presentations(),
    })
}

/// What is changed in an order that is good, by JSON pointer; what is refused, and which field.
#[expect(clippy::too_many_lines, reason = "a table")]
fn bad_orders() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let duplicate = json!([
        {"line_id": "1", "amount_minor": 1}, {"line_id": "1", "amount_minor": 2},
    ]);
    let huge = json!([
        {"line_id": "1", "amount_minor": 999_999_999_999_u64},
        {"line_id": "2", "amount_minor": 999_999_999_999_u64},
    ]);
    let paid = json!([{
        "authorized_minor": 80_001, "captured_minor": 80_001, "auth_token": "a",
        "merchant_account": "nordic",
    }]);
    let foreign = json!([{"payment_id": "O-2/0"}]);
    let twice = json!([{"payment_id": "P"}, {"payment_id": "P"}]);
    let captures = json!([{"amount_minor": 1}]);
    let (params, order) = ("invalid_params", "order_invalid");
    vec![
        ("/total_minor", json!(80_001), params, "order.total_minor"),
        ("/tenders", paid, order, "order.tenders"),
        ("/tenders", foreign, order, "order.tenders"),
        ("/tenders", twice, order, "order.tenders"),
        (
            "/tenders/0/captured_minor",
            json!(80_001),
            order,
            "order.tenders",
        ),
        ("/tenders/0/lapsed_minor", json!(1), order, "order.tenders"),
        (
            "/tenders/0/refunded_minor",
            json!(1),
            order,
            "order.tenders",
        ),
        (
            "/tenders/0/captures",
            captures,
            params,
            "order.tenders[0].captures",
        ),
        (
            "/tenders/0/on_hold",
            json!(true),
            params,
            "order.tenders[0].authorized_minor",
        ),
        (
            "/tenders/0/currency",
            json!("EUR"),
            params,
            "order.tenders[0].currency",
        ),
        (
            "/tenders/0/expires_at",
            json!("soon"),
            params,
            "order.tenders[0].expires_at",
        ),
        (
            "/tenders/0/auth_token",
            Value::Null,
            params,
            "order.tenders[0].auth_token",
        ),
        ("/order_id", json!("O\u{200b}-1"), params, "order.order_id"),
        (
            "/customer_reference",
            json!("\u{202e}C-7"),
            params,
            "order.customer_reference",
        ),
        (
            "/lines/0/line_id",
            json!(" "),
            params,
            "order.lines[0].line_id",
        ),
        ("/currency", json!("XXZ"), params, "order.currency"),
        ("/lines", json!([]), order, "order.lines"),
        ("/lines", duplicate, order, "order.lines"),
        ("/lines", huge, order, "order.lines"),
        (
            "/lines/0/currency",
            json!("EUR"),
            params,
            "order.lines[0].currency",
        ),
        (
            "/lines/0/amount_minor",
            json!(-1),
            params,
            "order.lines[0].amount_minor",
        ),
        (
            "/lines/0/amount_minor",
            json!(1.5),
            params,
            "order.lines[0].amount_minor",
        ),
        (
            "/lines/0/amount_minor",
            json!(1_000_000_000_000_u64),
            params,
            "order.lines[0].amount_minor",
        ),
        (
            "/lines/0/amount_minor",
            json!(u64::MAX),
            params,
            "order.lines[0].amount_minor",
        ),
        (
            "/lines/0/amount_minor",
            json!(1e20),
            params,
            "order.lines[0].amount_minor",
        ),
        (
            "/lines/0/store",
            json!("atlantis"),
            order,
            "order.lines[0].store",
        ),
        (
            "/lines/0/fulfilment",
            json!("teleport"),
            params,
            "order.lines[0].fulfilment",
        ),
        ("/deposit_minor", json!(80_001), order, "deposit_minor"),
        ("/channel", json!("fax"), params, "order.channel"),
        (
            "/version",
            json!(5_000_000_000_u64),
            params,
            "order.version",
        ),
    ]
}

/// A method, its parameters, what it is refused with, and which field.
#[expect(clippy::too_many_lines, reason = "a table")]
fn bad_requests() -> Vec<(&'static str, Value, &'static str, Option<&'static str>)> {
    let with = |mut params: Value, name: &str, value: Value| {
        params[name] = value;
        params
    };
    let take = || pickup("k", "O-1", 1, &["1"]);
    let part = |amount: Value, currency: &str| json!({"idempotency_key": "k", "payment_id": "O-1/0", "amount_minor": amount, "currency": currency});
    let params = "invalid_params";
    let amount = Some("amount_minor");
    vec![
        (
            "pickup.capture",
            with(take(), "lines", json!(["1", "1"])),
            params,
            Some("lines[1]"),
        ),
        (
            "pickup.capture",
            with(take(), "lines", json!([])),
            params,
            Some("lines"),
        ),
        (
            "pickup.capture",
            with(take(), "lines", json!(["9"])),
            "line_unknown",
            Some("lines"),
        ),
        (
            "pickup.capture",
            with(take(), "order_version", json!(0)),
            "order_changed",
            None,
        ),
        (
            "pickup.capture",
            with(take(), "order_id", json!("O-9")),
            "order_unknown",
            None,
        ),
        (
            "pickup.capture",
            with(take(), "use", json!("cash")),
            params,
            Some("use"),
        ),
        (
            "pickup.capture",
            with(
                with(take(), "use", json!("other")),
                "terminal",
                json!("attic"),
            ),
            "terminal_unknown",
            Some("terminal"),
        ),
        ("payment.sale", sale("k", 0), params, amount),
        ("payment.sale", sale("k", 1_000_000_000_000), params, amount),
        (
            "payment.sale",
            with(sale("k", 1), "currency", json!("EUR")),
            "currency_mismatch",
            Some("currency"),
        ),
        ("payment.capture", part(json!(0), "NOK"), params, amount),
        (
            "payment.capture",
            part(json!(80_001), "NOK"),
            "exceeds_open_amount",
            None,
        ),
        (
            "payment.capture",
            part(json!(1), "EUR"),
            "currency_mismatch",
            Some("currency"),
        ),
        ("payment.refund", part(json!(0), "NOK"), params, amount),
        (
            "payment.void",
            json!({"idempotency_key": "k", "payment_id": "O-9/0"}),
            "payment_unknown",
            None,
        ),
        (
            "deposit.take",
            deposit("k", "O-5", 0),
            "amount_out_of_range",
            Some("deposit_minor"),
        ),
        (
            "deposit.take",
            deposit("k", "O-5", 100_001),
            "order_invalid",
            Some("deposit_minor"),
        ),
    ]
}

#[test]
fn bad_input_is_refused_by_its_field_and_changes_nothing() {
    let store = Store::open_with(Line::Serial, &[], |setup| Setup {
        more_station: "stores = [\"oslo\"]".to_owned(),
        ..setup
    });
    let mut app = store.station.app();
    // Nothing else happens from here on.
    app.call("events.subscribe", json!({"after": 0}));
    app.event(|event| event["event"] == "terminal_connected");
    let mut good = store.order_paid_online("O-1", &[80_000]);
    good["lines"][0]["store"] = json!("oslo");
    good["total_minor"] = json!(80_000);
    app.call("order.put", json!({"order": good}));
    good.as_object_mut().unwrap().remove("total_minor");
    let mut other = good.clone();
    other["order_id"] = json!("O-2");
    app.call("order.put", json!({"order": other}));
    let before = seen(&store, &mut app);

    for (pointer, value, code, field) in bad_orders() {
        let mut order = good.clone();
        order["version"] = json!(2);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        order.pointer_mut(parent).unwrap()[name] = value.clone();
        let error = app.refused("order.put", json!({"order": order}));
        let told = (&error["data"]["code"], &error["data"]["field"]);
        assert_eq!(
            told,
            (&json!(code), &json!(field)),
            "{pointer} {value}: {error}"
        );
        assert_eq!(seen(&store, &mut app), before, "{pointer} {value}");
    }
    let mut older = good.clone();
    older["version"] = json!(0);
    let error = app.refused("order.put", json!({"order": older}));
    assert_eq!(error["data"]["code"], "order_changed", "{error}");
    assert_eq!(error["data"]["order_version"], 1, "{error}");
    for (method, params, code, field) in bad_requests() {
        let error = app.refused(method, params.clone());
        let told = (&error["data"]["code"], error["data"]["field"].as_str());
        assert_eq!(told, (&json!(code), field), "{method} {params}: {error}");
    }
    assert_eq!(seen(&store, &mut app), before);
    store.assert_books(80_000 + TOKEN_TRACE, 0, TOKEN_TRACE, 0);
}

#[test]
fn a_tender_of_an_unknown_account_alone_takes_nothing() {
    let store = Store::open();
    let mut app = store.station.app();
    let mut order = store.order_paid_online("O-1", &[80_000]);
    order["tenders"][0]["merchant_account"] = json!("atlantis");
    app.call("order.put", json!({"order": order}));
    let told = app.call("pickup.capture", pickup("k", "O-1", 1, &["1"]));
    assert_eq!(told["code"], "merchant_account_unknown", "{told}");
    assert_eq!(told["balance_due_minor"], 80_000, "{told}");
    let order = app.call("order.get", json!({"order_id": "O-1"}));
    assert_eq!(order["lines"][0]["state"], "open", "{order}");
    store.assert_books(80_000 + TOKEN_TRACE, 0, TOKEN_TRACE, 0);
}
