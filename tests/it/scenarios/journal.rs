//! The journal as an IT person sees it: a copy while the station runs, and a check that finds what
//! was changed since (part of S40).

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{Store, deposit, pickup, sale};

#[test]
fn s40_a_copy_taken_while_the_station_runs_is_whole() {
    let store = Store::open();
    let mut app = store.station.app();
    app.call("deposit.take", deposit("k1", "O-40", 20_000));
    let copy = store.directory.path().join("copy.db");
    let config = store.station.data_dir.join("posd.toml");
    let (config, file) = (text(&config), text(&copy));
    let arguments = ["backup", "--config", config, file];
    let (ok, said) = posd(&arguments);
    assert!(ok, "{said}");
    let head = said.rsplit(' ').next().unwrap().trim().to_owned();

    let (ok, said) = posd(&arguments);
    assert!(
        !ok && said.contains("is there already"),
        "it is not written over: {said}"
    );

    // The store goes on, and what was copied is still the beginning of its journal.
    app.call("pickup.capture", pickup("k2", "O-40", 1, &["1", "2"]));
    let (ok, said) = posd(&["journal", "verify", "--config", config, "--expect", &head]);
    assert!(ok, "{said}");
    let (ok, said) = posd(&["journal", "verify", "--journal", file, "--expect", "7:00"]);
    assert!(!ok && said.contains("rewritten or cut off"), "{said}");

    let (ok, lines) = posd(&["journal", "export", "--journal", file]);
    assert!(ok, "{lines}");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["seq"], 1);
    let last = lines.last().unwrap();
    let last_chain = last["chain"].as_str().unwrap();
    assert_eq!(format!("{}:{last_chain}", last["seq"]), head);
    let is_finished = |line: &Value| line["entry"]["entry"] == "operation_finished";
    assert!(lines.iter().any(is_finished), "{lines:?}");
}

#[test]
fn s40_a_station_goes_on_from_a_copy() {
    let mut store = Store::open();
    let mut app = store.station.app();
    let first = app.call("deposit.take", deposit("k1", "O-40", 20_000));
    let copy = store.directory.path().join("copy.db");
    let config = store.station.data_dir.join("posd.toml");
    let (ok, said) = posd(&["backup", "--config", text(&config), text(&copy)]);
    assert!(ok, "{said}");
    store.station.kill();
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(store.station.data_dir.join(name));
    }
    std::fs::rename(copy, store.station.data_dir.join("journal.db")).unwrap();
    assert!(store.station.try_start(&[]));
    let mut app = store.station.app();
    assert_eq!(
        app.call("deposit.take", deposit("k1", "O-40", 20_000)),
        first
    );
    let done = app.call("pickup.capture", pickup("k2", "O-40", 1, &["1", "2"]));
    assert_eq!(done["outcome"], "approved", "{done}");
}

#[test]
fn s40_whatever_is_changed_in_a_journal_is_found() {
    let mut store = Store::open();
    let mut app = store.station.app();
    app.call("payment.sale", sale("k1", 5_000));
    app.call("deposit.take", deposit("k2", "O-40", 20_000));
    app.call(
        "order.put",
        json!({"order": store.order_paid_online("O-41", &[80_000])}),
    );
    assert_whole(&store.station.data_dir, "before any change");
    store.station.kill();
    let path = store.station.data_dir.join("journal.db");

    for (change, finding) in CHANGES {
        let changed = copy_of(&path, store.directory.path());
        let journal = rusqlite::Connection::open(&changed).unwrap();
        assert!(journal.execute(change, []).unwrap() > 0, "{change}");
        drop(journal);
        let (ok, said) = posd(&["journal", "verify", "--journal", text(&changed)]);
        assert!(!ok && said.contains(finding), "{change}: {said}");
    }
}

/// What is done to a journal, and what the check has to say of it.
const CHANGES: [(&str, &str); 18] = [
    (
        "UPDATE entry SET body = replace(body, '20000', '10000')",
        "does not follow",
    ),
    (
        "UPDATE entry SET at = at + 1 WHERE seq = 3",
        "entry 3 does not follow",
    ),
    ("DELETE FROM entry WHERE seq = 3", "entry 4 does not follow"),
    (
        "INSERT INTO entry (seq, at, body) SELECT seq + 1, at, body FROM entry ORDER BY seq DESC LIMIT 1",
        "does not follow",
    ),
    (
        "UPDATE entry SET body = 'x' WHERE seq = 5",
        "entry 5 cannot be read",
    ),
    (
        "UPDATE entry SET operation_id = 'x' WHERE seq = 4",
        "entry 4 is filed under another operation",
    ),
    (
        "DELETE FROM event WHERE seq = 2",
        "events are missing after 1",
    ),
    (
        "UPDATE payment SET body = replace(body, '\"captured\":20000', '\"captured\":10000')",
        "table payment, row",
    ),
    ("UPDATE payment SET auth_token = NULL", "table payment, row"),
    (
        "UPDATE customer_order SET body = replace(body, '60000', '1')",
        "row O-40: not what",
    ),
    (
        "DELETE FROM customer_order WHERE id = 'O-41'",
        "row O-41: not what",
    ),
    (
        "UPDATE operation SET idempotency_key = 'k3' WHERE idempotency_key = 'k1'",
        "table operation, row",
    ),
    (
        "UPDATE operation SET finished_entry = 1",
        "table operation, row",
    ),
    ("DELETE FROM terminal", "table terminal"),
    (
        "INSERT INTO customer_order (id, version, placed_at, body)
            SELECT 'O-42', version, placed_at, body FROM customer_order LIMIT 1",
        "table customer_order: 3 rows, but the entries make 2",
    ),
    (
        "UPDATE customer_order SET placed_at = placed_at + 1 WHERE id = 'O-41'",
        "table customer_order, row O-41",
    ),
    ("DELETE FROM order_mark", "table order_mark, row O-40"),
    (
        "INSERT INTO order_mark SELECT 'tag 1', placed_at, seq, '' FROM customer_order LIMIT 1",
        "table order_mark: ",
    ),
];

#[test]
fn s40_a_damaged_journal_file_is_found() {
    let mut store = Store::open();
    let mut app = store.station.app();
    app.call("payment.sale", sale("k1", 5_000));
    store.station.kill();
    let whole = copy_of(
        &store.station.data_dir.join("journal.db"),
        store.directory.path(),
    );
    // Its write-ahead log becomes part of it, so that all of it is in one file.
    let journal = rusqlite::Connection::open(&whole).unwrap();
    journal
        .pragma_update(None, "journal_mode", "DELETE")
        .unwrap();
    drop(journal);
    let bytes = std::fs::read(&whole).unwrap();
    let torn = store.directory.path().join("torn.db");
    for page in 0..bytes.len() / 4096 {
        let mut torn_bytes = bytes.clone();
        torn_bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
        std::fs::write(&torn, torn_bytes).unwrap();
        let (ok, said) = posd(&["journal", "verify", "--journal", text(&torn)]);
        assert!(!ok, "page {page}: {said}");
    }
    std::fs::write(&torn, &bytes[..bytes.len() / 2]).unwrap();
    let (ok, said) = posd(&["journal", "verify", "--journal", text(&torn)]);
    assert!(!ok, "{said}");
}

/// Asserts that a journal holds together: a station may be running on it.
pub(super) fn assert_whole(data_dir: &Path, what: &str) {
    let journal = data_dir.join("journal.db");
    let (ok, said) = posd(&["journal", "verify", "--journal", text(&journal)]);
    assert!(ok, "{what}: {said}");
}

/// Runs `posd` and tells whether it succeeded and what it said.
fn posd(arguments: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_posd"))
        .args(arguments)
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    (done.status.success(), said.trim_end().to_owned())
}

/// A copy of a journal that nobody writes to.
fn copy_of(path: &Path, directory: &Path) -> PathBuf {
    let copy = directory.join("changed.db");
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", text(&copy)));
        let from = format!("{}{suffix}", text(path));
        if Path::new(&from).exists() && suffix != "-shm" {
            std::fs::copy(from, format!("{}{suffix}", text(&copy))).unwrap();
        }
    }
    copy
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
