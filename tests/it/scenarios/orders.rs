//! Many orders at once: `posd orders import` and `posd orders export`.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::journal::assert_whole;
use super::{Store, TOKEN_TRACE, deposit, pickup};
use crate::store::{Setup, Simulator, Station};

/// What a run has said, and whether it is content.
struct Said {
    is_ok: bool,
    out: String,
    errors: String,
}

fn said(output: Output) -> Said {
    Said {
        is_ok: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `posd orders WHAT --config (of a data directory) ...`.
fn orders(data_dir: &Path, what: &str, more: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_posd"));
    command.args(["orders", what, "--config"]);
    let output = command.arg(data_dir.join("posd.toml")).args(more).output();
    said(output.unwrap())
}

fn file(directory: &Path, text: impl AsRef<[u8]>) -> String {
    let path = directory.join("orders.jsonl");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A data directory of a station that is not running.
fn idle_station(store: &Store, name: &'static str) -> PathBuf {
    let mut station = Station::start(
        store.directory.path(),
        &Setup::new(name, None, &store.processor),
    );
    station.kill();
    station.data_dir.clone()
}

/// An order of one line that holds its price.
fn order(name: &str, version: u64) -> Value {
    json!({
        "order_id": name, "version": version, "currency": "NOK", "channel": "online",
        "customer_reference": "C-17", "placed_at": "2026-11-22T12:00:00Z",
        "lines": [{"line_id": "1", "amount_minor": 80_000}],
        "tenders": [{
            "authorized_minor": 80_000, "merchant_account": "nordic", "auth_token": "au-secret",
            "card_token": "card-secret", "masked_pan": "411111******1111",
        }],
    })
}

fn lines(orders: &[Value]) -> String {
    orders.iter().map(|order| format!("{order}\n")).collect()
}

#[test]
fn orders_that_are_exported_and_imported_are_the_same_orders() {
    let mut store = Store::open();
    let mut app = store.station.app();
    app.call("deposit.take", deposit("k1", "O-1", 20_000));
    app.call(
        "order.put",
        json!({"order": store.order_paid_online("O-2", &[50_000, 30_000])}),
    );
    let path = store.directory.path().join("all.jsonl");
    let path = path.to_str().unwrap();
    // The station may be running. What is there already is not written over.
    let data_dir = store.station.data_dir.clone();
    let done = orders(&data_dir, "export", &["--with-tokens", path]);
    assert!(done.is_ok, "{}", done.errors);
    assert_eq!(done.out, format!("exported 2 orders to {path}\n"));
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = orders(&data_dir, "export", &[path]);
    assert!(
        !again.is_ok && again.errors.contains("exists"),
        "{}",
        again.errors
    );
    let bare = orders(&data_dir, "export", &[]);
    assert_eq!(bare.out.lines().count(), 2);
    assert!(!bare.out.contains("token"), "{}", bare.out);

    let running = orders(&data_dir, "import", &[path]);
    assert!(!running.is_ok);
    assert!(running.errors.contains("stop it"), "{}", running.errors);

    let b = idle_station(&store, "b");
    let done = orders(&b, "import", &[path]);
    assert!(done.is_ok, "{}", done.errors);
    assert_eq!(
        done.out,
        "imported 2 orders (2 new, 0 newer), 0 unchanged, 0 refused\n"
    );
    let again = orders(&b, "import", &[path]);
    assert_eq!(
        again.out,
        "imported 0 orders (0 new, 0 newer), 2 unchanged, 0 refused\n"
    );
    let back = orders(&b, "export", &["--with-tokens"]);
    assert_eq!(back.out, std::fs::read_to_string(path).unwrap());
    assert_whole(&b, "imported");

    // B takes what is due, by tokens that A's terminal got.
    let mut station = store.another_station();
    let mut app = station.app();
    let found = app.call("order.find", json!({"card": "1111", "date": "2026-01-01"}));
    assert_eq!(found["orders"], json!([]), "{found}");
    let version = app.call("order.get", json!({"order_id": "O-1"}))["version"].clone();
    let done = app.call(
        "pickup.capture",
        pickup("k", "O-1", version.as_u64().unwrap(), &["1", "2"]),
    );
    assert_eq!(done["captured_minor"], 80_000, "{done}");
    let done = app.call("pickup.capture", pickup("l", "O-2", 1, &["1"]));
    assert_eq!(done["captured_minor"], 80_000, "{done}");
    store.assert_books(180_000 + TOKEN_TRACE, 180_000, TOKEN_TRACE, 0);

    // What was imported is told as what came in by order.put is: no event is missing.
    app.call("events.subscribe", json!({"after": 0}));
    app.event(|event| event["event"] == "operation_finished");
    let seqs: Vec<u64> = app
        .events
        .iter()
        .map(|event| event["seq"].as_u64().unwrap())
        .collect();
    assert!(seqs.iter().copied().eq((1..).take(seqs.len())), "{seqs:?}");
    let told = |order: &str| app.events.iter().any(|event| event["order_id"] == order);
    assert!(told("O-1") && told("O-2"), "{:?}", app.events);
    station.kill();
    store.station.kill();
}

/// A line that is bad, the field that is named, and what is said of it.
fn bad_lines() -> Vec<(Vec<u8>, &'static str)> {
    let changed = |pointer: &str, value: Value| {
        let mut order = order("O-BAD", 1);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        order.pointer_mut(parent).unwrap()[name] = value;
        order.to_string().into_bytes()
    };
    let half = order("O-BAD", 1).to_string().into_bytes();
    let half = half[..half.len() / 2].to_vec();
    let twice = order("O-BAD", 1).to_string();
    let twice = twice.replacen('{', r#"{"version":2,"#, 1).into_bytes();
    vec![
        (b"nonsense".to_vec(), "is not JSON, from column"),
        (half, "ends before the order does"),
        (twice, "a name stands twice in one object, from column"),
        (b"\xff{}".to_vec(), "is not UTF-8"),
        (b"[]".to_vec(), "is not a JSON object"),
        (b"{}".to_vec(), "order_id: is missing"),
        (vec![b' '; 1024 * 1024 + 1], "is longer than 1048576 bytes"),
        (
            changed("/lines/0/amount_minor", json!(-1)),
            "lines[0].amount_minor: expected",
        ),
        (
            changed("/lines/0/colour", json!("red")),
            "lines[0].colour: is not a parameter",
        ),
        (changed("/lines", json!([])), "lines: must not be empty"),
        (
            changed("/total_minor", json!(1)),
            "total_minor: is not what the lines cost together",
        ),
        (
            changed("/tenders/0/auth_token", Value::Null),
            "tenders[0].auth_token: must be there",
        ),
        (
            changed("/tenders/0/captured_minor", json!(80_001)),
            "tenders: captured and voided exceed",
        ),
        (
            changed("/phone", json!("4111111111111111")),
            "phone: must not hold a card number",
        ),
        (
            order("O-1", 1).to_string().into_bytes(),
            "version: is not newer than 2",
        ),
    ]
}

#[test]
fn a_bad_line_is_named_and_nothing_or_only_it_is_left_out() {
    let store = Store::open();
    let data_dir = idle_station(&store, "b");
    let known = file(store.directory.path(), lines(&[order("O-1", 2)]));
    assert!(orders(&data_dir, "import", &[&known]).is_ok);
    let before = std::fs::read_to_string(&known).unwrap();
    assert!(!before.is_empty());
    let before = orders(&data_dir, "export", &["--with-tokens"]).out;

    for (at, (bad, named)) in bad_lines().into_iter().enumerate() {
        let good = |name: &str| format!("{}\n", order(&format!("{name}-{at}"), 1)).into_bytes();
        let text = [good("X"), b"\n".to_vec(), bad, b"\n".to_vec(), good("Y")].concat();
        let path = file(store.directory.path(), text);
        let stopped = orders(&data_dir, "import", &[&path]);
        assert!(!stopped.is_ok, "{named}");
        let expected = format!("posd: {path}:3: {named}");
        assert!(stopped.errors.starts_with(&expected), "{}", stopped.errors);
        assert!(
            stopped.errors.ends_with("posd: nothing was imported\n"),
            "{}",
            stopped.errors
        );
        let now = orders(&data_dir, "export", &["--with-tokens"]).out;
        assert_eq!(now.lines().count(), 1 + 2 * at, "{named}");
        assert!(now.starts_with(&before));

        let skipped = orders(&data_dir, "import", &["--on-error", "skip", &path]);
        assert!(!skipped.is_ok, "{named}");
        assert!(skipped.errors.starts_with(&expected), "{}", skipped.errors);
        assert_eq!(
            skipped.out,
            "imported 2 orders (2 new, 0 newer), 0 unchanged, 1 refused\n"
        );
    }
    assert_whole(&data_dir, "imported");
    assert!(!store.directory.path().join("b/orders.jsonl").exists());
}

#[test]
fn an_import_that_cannot_go_on_leaves_nothing_half_done() {
    let store = Store::open();
    let data_dir = idle_station(&store, "b");
    let missing = orders(&data_dir, "import", &["/nowhere/orders.jsonl"]);
    assert!(
        missing.errors.contains("/nowhere/orders.jsonl: "),
        "{}",
        missing.errors
    );
    let directory = orders(
        &data_dir,
        "import",
        &[store.directory.path().to_str().unwrap()],
    );
    assert!(
        !directory.is_ok && directory.errors.contains("directory"),
        "{}",
        directory.errors
    );
    let empty = file(store.directory.path(), "\n\n");
    let empty = orders(&data_dir, "import", &[&empty]);
    assert!(
        !empty.is_ok && empty.errors.contains("holds no order"),
        "{}",
        empty.errors
    );

    // A disk that takes no more: no file of the process may grow beyond some hundred kilobytes.
    let many: Vec<Value> = (0..5_000).map(|at| order(&format!("O-{at}"), 1)).collect();
    let path = file(store.directory.path(), lines(&many));
    for (on_error, kept) in [("stop", 0..=0), ("skip", 1..=4_999)] {
        let script = "trap '' XFSZ; ulimit -f 12000; exec \"$@\"";
        let full = Command::new("sh")
            .args([
                "-c",
                script,
                "sh",
                env!("CARGO_BIN_EXE_posd"),
                "orders",
                "import",
                "--config",
            ])
            .arg(data_dir.join("posd.toml"))
            .args([&path, "--on-error", on_error])
            .output();
        let full = said(full.unwrap());
        assert!(!full.is_ok, "{}", full.out);
        let count = orders(&data_dir, "export", &[]).out.lines().count();
        assert!(
            kept.contains(&count),
            "{on_error}: {count}\n{}",
            full.errors
        );
        assert_whole(&data_dir, "imported");
    }
    // Once there is room the same file brings the rest.
    let done = orders(&data_dir, "import", &[&path]);
    assert!(done.is_ok, "{}", done.errors);
    assert_eq!(orders(&data_dir, "export", &[]).out.lines().count(), 5_000);
    assert_whole(&data_dir, "imported");
}

#[test]
fn orders_are_imported_from_a_pipe_and_a_newer_version_replaces_the_older() {
    let processor = Simulator::processor();
    let store = Store::open_at(processor, crate::store::Line::Serial, &[], |setup| setup);
    let data_dir = idle_station(&store, "b");
    let mut import = Command::new(env!("CARGO_BIN_EXE_posd"))
        .args(["orders", "import", "-", "--config"])
        .arg(data_dir.join("posd.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Twice in one file, and the last line has no end.
    let text = lines(&[order("O-1", 1), order("O-2", 1), order("O-1", 2)]);
    let mut pipe = import.stdin.take().unwrap();
    pipe.write_all(text.trim_end().as_bytes()).unwrap();
    drop(pipe);
    let done = said(import.wait_with_output().unwrap());
    assert_eq!(
        done.out,
        "imported 3 orders (2 new, 1 newer), 0 unchanged, 0 refused\n"
    );
    let told = orders(&data_dir, "export", &[]).out;
    let versions: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["version"].clone())
        .collect();
    assert_eq!(versions, [2, 1]);
}
