//! Orders that are sent to the customer, and what is cancelled: S04, S05, S23.

use serde_json::{Value, json};

use super::{Store, TOKEN_TRACE, deposit, pickup};

fn ship(key: &str, order: &str, version: u64, lines: &[&str]) -> Value {
    json!({
        "idempotency_key": key, "order_id": order, "order_version": version, "lines": lines,
    })
}

#[test]
fn s04_deposit_in_store_shipped_to_the_customer() {
    let store = Store::open();
    let mut app = store.station.app();
    let mut params = deposit("k1", "O-4", 20_000);
    for line in params["order"]["lines"].as_array_mut().unwrap() {
        line["fulfilment"] = json!("ship");
    }
    let taken = app.call("deposit.take", params);
    assert_eq!(taken["captured_minor"], 20_000, "{taken}");
    let version = taken["order"]["version"].as_u64().unwrap();

    let sent = app.call("order.ship", ship("k2", "O-4", version, &["1", "2"]));
    assert_eq!(sent["outcome"], "approved", "{sent}");
    assert_eq!(sent["captured_minor"], 80_000, "{sent}");
    assert_eq!(sent["payments"][0]["status"], "captured", "{sent}");
    assert_eq!(store.terminal.presentations(), 1);
    store.assert_books(100_000, 100_000, 0, 0);
    let order = app.call("order.get", json!({"order_id": "O-4"}));
    assert_eq!(order["lines"][0]["state"], "fulfilled", "{order}");

    // The same key again: the first answer, and nothing is taken twice.
    let again = app.call("order.ship", ship("k2", "O-4", version, &["1", "2"]));
    assert_eq!(again, sent);
    store.assert_books(100_000, 100_000, 0, 0);
}

#[test]
fn s05_one_line_shipped_two_picked_up_on_different_days() {
    let store = Store::open();
    let mut app = store.station.app();
    let mut order = store.order_paid_online("O-5", &[80_000]);
    order["lines"] = json!([
        {"line_id": "1", "amount_minor": 40_000, "fulfilment": "ship"},
        {"line_id": "2", "amount_minor": 30_000},
        {"line_id": "3", "amount_minor": 10_000},
    ]);
    app.call("order.put", json!({"order": order}));
    let error = app.refused("order.ship", ship("k0", "O-5", 1, &["2"]));
    assert_eq!(error["data"]["field"], "lines", "{error}");

    let mut version = 1;
    for (key, line, captured, status) in [
        ("k1", "1", 40_000, "partially_captured"),
        ("k2", "2", 70_000, "partially_captured"),
        ("k3", "3", 80_000, "captured"),
    ] {
        let done = match line {
            "1" => app.call("order.ship", ship(key, "O-5", version, &[line])),
            _ => app.call("pickup.capture", pickup(key, "O-5", version, &[line])),
        };
        assert_eq!(done["outcome"], "approved", "{done}");
        version = done["order"]["version"].as_u64().unwrap();
        let payment = app.call("payment.get", json!({"payment_id": "O-5/0"}));
        let seen = [
            "authorized_minor",
            "captured_minor",
            "voided_minor",
            "refunded_minor",
        ]
        .map(|counter| payment[counter].as_u64().unwrap());
        assert_eq!(seen, [80_000, captured, 0, 0], "{payment}");
        assert_eq!(payment["status"], status, "{payment}");
        store.assert_books(80_000 + TOKEN_TRACE, captured, TOKEN_TRACE, 0);
    }
    assert_eq!(store.terminal.presentations(), 0);
}

#[test]
fn s23_part_is_collected_the_rest_cancelled() {
    for (share, refunded, kept) in [("refund", 8_000, None), ("keep", 0, Some(8_000))] {
        let store = Store::open();
        let mut app = store.station.app();
        let taken = app.call("deposit.take", deposit("k1", "O-23", 20_000));
        let version = taken["order"]["version"].as_u64().unwrap();
        let done = app.call("pickup.capture", pickup("k2", "O-23", version, &["1"]));
        assert_eq!(done["captured_minor"], 48_000, "{done}");
        let cancel = |key: &str, version: &Value| {
            json!({
                "idempotency_key": key, "order_id": "O-23", "order_version": version,
                "deposit": share,
            })
        };
        let old = app.refused("order.cancel", cancel("k3", &json!(version)));
        assert_eq!(old["data"]["code"], "order_changed", "{old}");

        let version = done["order"]["version"].clone();
        let cancelled = app.call("order.cancel", cancel("k4", &version));
        assert_eq!(cancelled["outcome"], "approved", "{cancelled}");
        assert_eq!(cancelled["code"], "approved", "{cancelled}");
        assert_eq!(cancelled["secured_minor"], 0, "{cancelled}");
        // 600 fetched; of the deposit of 200, 80 were for the line that is not.
        store.assert_books(100_000, 68_000, 32_000, refunded);
        let order = app.call("order.get", json!({"order_id": "O-23"}));
        assert_eq!(order["lines"][1]["state"], "cancelled", "{order}");
        assert_eq!(order["kept_minor"].as_u64(), kept, "{order}");
        let quote = app.call("pickup.quote", json!({"order_id": "O-23"}));
        assert_eq!(quote["due_minor"], 0, "{quote}");
        assert_eq!(store.terminal.presentations(), 1);
        assert_eq!(app.call("order.cancel", cancel("k4", &version)), cancelled);
        store.assert_books(100_000, 68_000, 32_000, refunded);
    }
}
