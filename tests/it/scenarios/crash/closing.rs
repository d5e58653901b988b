//! An end of day that is killed half-way: the batch is closed once, whatever is lost.

use serde_json::json;

use super::{IMPATIENT, Store, arm, at_each, connected, ended, points, start};
use crate::scenarios::journal::assert_whole;
use crate::scenarios::sale;
use crate::store::{App, Line, Setup, Simulator};

const METHOD: &str = "terminal.reconcile";

#[test]
fn s34_end_of_day_killed_at_every_point() {
    let log = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let (store, mut app) = open(&[("POSD_FAILPOINT_LOG", log.to_str().unwrap())]);
    arm(&store);
    let done = app.call(METHOD, json!({"idempotency_key": "k1"}));
    assert_eq!(done["reconciliation"]["agrees"], true, "{done}");
    let points = points(&log);
    for name in ["journal.after_commit", "terminal.after_send"] {
        assert!(
            points.iter().any(|point| point.starts_with(name)),
            "{points:?}"
        );
    }
    at_each(&points, kill_at);
}

/// Says whether the point was reached.
fn kill_at(point: &str) -> bool {
    let (mut store, mut app) = open(&[("POSD_FAILPOINT", point)]);
    arm(&store);
    let params = |key: &str| json!({"idempotency_key": key});
    let told = app.try_call(METHOD, params("k1"));
    let was_killed = told.is_err();
    store.station.kill();
    assert!(store.station.try_start(&[]), "{point}");
    let mut app = store.station.app();
    let (end, _) = ended(&mut app, METHOD, params);
    if let Ok(told) = told {
        assert_eq!(told.unwrap(), end, "{point}");
    }
    let said = format!("{point}: {end}");
    let closings = || store.terminal.get("/state")["batches_closed"].clone();
    let settled = if end["outcome"] == "approved" {
        end.clone()
    } else {
        assert_eq!(closings(), 0, "{said}");
        app.call(METHOD, params("k2"))
    };
    assert_eq!(closings(), 1, "{said}");
    let compared = &settled["reconciliation"];
    assert_eq!(compared["closed"], true, "{said}, then {settled}");
    assert_eq!(compared["agrees"], true, "{said}, then {settled}");
    let visa = &compared["groups"][0]["terminal"];
    assert_eq!(visa["amount_minor"], 50_000, "{said}, then {settled}");
    // The next day is its own.
    let next = app.call("payment.sale", sale("k3", 1_000));
    assert_eq!(next["outcome"], "approved", "{said}, then {next}");
    let next = app.call(METHOD, params("k4"));
    let compared = &next["reconciliation"];
    assert_eq!(compared["agrees"], true, "{said}, then {next}");
    let visa = &compared["groups"][0]["journal"];
    assert_eq!(visa["amount_minor"], 1_000, "{said}, then {next}");
    assert_eq!(app.call(METHOD, params("k1")), end, "{said}");
    assert_whole(&store.station.data_dir, &said);
    was_killed
}

/// A store with one sale in its terminal's batch.
fn open(env: &[(&str, &str)]) -> (Store, App) {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let terminal = Simulator::terminal(Line::Serial, directory.path(), &processor, &IMPATIENT);
    let setup = Setup::new("a", Some(&terminal), &processor).impatient();
    let store = start(directory, terminal, processor, &setup, env);
    let mut app = connected(&store);
    let paid = app.call("payment.sale", sale("k0", 50_000));
    assert_eq!(paid["outcome"], "approved", "{paid}");
    (store, app)
}
