//! A capture that waits for its processor: the station is killed at every point of the pickup that
//! promises it, and of what follows when the processor is back.

use serde_json::json;

use super::{PICKUP, Store, TOKEN_TRACE, arm, at_each, end_of, pickup, points, start};
use crate::gate::Gate;
use crate::store::{App, Line, Setup, Simulator, wait_for};

#[test]
fn s34_queued_capture_killed_at_every_point() {
    let log = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let (mut store, mut app, mut gate) = open(&[("POSD_FAILPOINT_LOG", log.to_str().unwrap())]);
    arm(&store);
    let done = app.call("pickup.capture", pickup("k1", "O-7", 1, &["1"]));
    assert_eq!(done["code"], "awaiting_retry", "{done}");
    gate.reopen();
    assert!(!is_killed(&mut store), "it gets to its end");
    let points = points(&log);
    at_each(&points, kill_at);
}

fn kill_at(point: &str) -> bool {
    let (mut store, mut app, mut gate) = open(&[("POSD_FAILPOINT", point)]);
    arm(&store);
    let told = app.try_call("pickup.capture", pickup("k1", "O-7", 1, &["1"]));
    gate.reopen();
    let was_killed = told.is_err() || is_killed(&mut store);
    store.station.kill();
    assert!(
        store.station.try_start(&[]),
        "{point}: does not start again"
    );
    let mut app = store.station.app();
    let (end, _) = end_of(&mut app, PICKUP);
    if let Ok(told) = told {
        assert_eq!(told.unwrap(), end, "{point}");
    }
    assert_eq!(end["outcome"], "approved", "{point}: {end}");
    wait_for("the queue to be empty", || {
        let health = app.call("station.health", json!({}));
        (health["queued"] == 0).then_some(())
    });
    store.assert_books(80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE, 0);
    let payment = app.call("payment.get", json!({"payment_id": "O-7/0"}));
    assert_eq!(payment["status"], "captured", "{point}: {payment}");
    assert_eq!(payment["queued_minor"], 0, "{point}: {payment}");
    was_killed
}

/// Whether the station is killed before its queue is empty.
fn is_killed(store: &mut Store) -> bool {
    wait_for("the end of the queue, or of the station", || {
        if store.station.has_ended() {
            return Some(true);
        }
        let health = store.station.try_app().ok()?;
        let health = { health }
            .try_call("station.health", json!({}))
            .ok()?
            .ok()?;
        (health["queued"] == 0).then_some(false)
    })
}

/// A store whose processor is away, with an order that was paid online; nothing is counted yet.
fn open(env: &[(&str, &str)]) -> (Store, App, Gate) {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let terminal = Simulator::terminal(Line::Serial, directory.path(), &processor, &[]);
    let mut gate = Gate::open(&processor.url());
    let setup = Setup {
        processor: gate.url(),
        offline: "retry_first_ms = 100\n[[offline.limit]]\ncurrency = \"NOK\"\n\
                  capture_minor = 80000\ntotal_minor = 80000"
            .to_owned(),
        ..Setup::new("a", None, &processor)
    };
    let store = start(directory, terminal, processor, &setup, env);
    let mut app = store.station.app();
    let order = store.order_paid_online("O-7", &[80_000]);
    app.call("order.put", json!({"order": order}));
    gate.close();
    (store, app, gate)
}
