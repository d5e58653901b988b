//! A configuration that changes while the station runs.

use serde_json::{Value, json};

use super::recovery::end_of;
use super::{Store, sale};
use crate::store::{App, Line, Setup, Simulator, wait_for};

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
    // The payment needs the terminal as it is; its rules do not wait.
    let line = told
        .lines()
        .find(|line| line.contains("terminal.till.baud"));
    assert!(line.unwrap().contains("is taken over"), "{told}");
    let told = store.station.reload(
        "frame_bytes = 8192",
        "frame_bytes = 4096\nconnections = 7",
        "limits.frame_bytes",
    );
    waits(&told, "limits.connections");
    let log = store.station.log();
    assert!(log.contains("an open operation needs it as it is"), "{log}");

    // The payment has not noticed.
    store.terminal.post("/present", json!({}));
    store.terminal.post("/hold", json!({"hold": false}));
    let answer = app.answer(asked).unwrap().unwrap();
    assert_eq!(answer["outcome"], "approved", "{answer}");

    wait_for("the terminal at its new speed", || {
        let listed = app.call("terminal.list", json!({}));
        let log = store.station.log();
        (log.contains("is left") && listed["terminals"][0]["connected"] == true).then_some(())
    });

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
    wait_for("the file to be missed", || {
        store.station.log().contains("No such file").then_some(())
    });
    let paid = app.call("payment.sale", sale("k1", 100));
    assert_eq!(paid["outcome"], "approved", "{paid}");
}

/// The state of the terminals, by id.
fn terminals(app: &mut App) -> Value {
    let listed = app.call("terminal.list", json!({}));
    let rows = listed["terminals"].as_array().unwrap().iter();
    rows.map(|row| {
        (
            row["terminal"].as_str().unwrap().to_owned(),
            row["connected"].clone(),
        )
    })
    .collect()
}

fn sale_at(terminal: &str, key: &str) -> Value {
    let mut sale = sale(key, 1_000);
    sale["terminal"] = json!(terminal);
    sale
}

/// Another terminal, in a place of its own.
fn another(store: &Store, line: Line, place: &str) -> Simulator {
    let directory = store.directory.path().join(place);
    std::fs::create_dir(&directory).unwrap();
    Simulator::terminal(line, &directory, &store.processor, &[])
}

/// Its table in the configuration.
fn table(terminal: &Simulator) -> String {
    format!(
        "[[terminal]]\nid = \"other\"\nprotocol = \"zvt\"\ncurrency = \"NOK\"\n\
         merchant_account = \"nordic\"\nresponse_timeout_ms = 1500\n\
         completion_timeout_ms = 3000\n{}\n",
        terminal.line()
    )
}

/// A store that got a second terminal while a payment ran at the first one.
fn open_with_another(line: Line) -> (Store, App, Simulator) {
    let store = Store::open();
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    wait_for("the first terminal", || {
        (terminals(&mut app) == json!({"till": true})).then_some(())
    });
    let terminal = another(&store, line, "another");
    store.terminal.post("/hold", json!({"hold": true}));
    let asked = app.send("payment.sale", sale_at("till", "k1")).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    let refused = app.refused("payment.sale", sale_at("other", "k2"));
    assert_eq!(refused["data"]["code"], "terminal_unknown", "{refused}");
    let more = format!("{}[limits]", table(&terminal));
    let told = store.station.reload("[limits]", &more, "terminal.other");
    assert!(told.contains("is taken over"), "{told}");
    wait_for("the new terminal", || {
        (terminals(&mut app)["other"] == true).then_some(())
    });
    // An app that has been there for long knows it, too.
    let refused = app.refused("payment.sale", sale("k2", 1_000));
    let problem = "must name one of other, till";
    assert_eq!(refused["data"]["problem"], problem, "{refused}");
    let paid = app.call("payment.sale", sale_at("other", "k2"));
    assert_eq!(paid["outcome"], "approved", "{paid}");
    assert_eq!(terminal.presentations(), 1);
    store.terminal.post("/present", json!({}));
    store.terminal.post("/hold", json!({"hold": false}));
    let paid = app.answer(asked).unwrap().unwrap();
    assert_eq!(paid["outcome"], "approved", "{paid}");
    app.events.clear();
    (store, app, terminal)
}

#[test]
fn a_terminal_that_is_moved_while_it_is_at_work_ends_that_first() {
    let (store, mut app, first) = open_with_another(Line::Serial);
    let second = another(&store, Line::Tcp, "second");
    first.post("/hold", json!({"hold": true}));
    let asked = app.send("payment.sale", sale_at("other", "k3")).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    let waits = "an open operation needs it";
    store.station.reload(&table(&first), &table(&second), waits);
    first.post("/present", json!({}));
    let paid = app.answer(asked).unwrap().unwrap();
    assert_eq!(paid["outcome"], "approved", "{paid}");
    assert_eq!(first.presentations(), 2);
    // Between the one place and the other it is unknown, for a moment.
    wait_for("the terminal in its new place", || {
        let asked = app.try_call("payment.sale", sale_at("other", "k4"));
        let answer = asked.unwrap().ok()?;
        assert_eq!(answer["outcome"], "approved", "{answer}");
        Some(())
    });
    assert_eq!((first.presentations(), second.presentations()), (2, 1));
    store.assert_books(4_000, 4_000, 0, 0);
}

#[test]
fn a_terminal_that_is_taken_away_owes_its_answers_first() {
    let (store, mut app, terminal) = open_with_another(Line::Tcp);
    terminal.post("/hold", json!({"hold": true}));
    app.send("payment.sale", sale_at("other", "k3")).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    terminal.post("/unplug", json!({"ms": 600_000}));
    app.event(|event| event["event"] == "operation_in_doubt");
    let waits = "an open operation needs it";
    store.station.reload(&table(&terminal), "", waits);
    assert_eq!(terminals(&mut app)["other"], false);
    terminal.post("/hold", json!({"hold": false}));
    terminal.post("/plug", json!({}));
    let end = end_of(&mut app, "k3");
    let taken = store.processor.booked("captured_minor") - store.processor.booked("refunded_minor");
    let more = if end["outcome"] == "approved" {
        1_000
    } else {
        0
    };
    assert_eq!(taken, 2_000 + more, "{end}");
    wait_for("the terminal to be gone", || {
        (terminals(&mut app) == json!({"till": true})).then_some(())
    });
    let refused = app.refused("payment.sale", sale_at("other", "k4"));
    assert_eq!(refused["data"]["code"], "terminal_unknown", "{refused}");
    let paid = app.call("payment.sale", sale_at("till", "k5"));
    assert_eq!(paid["outcome"], "approved", "{paid}");
}
