//! S34: the daemon is killed at every journal write and before and after every send, and nothing
//! is lost and nothing happens twice.
//!
//! A first run learns which points an operation passes. Then, for each of them, a fresh store is
//! killed right there and started again on what it has left behind.

mod closing;
mod each;
mod offline;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::journal::assert_whole;
use super::{Store, TOKEN_TRACE, deposit, pickup, sale};
use crate::store::{App, Line, Setup, Simulator, Station, wait_for};

/// So many stores at once: they mostly wait for a terminal to give a dead till up.
const STORES_AT_ONCE: usize = 8;

/// A terminal that soon gives up a till that is gone.
const IMPATIENT: [&str; 4] = ["--t2-ms", "250", "--t3-ms", "1500"];

/// An operation that is killed half-way.
#[derive(Clone, Copy)]
struct Case {
    line: Line,
    terminal: &'static [&'static str],
    adapt: fn(Setup) -> Setup,
    /// What is there before.
    prepare: fn(&Store, &mut App),
    method: &'static str,
    params: fn(key: &str) -> Value,
    /// Cards presented, before and for it.
    presents: [u64; 2],
    /// What the processor's books say before: authorized, captured, voided.
    before: [u64; 3],
    /// What they say when it is approved.
    approved: [u64; 3],
    /// What a quote of the order says then: due, secured.
    quoted: [u64; 2],
    /// A payment becomes final by nothing but our acknowledgement: till and terminal are not in
    /// step by transaction sync.
    is_final_by_answer: bool,
}

const PICKUP: Case = Case {
    line: Line::Serial,
    terminal: &[],
    adapt: Setup::impatient,
    prepare: |store, app| {
        let order = store.order_paid_online("O-7", &[30_000, 60_000, 20_000]);
        app.call("order.put", json!({"order": order}));
    },
    method: "pickup.capture",
    params: |key| pickup(key, "O-7", 1, &["1"]),
    presents: [0, 0],
    before: [110_000 + TOKEN_TRACE, 0, TOKEN_TRACE],
    approved: [110_000 + TOKEN_TRACE, 80_000, 30_000 + TOKEN_TRACE],
    quoted: [0, 0],
    is_final_by_answer: true,
};

/// The first payment of a terminal: nobody knows yet whether it knows transaction sync.
const FIRST_DEPOSIT: Case = Case {
    line: Line::Serial,
    terminal: &[],
    adapt: Setup::impatient,
    prepare: |_, _| (),
    method: "deposit.take",
    params: |key| deposit(key, "O-7", 20_000),
    presents: [0, 1],
    before: [0, 0, 0],
    approved: [100_000, 20_000, 0],
    quoted: [80_000, 80_000],
    is_final_by_answer: true,
};

/// An authorization of the same amount was before it, and set till and terminal in step.
const DEPOSIT_IN_STEP: Case = Case {
    prepare: |_, app| {
        let first = app.call("payment.authorize", sale("k0", 100_000));
        assert_eq!(first["outcome"], "approved", "{first}");
    },
    presents: [1, 1],
    before: [100_000, 0, 0],
    approved: [200_000, 20_000, 0],
    is_final_by_answer: false,
    ..FIRST_DEPOSIT
};

const DEPOSIT_WITHOUT_SYNC: Case = Case {
    terminal: &["--no-sync"],
    is_final_by_answer: true,
    ..DEPOSIT_IN_STEP
};

/// A sale, whose receipt belongs to it, and a card-not-present authorization.
const DEPOSIT_BY_TOKEN: Case = Case {
    adapt: |setup| setup.impatient().without_pre_authorization(),
    prepare: |_, app| {
        let first = app.call("payment.sale", sale("k0", 20_000));
        assert_eq!(first["outcome"], "approved", "{first}");
    },
    before: [20_000, 20_000, 0],
    approved: [120_000, 40_000, 0],
    ..DEPOSIT_WITHOUT_SYNC
};

#[test]
fn s34_pickup_killed_at_every_point() {
    kill_everywhere(Case {
        prepare: |store, app| {
            let order = store.order_paid_online("O-7", &[80_000]);
            app.call("order.put", json!({"order": order}));
        },
        before: [80_000 + TOKEN_TRACE, 0, TOKEN_TRACE],
        approved: [80_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE],
        ..PICKUP
    });
}

#[test]
fn s34_pickup_of_three_tenders_killed_at_every_point() {
    kill_everywhere(PICKUP);
}

/// S17: what was held has ended, and the same card is asked for it anew.
#[test]
fn s34_pickup_authorized_anew_killed_at_every_point() {
    kill_everywhere(Case {
        prepare: |store, app| {
            let order = store.order_paid_online("O-7", &[80_000]);
            let authorization = &order["tenders"][0]["auth_token"];
            let expired = json!({"authorization": authorization});
            store.processor.post("/control/expire", expired);
            app.call("order.put", json!({"order": order}));
        },
        before: [80_000 + TOKEN_TRACE, 0, TOKEN_TRACE],
        approved: [160_000 + TOKEN_TRACE, 80_000, TOKEN_TRACE],
        ..PICKUP
    });
}

#[test]
fn s34_first_deposit_killed_at_every_point() {
    kill_everywhere(FIRST_DEPOSIT);
}

#[test]
fn s34_deposit_killed_at_every_point_with_sync() {
    kill_everywhere(DEPOSIT_IN_STEP);
}

#[test]
fn s34_deposit_killed_at_every_point_without_sync() {
    kill_everywhere(DEPOSIT_WITHOUT_SYNC);
}

#[test]
fn s34_deposit_by_token_killed_at_every_point() {
    kill_everywhere(DEPOSIT_BY_TOKEN);
}

#[test]
fn s34_deposit_killed_at_every_point_on_tcp() {
    for case in [DEPOSIT_IN_STEP, DEPOSIT_WITHOUT_SYNC, DEPOSIT_BY_TOKEN] {
        kill_everywhere(Case {
            line: Line::Tcp,
            ..case
        });
    }
}

#[test]
fn s34_killed_again_at_every_point_of_the_recovery() {
    // The terminal has heard the request and goes on by itself.
    let sent = "terminal.after_send:1";
    kill_recovery_everywhere(DEPOSIT_WITHOUT_SYNC, sent);
    let on_tcp = Case {
        line: Line::Tcp,
        ..DEPOSIT_IN_STEP
    };
    kill_recovery_everywhere(on_tcp, sent);
}

/// Kills a fresh store at each point that the operation passes.
fn kill_everywhere(case: Case) {
    let (store, mut app, log) = open_logged(case);
    arm(&store);
    let answer = app.call(case.method, (case.params)("k1"));
    assert_eq!(answer["outcome"], "approved", "{answer}");
    let points = points(&log);
    let wire = ["processor", "terminal"][usize::from(case.presents[1] > 0)];
    for name in ["journal.after_commit", &format!("{wire}.after_send")] {
        let is_passed = points.iter().any(|point| point.starts_with(name));
        assert!(is_passed, "{name} is never passed: {points:?}");
    }
    at_each(&points, |point| kill_at(case, point, None));
}

/// Kills a fresh store at one point, and again at each point of the recovery from that.
fn kill_recovery_everywhere(case: Case, first: &str) {
    let (mut store, mut app) = open(case, &[("POSD_FAILPOINT", first)]);
    arm(&store);
    assert!(app.try_call(case.method, (case.params)("k1")).is_err());
    store.station.kill();
    let log = store.directory.path().join("points");
    let env = [("POSD_FAILPOINT_LOG", log.to_str().unwrap())];
    assert!(store.station.try_start(&env));
    end_of(&mut store.station.app(), case);
    at_each(&points(&log), |point| kill_at(case, first, Some(point)));
}

/// Does something at each point, several at once. It says whether the point was reached.
fn at_each(points: &[String], kill: impl Fn(&str) -> bool + Sync) {
    let (next, killed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut failed = Vec::new();
        while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
            match catch_unwind(AssertUnwindSafe(|| kill(point))) {
                Ok(was_killed) => {
                    killed.fetch_add(usize::from(was_killed), Ordering::Relaxed);
                }
                Err(_) => failed.push(point.clone()),
            }
        }
        failed
    };
    let failed: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..STORES_AT_ONCE).map(|_| scope.spawn(work)).collect();
        let failed = workers.into_iter().map(|worker| worker.join().unwrap());
        failed.flatten().collect()
    });
    assert!(failed.is_empty(), "killed at {failed:?}; see above");
    // Entries that happen to wait together share a commit, so the last points may be missed.
    let killed = killed.load(Ordering::Relaxed);
    assert!(killed * 2 >= points.len(), "only {killed} of {points:?}");
}

/// Kills the operation at one point, and perhaps the recovery too, starts again, and holds what the
/// app is told against the books. Says whether the last point was reached.
fn kill_at(case: Case, point: &str, again: Option<&str>) -> bool {
    let (mut store, mut app) = open(case, &[("POSD_FAILPOINT", point)]);
    arm(&store);
    let told = app.try_call(case.method, (case.params)("k1"));
    let mut was_killed = told.is_err();
    let what = format!("{point}, then {again:?}");
    // Where the point was not reached it is killed all the same, after the answer.
    store.station.kill();
    let reported = reported_in_journal(&store);
    if let Some(again) = again {
        store.station.try_start(&[("POSD_FAILPOINT", again)]);
        was_killed = wait_for("the second kill", || ends_by_itself(&mut store.station));
        store.station.kill();
    }
    assert!(store.station.try_start(&[]), "{what}: does not start again");
    let mut app = store.station.app();
    let (end, is_asked_again) = end_of(&mut app, case);
    if let Ok(told) = told {
        assert_eq!(told.unwrap(), end, "{what}");
    }
    if case.is_final_by_answer && !is_asked_again {
        let known = final_at_terminal(&store);
        assert!(
            known <= reported,
            "{what}: acknowledged, not in the journal"
        );
    }
    check_books(&store, case, &end, &what);
    go_on(&store, &mut app, case, &end, &what);
    assert_whole(&store.station.data_dir, &what);
    was_killed
}

/// Opens a store in which nothing is counted yet, and prepares it.
fn open(case: Case, env: &[(&str, &str)]) -> (Store, App) {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let terminal = [&IMPATIENT, case.terminal].concat();
    let terminal = Simulator::terminal(case.line, directory.path(), &processor, &terminal);
    let setup = (case.adapt)(Setup::new("a", Some(&terminal), &processor));
    let store = start(directory, terminal, processor, &setup, env);
    let mut app = connected(&store);
    (case.prepare)(&store, &mut app);
    (store, app)
}

/// A store whose station counts its points once it is armed.
fn start(
    directory: tempfile::TempDir,
    terminal: Simulator,
    processor: Simulator,
    setup: &Setup,
    env: &[(&str, &str)],
) -> Store {
    let armed = armed(directory.path());
    let env = [env, &[("POSD_FAILPOINT_ARMED", &armed)]].concat();
    let station = Station::start_with(directory.path(), setup, &env);
    Store {
        station,
        terminal,
        processor,
        directory,
    }
}

/// An app that hears of everything, once the terminal is there.
fn connected(store: &Store) -> App {
    let mut app = store.station.app();
    app.call("events.subscribe", json!({"after": 0}));
    app.event(|event| event["event"] == "terminal_connected");
    app
}

/// The same, with the points written down in a file.
fn open_logged(case: Case) -> (Store, App, tempfile::TempPath) {
    let log = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let (store, app) = open(case, &[("POSD_FAILPOINT_LOG", log.to_str().unwrap())]);
    (store, app, log)
}

fn armed(directory: &Path) -> String {
    directory.join("armed").to_str().unwrap().to_owned()
}

/// From here on points are counted.
fn arm(store: &Store) {
    std::fs::write(armed(store.directory.path()), "").unwrap();
}

/// Every point in a log, with its number: the first pass of it, the second and so on.
fn points(log: &Path) -> Vec<String> {
    let mut passed: BTreeMap<String, usize> = BTreeMap::new();
    for name in std::fs::read_to_string(log).unwrap().lines() {
        *passed.entry(name.to_owned()).or_default() += 1;
    }
    let each = |(name, count)| (1..=count).map(move |pass| format!("{name}:{pass}"));
    passed.into_iter().flat_map(each).collect()
}

/// How many results of terminals the journal of a station that was killed holds.
fn reported_in_journal(store: &Store) -> usize {
    let copy = tempfile::tempdir().unwrap();
    for file in ["journal.db", "journal.db-wal"] {
        let path = store.station.data_dir.join(file);
        std::fs::copy(path, copy.path().join(file)).unwrap();
    }
    let journal = rusqlite::Connection::open(copy.path().join("journal.db")).unwrap();
    let count = "SELECT count(*) FROM entry WHERE body LIKE '%\"step_reported\"%'";
    let count: i64 = journal.query_row(count, [], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}

/// How many payments the terminal holds to be acknowledged.
fn final_at_terminal(store: &Store) -> usize {
    let state = store.terminal.get("/state");
    let rows = state["transactions"].as_array().unwrap();
    let is_final = |row: &&Value| row["final"] == true && row["taken_back"] == false;
    rows.iter().filter(is_final).count()
}

/// Whether a station is killed, or has nothing left to be killed at.
fn ends_by_itself(station: &mut Station) -> Option<bool> {
    if station.has_ended() {
        return Some(true);
    }
    let mut app = station.try_app().ok()?;
    let found = app.try_call("operation.get", json!({"idempotency_key": "k1"}));
    let is_over = found.ok()?.is_ok_and(|found| found["state"] == "finished");
    is_over.then_some(false)
}

/// What the app can fetch in the end.
fn end_of(app: &mut App, case: Case) -> (Value, bool) {
    ended(app, case.method, case.params)
}

/// What the app can fetch in the end. An operation that was never recorded it asks for again, and
/// that is told too.
fn ended(app: &mut App, method: &str, params: impl Fn(&str) -> Value) -> (Value, bool) {
    let mut is_asked_again = false;
    let end = wait_for("the operation to end", || {
        let found = app.try_call("operation.get", json!({"idempotency_key": "k1"}));
        match found.unwrap() {
            Ok(found) if found["state"] == "finished" => Some(found["result"].clone()),
            Ok(_) => None,
            Err(error) => {
                assert_eq!(error["data"]["code"], "not_found", "{error}");
                if !std::mem::replace(&mut is_asked_again, true) {
                    let again = app.try_call(method, params("k1")).unwrap();
                    assert!(
                        again.is_ok(),
                        "what was never recorded is refused: {again:?}"
                    );
                }
                None
            }
        }
    });
    (end, is_asked_again)
}

/// Approved if and only if the money has moved, once; otherwise nothing is taken and nothing held.
fn check_books(store: &Store, case: Case, end: &Value, what: &str) {
    let counters = ["authorized_minor", "captured_minor", "voided_minor"];
    let booked = counters.map(|counter| store.processor.booked(counter));
    let said = format!("{what}: {end}\n{}", store.processor.get("/books"));
    assert_eq!(store.processor.booked("refunded_minor"), 0, "{said}");
    let presented = store.terminal.presentations() - case.presents[0];
    if end["outcome"] == "approved" {
        assert_eq!(booked, case.approved, "{said}");
        let taken = case.approved[1] - case.before[1];
        assert_eq!(end["captured_minor"], taken, "{said}");
        assert_eq!(end["secured_minor"], case.quoted[1], "{said}");
        assert_eq!(presented, case.presents[1], "{said}");
    } else {
        let [authorized, captured, voided] = booked;
        assert_eq!(captured, case.before[1], "{said}");
        let held = case.before[0] - case.before[1] - case.before[2];
        assert_eq!(authorized - captured - voided, held, "{said}");
        assert!(presented <= case.presents[1], "{said}");
        assert!(case.presents[1] > 0, "nothing can stop it: {said}");
    }
}

/// The store goes on: the app asks again for what did not happen, under a new key; the next payment
/// leaves those before it alone; and the first answer stays the answer.
fn go_on(store: &Store, app: &mut App, case: Case, end: &Value, what: &str) {
    let released = store.processor.booked("voided_minor") - case.before[2];
    let is_approved = end["outcome"] == "approved";
    let [authorized, captured, voided] = case.approved;
    let extra = if is_approved {
        0
    } else {
        let again = app.call(case.method, (case.params)("k2"));
        assert_eq!(again["outcome"], "approved", "{what}: {again}");
        released
    };
    let next = app.call("payment.sale", sale("k3", 1_000));
    assert_eq!(next["outcome"], "approved", "{what}: {next}");
    store.assert_books(
        authorized + extra + 1_000,
        captured + 1_000,
        voided + extra,
        0,
    );
    let quote = app.call("pickup.quote", json!({"order_id": "O-7"}));
    let quoted = [&quote["due_minor"], &quote["secured_minor"]];
    assert_eq!(quoted, case.quoted.map(Value::from).each_ref(), "{what}");
    let found = app.call("operation.get", json!({"idempotency_key": "k1"}));
    assert_eq!(found["result"], *end, "{what}");
    assert_eq!(app.call(case.method, (case.params)("k1")), *end, "{what}");
}
