//! What a monitor reads, and a panic that is logged.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;

use super::{Store, sale};
use crate::store::{Station, wait_for};

/// Samples by name and labels, as they stand in the text.
type Samples = BTreeMap<String, f64>;

#[test]
fn a_monitor_reads_how_payments_go() {
    let store = Store::open();
    let mut app = store.station.app();
    let before = read(&store.station);
    assert_eq!(before["posd_answers"], 1.0);
    assert_eq!(before["posd_phase_seconds_count{phase=\"terminal\"}"], 0.0);
    app.call("payment.sale", sale("k1", 1_000));
    store.use_card("insufficient-funds");
    let declined = app.call("payment.sale", sale("k2", 1_000));
    assert_eq!(declined["outcome"], "declined", "{declined}");
    let order = store.order_paid_online("O-1", &[80_000]);
    app.call(
        "order.put",
        json!({"idempotency_key": "k0", "order": order}),
    );
    let pickup = super::pickup("k3", "O-1", 1, &["1"]);
    app.call("pickup.capture", pickup);
    let after = read(&store.station);
    let ended = |method: &str, outcome: &str, code: &str| {
        let labels = format!("method=\"{method}\",outcome=\"{outcome}\",code=\"{code}\"");
        after[&format!("posd_operations_total{{{labels}}}")]
    };
    assert_eq!(ended("payment.sale", "approved", "approved"), 1.0);
    assert_eq!(ended("payment.sale", "declined", "insufficient_funds"), 1.0);
    assert_eq!(ended("pickup.capture", "approved", "approved"), 1.0);
    let count = |phase: &str| after[&format!("posd_phase_seconds_count{{phase=\"{phase}\"}}")];
    assert_eq!((count("terminal"), count("processor")), (2.0, 1.0));
    assert!(count("journal") >= 6.0);
    assert_eq!(
        after["posd_operation_seconds_count{method=\"payment.sale\"}"],
        2.0
    );
    for name in [
        "posd_journal_works",
        "posd_terminal_connected{terminal=\"till\"}",
    ] {
        assert_eq!(after[name], 1.0, "{name}");
    }
    for name in ["posd_in_doubt", "posd_queue_depth", "posd_running"] {
        assert_eq!(after[name], 0.0, "{name}");
    }

    store.terminal.post("/hold", json!({"hold": true}));
    app.call("events.subscribe", json!({}));
    app.send("payment.sale", sale("k4", 1_000)).unwrap();
    app.event(|event| event["prompt"] == "present_card");
    let busy = read(&store.station);
    assert_eq!(busy["posd_terminal_busy{terminal=\"till\"}"], 1.0);
    assert_eq!(busy["posd_running"], 1.0);
    store.terminal.post("/unplug", json!({"ms": 600_000}));
    wait_for("the doubt to be told", || {
        let doubt = read(&store.station);
        let told = doubt["posd_in_doubt"] == 1.0;
        (told && doubt["posd_terminal_connected{terminal=\"till\"}"] == 0.0).then_some(())
    });
}

#[test]
fn nobody_else_reads_it() {
    let store = Store::open();
    let address = address(&store.station);
    let refused = get(&address, "evil.example");
    assert!(refused.starts_with("HTTP/1.1 403 "), "{refused}");
    let told = get(&address, &address);
    assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
    let told = told.to_lowercase();
    assert!(
        told.contains("content-type: text/plain; version=0.0.4"),
        "{told}"
    );
    assert!(!told.contains("access-control-allow-origin"), "{told}");
}

/// Reads and checks the text: every sample stands below the head of its kind, is a number, and comes
/// once; the buckets of a histogram never fall, and the last holds all.
fn read(station: &Station) -> Samples {
    let address = address(station);
    let told = get(&address, &address);
    let (_, text) = told.split_once("\r\n\r\n").unwrap();
    assert!(text.ends_with('\n'));
    let mut samples = Samples::new();
    let (mut family, mut kind) = ("", "");
    let mut last_bucket = 0.0;
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            family = help.split(' ').next().unwrap();
            continue;
        }
        if let Some(told) = line.strip_prefix("# TYPE ") {
            let (name, told) = told.split_once(' ').unwrap();
            assert_eq!(name, family);
            kind = told;
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let value: f64 = value.parse().unwrap();
        let name = series.split('{').next().unwrap();
        let suffix = name
            .strip_prefix(family)
            .unwrap_or_else(|| panic!("{line}"));
        match (kind, suffix) {
            ("histogram", "_bucket") => {
                let starts = series.contains("le=\"0.00025\"");
                assert!(starts || value >= last_bucket, "{line}");
                last_bucket = value;
            }
            ("histogram", "_count") => assert_eq!(value, last_bucket, "{line}"),
            ("histogram", "_sum") | ("gauge" | "counter", "") => {}
            _ => panic!("{line} in a {kind}"),
        }
        assert!(
            samples.insert(series.to_owned(), value).is_none(),
            "{line} twice"
        );
    }
    samples
}

fn address(station: &Station) -> String {
    let address = station.url().strip_prefix("ws://").unwrap();
    address.split('/').next().unwrap().to_owned()
}

fn get(address: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
