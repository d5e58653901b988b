//! What a technician is told of one operation, and what is logged of it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::{Store, deposit, pickup, sale};
use crate::store::{Line, wait_for};

#[test]
fn an_operation_is_told_from_request_to_result() {
    for line in [Line::Serial, Line::Tcp] {
        let mut store = Store::open_with(line, &[], |setup| setup);
        let mut app = store.station.app();
        let paid = app.call("payment.sale", sale("k1", 1_000));
        let operation = paid["operation_id"].as_str().unwrap();
        let payment = paid["payments"][0]["payment_id"].as_str().unwrap();
        let config = store.station.config().to_owned();
        // What went over the wire is written behind the payment's back.
        let told = wait_for("the last bytes to be written down", || {
            let told = shown(&config, "k1");
            told.contains("06 0F Completion").then_some(told)
        });
        // Within one millisecond nobody knows what was first: each kind is in its own order.
        in_order(
            &told,
            &[
                "request  operation_started method=payment.sale app=local key=k1",
                "journal  step_requested call=sale terminal=till",
                "journal  step_reported",
                "result   operation_finished outcome=approved",
            ],
        );
        in_order(
            &told,
            &[
                "journal  step_requested",
                "wire     till > 06 01",
                "wire     till < 04 0F",
                "411111******1111",
                "wire     till < 06 0F",
            ],
        );
        assert!(
            told.contains("event    terminal_prompt kind=present_card"),
            "{told}"
        );
        assert!(!told.contains("4111111111111111"), "{told}");
        assert_eq!(shown(&config, operation), told);
        assert_eq!(shown(&config, payment), told);
        store.station.kill();
        assert_eq!(shown(&config, "k1"), told, "without a station");
        let unknown = show(&config, "nothing");
        assert_eq!(unknown.status.code(), Some(1));
    }
}

#[test]
fn calls_of_a_processor_are_told_without_their_content() {
    let store = Store::open();
    let mut app = store.station.app();
    let taken = app.call("deposit.take", deposit("k1", "O-1", 20_000));
    let payment = taken["payments"][0]["payment_id"].as_str().unwrap();
    app.call("pickup.capture", pickup("k2", "O-1", 1, &["1"]));
    let config = store.station.config();
    let told = wait_for("the answer to be written down", || {
        let told = shown(config, "k2");
        told.contains("nordic < 201").then_some(told)
    });
    in_order(
        &told,
        &[
            "step_requested call=capture account=nordic",
            "wire     nordic > POST capture, key",
            "wire     nordic < 201",
        ],
    );
    in_order(
        &told,
        &[
            "step_requested call=capture account=nordic",
            "journal  step_answered answer=approved",
            "journal  payment_moved",
            "result   operation_finished outcome=approved",
        ],
    );
    let all = shown(config, payment);
    assert_eq!(all.matches("request  ").count(), 2, "{all}");
}

#[test]
fn each_step_is_one_line_of_the_log() {
    let store = Store::open_with(Line::Serial, &[], |setup| setup);
    let told = store.station.reload(
        "[limits]",
        "[log]\nlevel = \"debug\"\nformat = \"json\"\n[limits]",
        "log.format",
    );
    assert!(told.contains("needs a restart"), "{told}");
    let mut station = store.station;
    station.kill();
    let before = station.log().len();
    assert!(station.try_start(&[]));
    let mut app = station.app();
    let paid = app.call("payment.sale", sale("k1", 1_000));
    let log = station.log().split_off(before);
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let steps = lines
        .iter()
        .filter(|line| line["operation"] == paid["operation_id"]);
    let steps: Vec<&str> = steps.filter_map(|line| line["entry"].as_str()).collect();
    assert_eq!(
        steps,
        [
            "operation_started",
            "step_requested",
            "step_reported",
            "step_answered",
            "operation_finished"
        ],
        "{log}"
    );
}

fn shown(config: &Path, id: &str) -> String {
    let output = show(config, id);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn show(config: &Path, id: &str) -> Output {
    let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
    posd.args(["operation", "show", id, "--config"]).arg(config);
    posd.output().unwrap()
}

fn in_order(told: &str, wanted: &[&str]) {
    let mut rest = told;
    for piece in wanted {
        let found = rest.split_once(piece);
        rest = found
            .unwrap_or_else(|| panic!("`{piece}` is missing or too early in:\n{told}"))
            .1;
    }
}
