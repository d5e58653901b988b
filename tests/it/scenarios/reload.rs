//! A configuration that changes while the station runs.

use serde_json::json;

use super::{Store, sale};
use crate::store::{Line, Setup};

#[test]
fn a_changed_configuration_is_taken_over_while_a_payment_runs() {
    let store = Store::open_with(Line::Serial, &[], |setup| Setup {
        more_station: "lease_grace_ms = 300".to_owned(),
        limits: "in_flight = 4\nframe_bytes = 8192".to_owned(),
        more_terminal: "pools = [\"counter\"]".to_owned(),
        ..setup
    });
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    store.terminal.post("/hold", json!({"hold": true}));
    let asked = app.send("payment.sale", sale("k1", 1_000)).unwrap();
    app.event(|event| event["prompt"] == "present_card");

    let told = store.station.reload(
        "name = \"a\"",
        "name = \"bergen\"\nlanguage = \"nb\"\nstores = [\"bergen\"]",
        "station.stores",
    );
    for key in ["station.language", "station.name"] {
        let line = told.lines().find(|line| line.contains(key)).unwrap();
        assert!(line.contains("is taken over"), "{line}");
    }
    let told = store.station.reload(
        "pools = [\"counter\"]",
        "pools = [\"desk\"]\nbaud = 19200",
        "terminal.till.pools",
    );
    let waits = |told: &str, key: &str| {
        let line = told.lines().find(|line| line.contains(key)).unwrap();
        assert!(line.contains("needs a restart"), "{line}");
    };
    waits(&told, "terminal.till.baud");
    let told = store.station.reload(
        "frame_bytes = 8192",
        "frame_bytes = 4096\nconnections = 7",
        "limits.frame_bytes",
    );
    waits(&told, "limits.connections");
    waits(&told, "terminal.till.baud");

    // The payment has not noticed.
    store.terminal.post("/present", json!({}));
    store.terminal.post("/hold", json!({"hold": false}));
    let answer = app.answer(asked).unwrap().unwrap();
    assert_eq!(answer["outcome"], "approved", "{answer}");

    // What was taken over holds: names and rules at once, limits and language for who comes now.
    let info = app.call("station.info", json!({}));
    assert_eq!(info["station"], "bergen", "{info}");
    let mut sale_at = |pool: &str, key: &str| {
        let mut sale = sale(key, 100);
        sale["terminal"] = json!({ "pool": pool });
        app.try_call("payment.sale", sale).unwrap()
    };
    let refused = sale_at("counter", "k3").unwrap_err();
    assert_eq!(refused["data"]["code"], "terminal_unknown", "{refused}");
    let paid = sale_at("desk", "k4").unwrap();
    assert_eq!(paid["outcome"], "approved", "{paid}");
    let mut late = store.station.app();
    let refused = late.refused("payment.get", json!({"payment_id": "none"}));
    let refused_before = app.refused("payment.get", json!({"payment_id": "none"}));
    assert_ne!(refused["message"], refused_before["message"], "{refused}");
    let large = json!({"payment_id": "x".repeat(5_000)});
    assert!(late.try_call("payment.get", large.clone()).is_err());
    assert!(app.try_call("payment.get", large).is_ok());
}

#[test]
fn a_broken_configuration_changes_nothing_and_is_told() {
    let store = Store::open();
    let told = store.station.reload(
        "name = \"a\"",
        "name = \"bergen\"\nlangage = \"nb\"",
        "is not reloaded",
    );
    assert!(told.contains("posd.toml:3: station.langage"), "{told}");
    assert!(told.contains("did you mean `language`?"), "{told}");
    let mut app = store.station.app();
    let info = app.call("station.info", json!({}));
    assert_eq!(info["station"], "a", "{info}");
    std::fs::remove_file(store.station.config()).unwrap();
    let done = std::process::Command::new("kill")
        .args(["-HUP", &store.station.pid().to_string()])
        .status();
    assert!(done.unwrap().success());
    crate::store::wait_for("the file to be missed", || {
        store.station.log().contains("No such file").then_some(())
    });
    let paid = app.call("payment.sale", sale("k1", 100));
    assert_eq!(paid["outcome"], "approved", "{paid}");
}
