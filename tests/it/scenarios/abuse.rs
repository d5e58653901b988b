//! Clients that ask too much, too often or nonsense: an error or a cut for them, nothing for the others.

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{Store, sale};
use crate::store::{App, Line, Setup, Simulator, may_open_files, wait_for};

/// Asks until the answer of this request is there; each poll is a request of its own.
fn poll_until_answered(app: &mut App, polls: u32, terminal: &str) {
    let mut ids = Vec::new();
    for _ in 0..polls / 4 {
        for (method, params) in [
            ("station.health", json!({})),
            ("station.info", json!({})),
            ("terminal.list", json!({})),
            ("operation.get", json!({"idempotency_key": terminal})),
        ] {
            ids.push(app.send(method, params).unwrap());
        }
        // A few at a time, as a monitor that does not wait for its answers would.
        if ids.len() >= 40 {
            for id in ids.drain(..) {
                let _ = app.answer(id).unwrap();
            }
        }
    }
    for id in ids {
        let _ = app.answer(id).unwrap();
    }
}

#[test]
fn s50_ten_thousand_polls_neither_start_nor_disturb_a_payment() {
    let store = Store::open();
    let mut monitor = store.station.app();
    let mut till = store.station.app();
    till.call("events.subscribe", json!({}));
    for round in 0..5 {
        let key = format!("k{round}");
        let id = till.send("payment.sale", sale(&key, 1_000)).unwrap();
        poll_until_answered(&mut monitor, 2_000, &key);
        let told = till.answer(id).unwrap().unwrap();
        assert_eq!(told["outcome"], "approved", "{told}");
    }
    poll_until_answered(&mut monitor, 2_000, "never");
    let health = monitor.call("station.health", json!({}));
    assert_eq!(health["running"], 0, "{health}");
    assert_eq!(store.terminal.presentations(), 5);
    store.assert_books(5_000, 5_000, 0, 0);
    let operations = |event: &Value| event["event"] == "operation_started";
    till.event(|event| event["event"] == "operation_finished");
    assert_eq!(till.events.iter().filter(|it| operations(it)).count(), 5);
}

/// Who reads the first amount and who reads the second would each be right.
const AMBIGUOUS: &str = r#"{"jsonrpc":"2.0","id":1,"method":"payment.sale",
    "params":{"idempotency_key":"twice","amount_minor":100,"currency":"NOK","amount_minor":900}}"#;

/// Requests that no station understands, and the code of their error.
fn nonsense() -> Vec<(Message, &'static str)> {
    let deep = |depth: usize| {
        let params = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"jsonrpc":"2.0","method":"station.info","params":{{"a":{params}}}}}"#)
    };
    let mut frames = vec![
        (Message::binary(vec![0_u8; 100]), "parse_error"),
        (Message::text(deep(200)), "parse_error"),
        (Message::text(deep(50_000)), "parse_error"),
        (Message::text("["), "parse_error"),
        (Message::text(""), "parse_error"),
        (Message::text("\"\\ud800\""), "parse_error"),
        (Message::text(AMBIGUOUS), "parse_error"),
    ];
    for text in [
        "[]",
        "1",
        "null",
        r#"{"jsonrpc":"2.0","id":[],"method":"station.info"}"#,
        r#"{"jsonrpc":"2.0","id":18446744073709551616,"method":"station.info"}"#,
        r#"{"jsonrpc":"2.0","id":0.1,"method":"station.info"}"#,
        r#"{"jsonrpc":"2.0","id":null,"method":{}}"#,
        r#"{"jsonrpc":"1.0","id":null,"method":"station.info"}"#,
        r#"{"jsonrpc":"2.0","id":null,"method":"station.info","params":[1]}"#,
    ] {
        frames.push((Message::text(text), "invalid_request"));
    }
    let unknown = r#"{"jsonrpc":"2.0","id":null,"method":"station.explode"}"#;
    frames.push((Message::text(unknown), "method_not_found"));
    for wrong in [r#"{"idempotency_key":7}"#, r#"{"idempotency_key":"k"}"#] {
        let text =
            format!(r#"{{"jsonrpc":"2.0","id":null,"method":"payment.sale","params":{wrong}}}"#);
        frames.push((Message::text(text), "invalid_params"));
    }
    frames
}

#[test]
fn s53_nonsense_is_answered_and_what_is_too_large_is_cut_off() {
    let store = Store::open();
    store.terminal.post("/hold", json!({"hold": true}));
    let mut till = store.station.app();
    till.call("events.subscribe", json!({}));
    let id = till.send("payment.sale", sale("k", 1_000)).unwrap();
    till.event(|event| event["prompt"] == "present_card");

    let mut rude = store.station.app();
    for (frame, code) in nonsense() {
        rude.send_frame(frame.clone()).unwrap();
        let error = rude.unasked();
        assert_eq!(error["error"]["data"]["code"], code, "{frame:?}: {error}");
    }
    assert_eq!(rude.call("station.info", json!({}))["station"], "a");
    // The connection ends while it is sent, or when the answer is read.
    let ended = rude
        .send_text(&"x".repeat(10 * 1024 * 1024))
        .and_then(|()| rude.try_call("station.info", json!({})));
    assert!(ended.is_err());

    store.terminal.post("/present", json!({}));
    let told = till.answer(id).unwrap().unwrap();
    assert_eq!(told["outcome"], "approved", "{told}");
    store.assert_books(1_000, 1_000, 0, 0);
    assert!(till.farewell(), "who leaves properly is not cut off");
}

#[test]
fn s53_a_client_that_never_reads_is_cut_off() {
    let store = Store::open_with(Line::Serial, &[], |setup| Setup {
        limits: "unread_ms = 300".to_owned(),
        ..setup
    });
    let mut deaf = store.station.app();
    let mut till = store.station.app();
    let mut sent = 0_u32;
    // Both sockets' buffers hold some thousand frames; then it ends, or this would.
    while deaf.send("station.health", json!({})).is_ok() {
        sent += 1;
        assert!(
            sent < 2_000_000,
            "nobody cuts off a client that never reads"
        );
        if sent.is_multiple_of(5_000) {
            assert_eq!(till.call("station.health", json!({}))["running"], 0);
        }
    }
    let log = std::fs::read_to_string(store.station.data_dir.join("log")).unwrap();
    assert!(log.contains("does not read"));
    let told = till.call("payment.sale", sale("k", 1_000));
    assert_eq!(told["outcome"], "approved", "{told}");
}

/// A thousand connections that say nothing, an app that asks and never reads, and payments of two
/// others, all at the same time.
#[test]
fn s53_two_tills_are_answered_right_among_idle_and_deaf_connections() {
    may_open_files(4_096);
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let more = ["--terminal-id", "68005678"];
    let other = Simulator::terminal(Line::Tcp, directory.path(), &processor, &more);
    let store = Store::open_at(processor, Line::Serial, &[], |setup| Setup {
        limits: "unread_ms = 300".to_owned(),
        more_terminal: format!(
            "[[terminal]]\nid = \"other\"\nprotocol = \"zvt\"\ncurrency = \"NOK\"\n\
             merchant_account = \"nordic\"\n{}",
            other.line()
        ),
        ..setup
    });
    let station = &store.station;
    let keys = ["till", "other", "deaf"].map(|app| station.pair(app, "cashier"));
    let address = station.url();
    let address = address.trim_start_matches("ws://").trim_end_matches("/v1");
    let silent: Vec<TcpStream> = (0..500)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let idle: Vec<App> = (0..500)
        .map(|_| wait_for("a connection", || App::stranger(station.url()).ok()))
        .collect();

    let is_cut_off = AtomicBool::new(false);
    let sold = thread::scope(|scope| {
        let tills = [("till", 10), ("other", 20)].map(|(terminal, cents)| {
            let (key, is_cut_off) = (&keys[usize::from(cents == 20)], &is_cut_off);
            scope.spawn(move || sell_until(is_cut_off, &mut station.app_with(key), terminal, cents))
        });
        let mut deaf = station.app_with(&keys[2]);
        deaf.call("events.subscribe", json!({}));
        let mut sent = 0_u32;
        while deaf.send("station.health", json!({})).is_ok() {
            sent += 1;
            assert!(sent < 2_000_000, "nobody cuts it off");
        }
        is_cut_off.store(true, Ordering::SeqCst);
        tills.map(|till| till.join().unwrap())
    });
    drop((silent, idle));

    let mut operations = BTreeSet::new();
    let all = || sold.iter().flatten();
    for (amount, told) in all() {
        assert_eq!(told["outcome"], "approved", "{told}");
        assert_eq!(told["captured_minor"], *amount, "{told}");
        assert!(
            operations.insert(told["operation_id"].to_string()),
            "{told}"
        );
    }
    let taken: u64 = all().map(|(amount, _)| amount).sum();
    assert_eq!(store.processor.booked("captured_minor"), taken);
    let at_terminals = [store.terminal.presentations(), other.presentations()];
    let asked = sold
        .each_ref()
        .map(|sold| u64::try_from(sold.len()).unwrap());
    assert_eq!(at_terminals, asked);
}

/// Sells at a terminal, each time for another amount, and at least until the flag is up.
fn sell_until(flag: &AtomicBool, app: &mut App, terminal: &str, cents: u64) -> Vec<(u64, Value)> {
    let mut sold = Vec::new();
    while sold.len() < 5 || !flag.load(Ordering::SeqCst) {
        let count = u64::try_from(sold.len()).unwrap();
        assert!(count < 1_000, "the client that never reads is not cut off");
        let amount = 100 * (count + 1) + cents;
        let mut params = sale(&format!("{terminal}-{count}"), amount);
        params["terminal"] = json!(terminal);
        sold.push((amount, app.call("payment.sale", params)));
    }
    sold
}
