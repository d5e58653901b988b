//! What those who are trusted a little could do: a terminal or a processor that lies, an app that writes
//! into the log, another user of the machine.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;

use serde_json::{Value, json};

use super::recovery::{AMOUNT, check, end_of, is_approved, open};
use super::{Store, deposit, sale};
use crate::store::{App, Line, Setup};

/// All files below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Whoever starts it may forget to say that nobody else may read: what it writes is its own all the same.
#[test]
fn what_the_station_writes_is_not_for_others() {
    let mut store = Store::open();
    let data_dir = store.station.data_dir.clone();
    store.station.kill();
    for name in ["token.key", "local.key", "lock"] {
        let _ = fs::remove_file(data_dir.join(name));
    }
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = fs::remove_file(data_dir.join(name));
    }
    let forgetful = ["sh", "-c", "umask 0; exec \"$@\"", "sh"];
    assert!(store.station.try_start_in(&forgetful, &[]));
    let mut app = store.station.app();
    let paid = app.call("deposit.take", deposit("k1", "O-1", 20_000));
    assert_eq!(paid["outcome"], "approved", "{paid}");
    let copy = data_dir.join("copy.db");
    let backup = Command::new("sh")
        .args(["-c", "umask 0; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_posd"))
        .args(["backup", "--config"])
        .arg(store.station.config())
        .arg(&copy)
        .output()
        .unwrap();
    assert!(backup.status.success(), "{backup:?}");
    let mut seen = Vec::new();
    for file in files(&data_dir) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        // Written by this test.
        if ["log", "posd.toml"].contains(&name.as_str()) {
            continue;
        }
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        let most = if name == "local.key" { 0o640 } else { 0o600 };
        assert_eq!(mode & !most, 0, "{name} has mode {mode:o}");
        seen.push(name);
    }
    for name in ["journal.db", "token.key", "local.key", "copy.db"] {
        assert!(seen.iter().any(|it| it == name), "{name}: {seen:?}");
    }
}

/// In a directory that everybody can write to, somebody could have put a key of his own before; and what
/// lies there under the station's names is not cut off.
#[test]
fn a_data_directory_of_everybody_is_refused() {
    let mut store = Store::open();
    let data_dir = store.station.data_dir.clone();
    store.station.kill();
    let set = |mode| fs::set_permissions(&data_dir, fs::Permissions::from_mode(mode)).unwrap();
    set(0o777);
    assert!(!store.station.try_start(&[]));
    assert!(store.station.log().contains("everybody can write to it"));
    set(0o750);
    let precious = store.directory.path().join("precious");
    fs::write(&precious, "kept").unwrap();
    fs::remove_file(data_dir.join("lock")).unwrap();
    symlink(&precious, data_dir.join("lock")).unwrap();
    assert!(!store.station.try_start(&[]));
    assert_eq!(fs::read_to_string(&precious).unwrap(), "kept");
    fs::remove_file(data_dir.join("lock")).unwrap();
    assert!(store.station.try_start(&[]));
}

/// The key of the machine opens everything: no command sends it over a network, whatever it is told.
#[test]
fn no_command_sends_a_key_to_another_machine() {
    let store = Store::open();
    let call = |url: &str| {
        let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
        posd.args(["call", "station.info", "--url", url, "--config"]);
        let output = posd.arg(store.station.config()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        (output.status.success(), told)
    };
    for elsewhere in [
        "ws://pos.example:8471/v1",
        "ws://192.0.2.1:8471/v1",
        "wss://127.0.0.1:8471/v1",
        "ws://127.0.0.1.pos.example:8471/v1",
        "ws://127.0.0.1@pos.example:8471/v1",
        "ws://[2001:db8::1]:8471/v1",
        "pos.example",
    ] {
        let (done, told) = call(elsewhere);
        assert!(
            !done && told.contains("does not go over a network"),
            "{told}"
        );
    }
    let here = store.station.url();
    for url in [here.to_owned(), here.replace("127.0.0.1", "localhost")] {
        let (done, told) = call(&url);
        assert!(done, "{told}");
    }
}

/// Texts that an app may choose, each with the end of a line in it and what would then look like a line of
/// the station.
#[test]
fn an_end_of_line_in_a_text_makes_no_line_of_the_log() {
    const FORGED: &str = "x\n2030-01-01T00:00:00Z ERROR posd: forged\r\nforged\x1b[2J";
    let store = Store::open();
    let mut app = store.station.app();
    let document = crate::contract::document();
    let mut refused = 0_usize;
    let mut ask = |method: &str, params: Value| {
        let answer = format!("{:?}", app.try_call(method, params).unwrap());
        refused += usize::from(answer.contains("must not hold control characters"));
    };
    for method in document["methods"].as_array().unwrap() {
        let name = method["name"].as_str().unwrap();
        let known = method["params"].as_array().unwrap();
        for param in known {
            let mut params = json!({
                "idempotency_key": name, "amount_minor": 1_000, "currency": "NOK",
            });
            let is_known = |key: &str| known.iter().any(|it| it["name"] == key);
            params
                .as_object_mut()
                .unwrap()
                .retain(|key, _| is_known(key));
            params[param["name"].as_str().unwrap()] = json!(FORGED);
            ask(name, params);
        }
    }
    ask(FORGED, json!({}));
    ask("deposit.take", deposit("k", FORGED, 20_000));
    let mut order = deposit("k", "O-1", 20_000);
    order["order"]["lines"][0]["description"] = json!(FORGED);
    ask("deposit.take", order);
    ask("app.invite", json!({"app": FORGED, "role": "cashier"}));
    assert!(refused > 20, "only {refused}");
    let mut stranger = App::stranger(store.station.url()).unwrap();
    stranger.refused("session.hello", json!({"key": FORGED}));
    let head = format!(
        "GET /{} HTTP/1.1\r\nhost: evil\x1b[2J\r\norigin: \x1b[2J\r\n\r\n",
        "%0A2030-forged"
    );
    let address = store
        .station
        .url()
        .trim_start_matches("ws://")
        .trim_end_matches("/v1");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.read_to_end(&mut Vec::new());
    let log = store.station.log();
    assert!(log.lines().count() > 2, "{log}");
    for line in log.lines() {
        assert!(
            line.starts_with("20") && !line.starts_with("2030-"),
            "{line}"
        );
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

/// A result in another currency than was asked for is not acknowledged and approves nothing. A terminal that
/// takes back what is not acknowledged has taken nothing then; one that keeps it is asked until it tells the
/// currency that it was asked for, or a person looks.
#[test]
fn a_result_in_another_currency_is_no_approval() {
    for (sync, asked_again) in [(&["--no-sync"][..], 0), (&[], 5)] {
        let (store, mut app) = open(Line::Tcp, sync);
        let (result, byte) = place_of_currency(&store);
        // Each time that it is asked its last transaction is five messages on; at first, on a new
        // connection, six.
        let told_again = (0..asked_again).map(|time| result + 6 + 5 * time);
        let lines = [result].into_iter().chain(told_again).map(|which| {
            // 0578 is NOK; with this bit it is 0558, NIO.
            format!("payment 1 to till {which} flip byte {byte} bit 5\n")
        });
        let text = json!({"text": lines.collect::<String>()});
        store.terminal.post("/scenario", text);
        let told = app.call("payment.sale", sale("k1", AMOUNT));
        assert!(!is_approved(&told), "{told}");
        assert_eq!(asked_again > 0, told["outcome"] == "in_doubt", "{told}");
        let end = end_of(&mut app, "k1");
        assert_eq!(is_approved(&end), asked_again > 0, "{end}");
        let log = store.station.log();
        let said = "a result in another currency is not acknowledged";
        assert!(log.contains(said), "{log}");
        check(&store, &end, AMOUNT);
        let next = app.call("payment.sale", sale("k2", 1_000));
        assert!(is_approved(&next), "{next}");
        check(&store, &end, AMOUNT + 1_000);
    }
}

/// Which message to the till, counted from the request, brought the result of the last payment, and where
/// in it the currency stands.
fn place_of_currency(store: &Store) -> (usize, usize) {
    let log = store.terminal.get("/log?after=0");
    let lines = log.as_array().unwrap().iter();
    let lines: Vec<&str> = lines.map(|entry| entry["text"].as_str().unwrap()).collect();
    let request = lines
        .iter()
        .rposition(|line| line.contains(" > 06 01 "))
        .unwrap();
    let told = lines[request..]
        .iter()
        .filter_map(|line| line.split_once(" < "));
    for (which, (_, line)) in told.enumerate() {
        let bytes = line.split(" | ").next().unwrap();
        let currency = bytes
            .find(" 49 05 78")
            .filter(|_| bytes.starts_with("04 0F"));
        if let Some(at) = currency {
            return (which + 1, (at + 1) / 3 + 2);
        }
    }
    panic!("no result: {lines:#?}");
}

/// A processor that sends its callers elsewhere is not followed; one that answers without end is not listened
/// to. What either may have done is asked for, and never sent again.
#[test]
fn a_processor_that_misbehaves_is_neither_followed_nor_listened_to() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let away = elsewhere.local_addr().unwrap();
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{away}/\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n"
    );
    captured_at(redirect, 0);
    let called = elsewhere.accept();
    assert!(called.is_err(), "{called:?}");
    // What is on its way in the sockets' buffers counts too; without an end it would be a thousand times
    // as much until the call's time is over.
    let endless = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n\"".to_owned();
    captured_at(endless, 64 * 1024 * 1024);
}

/// Captures at a processor that says this to everybody and, where it may, goes on saying something.
fn captured_at(answer: String, most: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (heard, calls) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = String::new();
            BufReader::new(&stream).read_line(&mut request).unwrap();
            let mut said = 0_usize;
            let mut more = stream.write_all(answer.as_bytes()).is_ok() && most > 0;
            while more {
                more = stream.write_all(&[b'x'; 1024]).is_ok();
                said += 1024;
            }
            if heard.send((request, said)).is_err() {
                return;
            }
        }
    });
    let store = Store::open_with(Line::Serial, &[], |setup| Setup {
        processor: url.clone(),
        ..setup
    });
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let held = app.call("payment.authorize", sale("k1", AMOUNT));
    let payment = &held["payments"][0]["payment_id"];
    let capture = json!({"idempotency_key": "k2", "payment_id": payment});
    app.send("payment.capture", capture).unwrap();
    app.event(|event| event["event"] == "operation_in_doubt");
    let (first, said) = calls.recv().unwrap();
    assert!(first.starts_with("POST /v1/"), "{first}");
    assert!(said <= most, "{said}");
    for _ in 0..3 {
        let (inquiry, said) = calls.recv().unwrap();
        assert!(inquiry.starts_with("GET /v1/requests/"), "{inquiry}");
        assert!(said <= most, "{said}");
    }
}
