//! A contactless reader whose helper is missing, ends, hangs or talks nonsense: it is said, and payments
//! go on. The helpers here are a few lines of shell.

use serde_json::{Value, json};

use super::{Store, sale};
use crate::store::{App, Line};

/// A store whose reader is driven by this script, or by nothing; and where the script is.
fn store(script: Option<&str>) -> (Store, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let helper = directory.path().join("helper");
    if let Some(script) = script {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(&helper, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let readers = format!(
        "[[reader]]\nid = \"counter\"\nconnection = \"acr122_usb\"\nhelper = \"{}\"\n",
        helper.display()
    );
    let store = Store::open_with(Line::Serial, &[], |mut setup| {
        setup.readers.clone_from(&readers);
        setup
    });
    (store, directory)
}

fn reader(app: &mut App) -> Value {
    let health = app.call("station.health", json!({}));
    assert_eq!(health["readers"][0]["reader"], "counter", "{health}");
    health["readers"][0].clone()
}

fn disconnected(app: &mut App) -> String {
    let event = app.event(|event| event["event"] == "nfc_reader_disconnected");
    event["cause"].as_str().unwrap().to_owned()
}

#[test]
fn s47_a_reader_without_its_helper_stops_no_payment() {
    for (script, cause) in [
        (None, "cannot be started"),
        (Some("kill -ABRT $$"), "signal 6"),
        (Some("exit 3"), "has ended"),
        (Some("echo nonsense"), "cannot be understood"),
        (
            Some(r#"echo '{"said":"failed","problem":"no reader answers"}'"#),
            "no reader answers",
        ),
        (Some("exec tr '\\0' x < /dev/zero"), "cannot be understood"),
        (Some("exec sleep 1000"), "said nothing"),
    ] {
        let (store, _script) = store(script);
        let mut app = store.station.app();
        app.call("events.subscribe", json!({"after": 0}));
        let told = disconnected(&mut app);
        assert!(told.contains(cause), "{script:?}: {told}");
        let row = reader(&mut app);
        assert_eq!(row["connected"], false, "{row}");
        assert!(row["cause"].as_str().unwrap().contains(cause), "{row}");
        let health = app.call("station.health", json!({}));
        assert_eq!(health["state"], "degraded", "{health}");
        let paid = app.call("payment.sale", sale("k1", 100));
        assert_eq!(paid["outcome"], "approved", "{script:?}: {paid}");
    }
}

#[test]
fn s47_a_helper_that_ends_is_started_again() {
    let counted = r#"
        echo '{"said":"ready","name":"fake"}'
        kill -SEGV $$"#;
    let (store, _script) = store(Some(counted));
    let mut app = store.station.app();
    app.call("events.subscribe", json!({"after": 0}));
    let mut last = 0;
    for kind in ["connected", "disconnected", "connected", "disconnected"] {
        let event = app.event(|event| {
            event["event"] == format!("nfc_reader_{kind}") && event["seq"].as_u64() > Some(last)
        });
        last = event["seq"].as_u64().unwrap();
        if kind == "disconnected" {
            assert!(event["cause"].as_str().unwrap().contains("signal 11"));
        }
    }
}

/// A tag that lies on the reader from the start, and says this.
fn tag(texts: &Value) -> String {
    let tapped = json!({"said": "tapped", "media": [{
        "uid": "04A2B3C4D5E6F7", "pays": false, "texts": texts, "interrupted": false,
    }]});
    format!(
        "echo '{{\"said\":\"ready\",\"name\":\"fake\"}}'\necho '{tapped}'\n\
         while sleep 1; do echo '{{\"said\":\"alive\"}}' || exit; done"
    )
}

#[test]
fn s47_what_may_be_a_card_number_is_told_to_nobody() {
    let texts = json!(["O-47", "4111 1111 1111 1111"]);
    let (store, _script) = store(Some(&tag(&texts)));
    let mut app = store.station.app();
    let read = app.call("nfc.read", json!({"timeout_ms": 60_000}));
    assert_eq!(read["outcome"], "tapped", "{read}");
    assert_eq!(read["media"][0]["texts"], json!(["O-47"]), "{read}");
    assert_eq!(read["media"][0]["uid"], "04A2B3C4D5E6F7", "{read}");
    let found = app.call("order.find", json!({"tap": read["tap"]}));
    assert_eq!(found["orders"], json!([]), "{found}");
    // It was read: the next one is waited for.
    let read = app.call("nfc.read", json!({"timeout_ms": 20}));
    assert_eq!(read, json!({"outcome": "timed_out"}));
}

#[test]
fn s47_a_wrong_request_is_named() {
    let (store, _script) = store(Some("exec sleep 1000"));
    let mut app = store.station.app();
    for (method, params, field) in [
        ("nfc.read", json!({"reader": "other"}), "reader"),
        ("nfc.read", json!({"timeout_ms": 0}), "timeout_ms"),
        ("nfc.read", json!({"timeout_ms": 300_001}), "timeout_ms"),
        ("nfc.read", json!({"after": 1}), "after"),
        ("nfc.abort", json!({"reader": "other"}), "reader"),
        (
            "nfc.bind",
            json!({"tap": "t", "customer_reference": "C"}),
            "idempotency_key",
        ),
        (
            "nfc.bind",
            json!({"idempotency_key": "k", "tap": "t"}),
            "customer_reference",
        ),
        ("order.find", json!({"tap": "t", "tag": "x"}), "order_id"),
        ("order.find", json!({"tap": "t", "limit": 0}), "limit"),
        ("order.find", json!({"tap": "t", "attention": true}), "tap"),
    ] {
        let error = app.refused(method, params.clone());
        assert_eq!(error["data"]["field"], field, "{method} {params}: {error}");
    }
    for (method, params) in [
        ("order.find", json!({"tap": "t"})),
        (
            "nfc.bind",
            json!({"idempotency_key": "k", "tap": "t", "customer_reference": "C"}),
        ),
    ] {
        let error = app.refused(method, params);
        assert_eq!(error["data"]["code"], "tap_unknown", "{error}");
    }
    let without = Store::open();
    let error = without.station.app().refused("nfc.read", json!({}));
    assert_eq!(error["data"]["field"], "reader", "{error}");
}
