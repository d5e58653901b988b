//! Finding orders: by what the customer says, shows or taps (S47, as far as the station sees it).

use serde_json::{Value, json};

use super::journal::assert_whole;
use super::{Store, deposit, pickup};

const PAR: &str = "50010000000000000000000000A1B";

/// An order that can be found in every way.
fn order(name: &str, placed_at: &str) -> Value {
    json!({
        "order_id": name, "version": 1, "currency": "NOK", "channel": "online",
        "placed_at": placed_at, "customer_reference": "C-17", "phone": "+47 912 34 567",
        "tags": ["04A2B3C4", "SLIP-9"],
        "lines": [{"line_id": "1", "amount_minor": 60_000}, {"line_id": "2", "amount_minor": 20_000}],
        "tenders": [{
            "authorized_minor": 80_000, "merchant_account": "nordic", "auth_token": "au-secret",
            "card_token": "card-secret", "masked_pan": "411111******1111", "par": PAR,
        }],
    })
}

fn names(found: &Value) -> Vec<&str> {
    let orders = found["orders"].as_array().unwrap();
    orders
        .iter()
        .map(|hit| hit["order_id"].as_str().unwrap())
        .collect()
}

#[test]
fn s47_a_card_account_that_is_told_later_is_found_as_well() {
    let store = Store::open();
    let mut app = store.station.app();
    let mut known = order("W-1", "2026-11-20T12:00:00Z");
    known["tenders"][0].as_object_mut().unwrap().remove("par");
    app.call("order.put", json!({"order": known}));
    let mut find = |par: &str| {
        let found = app.call("order.find", json!({"par": par}));
        names(&found).len()
    };
    assert_eq!(find(PAR), 0);
    let other = "50010000000000000000000000A1C";
    for (version, par, found) in [(2, PAR, [1, 0]), (3, PAR, [1, 0]), (4, other, [0, 1])] {
        let mut newer = order("W-1", "2026-11-20T12:00:00Z");
        newer["version"] = json!(version);
        newer["tenders"][0]["par"] = json!(par);
        let mut till = store.station.app();
        till.call("order.put", json!({"order": newer}));
        assert_eq!([find(PAR), find(other)], found, "{version}");
    }
    assert_whole(
        &store.station.data_dir,
        "with a card account that was told later",
    );
}

#[test]
fn s47_an_order_is_found_by_what_the_customer_brings() {
    let mut store = Store::open();
    let mut app = store.station.app();
    app.call(
        "order.put",
        json!({"order": order("W-1", "2026-11-20T12:00:00Z")}),
    );
    app.call(
        "order.put",
        json!({"order": order("W-2", "2026-11-22T12:00:00Z")}),
    );
    let ways = [
        json!({"customer_reference": "C-17"}),
        json!({"phone": "4567"}),
        json!({"phone": "34 567"}),
        json!({"phone": "+47 912 34 567"}),
        json!({"tag": "04A2B3C4"}),
        json!({"tag": "SLIP-9"}),
        json!({"par": PAR}),
    ];
    for way in &ways {
        let found = app.call("order.find", way.clone());
        assert_eq!(names(&found), ["W-2", "W-1"], "{way}: {found}");
        assert_eq!(found["more"], false, "{found}");
        let mut one = way.clone();
        one["limit"] = json!(1);
        let found = app.call("order.find", one.clone());
        assert_eq!(names(&found), ["W-2"], "{found}");
        assert_eq!(found["more"], true, "{found}");
        one["date"] = json!("2026-11-20");
        let found = app.call("order.find", one);
        assert_eq!(names(&found), ["W-1"], "{found}");
        assert_eq!(found["more"], false, "{found}");
    }
    for (card, date, expected) in [
        ("1111", "2026-11-22", vec!["W-2"]),
        ("411111******1111", "2026-11-22", vec!["W-2"]),
        ("411111******1111", "2026-11-25", vec![]),
        ("422222******1111", "2026-11-22", vec![]),
        ("2222", "2026-11-22", vec![]),
    ] {
        let found = app.call("order.find", json!({"card": card, "date": date}));
        assert_eq!(names(&found), expected, "{card} {date}: {found}");
    }
    let found = app.call("order.find", json!({"order_id": "W-1"}));
    let expected = json!({
        "order_id": "W-1", "version": 1, "channel": "online", "status": "waiting",
        "customer_reference": "C-17", "placed_at": "2026-11-20T12:00:00.000Z", "lines": 2,
        "lines_open": 2, "currency": "NOK", "total_minor": 80_000, "secured_minor": 80_000,
        "paid_minor": 0,
    });
    assert_eq!(found, json!({"orders": [expected], "more": false}));

    // All of it is there after a restart, and the digits that are not kept are nowhere.
    store.station.kill();
    assert!(store.station.try_start(&[]));
    let mut app = store.station.app();
    for way in ways {
        let found = app.call("order.find", way.clone());
        assert_eq!(names(&found), ["W-2", "W-1"], "{way}: {found}");
    }
    let told = app.call("order.get", json!({"order_id": "W-1"}));
    assert_eq!(told["phone"], "234567", "{told}");
    assert_eq!(told["tags"], json!(["04A2B3C4", "SLIP-9"]), "{told}");
    assert_eq!(told["tenders"][0].get("par"), None, "{told}");
    let told = app.call(
        "order.get",
        json!({"order_id": "W-1", "include_tokens": true}),
    );
    assert_eq!(told["tenders"][0]["par"], PAR, "{told}");
}

#[test]
fn s47_what_is_found_follows_the_order() {
    let store = Store::open();
    let mut app = store.station.app();
    let taken = app.call("deposit.take", deposit("k1", "O-47", 20_000));
    let today = app.call("order.find", json!({"order_id": "O-47"}));
    let placed_at = today["orders"][0]["placed_at"].as_str().unwrap().to_owned();
    let by_card = json!({"card": "1111", "date": placed_at.get(..10).unwrap()});
    assert_eq!(names(&app.call("order.find", by_card.clone())), ["O-47"]);

    let version = taken["order"]["version"].as_u64().unwrap();
    app.call("pickup.capture", pickup("k2", "O-47", version, &["1"]));
    let found = app.call("order.find", by_card.clone());
    let hit = &found["orders"][0];
    assert_eq!(hit["status"], "partly_done", "{found}");
    assert_eq!(hit["lines_open"], 1, "{found}");
    assert_eq!(hit["paid_minor"], 68_000, "{found}");
    assert_eq!(hit["secured_minor"], 32_000, "{found}");

    // A newer version that has moved to another customer and another day.
    let mut newer = app.call(
        "order.get",
        json!({"order_id": "O-47", "include_tokens": true}),
    );
    assert_eq!(newer["placed_at"], json!(placed_at));
    newer["version"] = json!(newer["version"].as_u64().unwrap() + 1);
    newer["placed_at"] = json!("2020-01-01T00:00:00Z");
    newer["customer_reference"] = json!("C-18");
    newer["phone"] = json!("87654321");
    app.call("order.put", json!({"order": newer}));
    assert_eq!(names(&app.call("order.find", by_card)), [""; 0]);
    for way in [
        json!({"card": "1111", "date": "2020-01-01"}),
        json!({"customer_reference": "C-18"}),
        json!({"phone": "4321"}),
    ] {
        assert_eq!(names(&app.call("order.find", way)), ["O-47"]);
    }
    newer["version"] = json!(newer["version"].as_u64().unwrap() + 1);
    newer.as_object_mut().unwrap().remove("phone");
    app.call("order.put", json!({"order": newer}));
    assert_eq!(
        names(&app.call("order.find", json!({"phone": "4321"}))),
        [""; 0]
    );
}

#[test]
fn s47_a_search_that_is_not_clear_is_refused_and_named() {
    let store = Store::open();
    let mut app = store.station.app();
    for (params, field) in [
        (json!({}), "order_id"),
        (json!({"tag": "1", "phone": "4567"}), "order_id"),
        (json!({"phone": "567"}), "phone"),
        (json!({"phone": "all"}), "phone"),
        (json!({"par": "50010000000000000000000000a1b"}), "par"),
        (json!({"card": "1111"}), "date"),
        (json!({"card": "111", "date": "2026-11-22"}), "card"),
        (
            json!({"card": "4111111111111111", "date": "2026-11-22"}),
            "card",
        ),
        (json!({"card": "1111", "date": "22.11.2026"}), "date"),
        (json!({"tag": "1", "limit": 0}), "limit"),
        (json!({"tag": "1", "limit": 101}), "limit"),
        (json!({"tag": ""}), "tag"),
        (json!({"name": "Kari"}), "name"),
    ] {
        let error = app.refused("order.find", params.clone());
        assert_eq!(error["data"]["field"], field, "{params}: {error}");
    }
    for (field, value) in [
        ("placed_at", json!("yesterday")),
        ("phone", json!("12")),
        ("tags", json!(["1", "2", "3", "4", "5", "6", "7", "8", "9"])),
    ] {
        let mut order = order("W-3", "2026-11-20T12:00:00Z");
        order[field] = value;
        let error = app.refused("order.put", json!({"order": order}));
        assert_eq!(error["data"]["field"], format!("order.{field}"), "{error}");
    }
    let mut bad = order("W-3", "2026-11-20T12:00:00Z");
    bad["tenders"][0]["par"] = json!("short");
    let error = app.refused("order.put", json!({"order": bad}));
    assert_eq!(error["data"]["field"], "order.tenders[0].par", "{error}");
    app.refused("order.get", json!({"order_id": "W-3"}));
}
