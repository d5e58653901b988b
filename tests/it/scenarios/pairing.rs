//! Who is let in, and who may do what.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use super::{Store, sale};
use crate::store::{App, Station, may_open_files, wait_for};

const PAGE: &str = "https://pos.example";

/// What the handshake of a client with this header is answered: a connection, or a status.
pub(super) fn knock(
    station: &Station,
    path: &str,
    header: &'static str,
    value: &str,
) -> Result<WebSocket<TcpStream>, u16> {
    let url = station.url();
    let address = url.trim_start_matches("ws://").trim_end_matches("/v1");
    let mut request = format!("ws://{address}{path}")
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert(header, HeaderValue::from_str(value).unwrap());
    let stream = TcpStream::connect(address).unwrap();
    match tungstenite::client(request, stream) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(response))) => {
            Err(response.status().as_u16())
        }
        Err(error) => panic!("{error}"),
    }
}

/// Asks one thing over a bare connection.
pub(super) fn ask(socket: &mut WebSocket<TcpStream>, method: &str, params: &Value) -> Value {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    socket.send(Message::text(request.to_string())).unwrap();
    serde_json::from_str(&socket.read().unwrap().into_text().unwrap()).unwrap()
}

#[test]
fn s51_foreign_origins_hosts_and_paths_are_refused() {
    let store = Store::open();
    let answer = |path: &str, header, value: &str| {
        let told = knock(&store.station, path, header, value);
        told.map_or_else(|status| status, |_| 101)
    };
    assert_eq!(answer("/v1", "x-nothing", "1"), 101);
    assert_eq!(answer("/v1", "origin", "https://evil.example"), 403);
    assert_eq!(answer("/v1", "origin", "null"), 403);
    assert_eq!(answer("/v1", "host", "evil.example:8471"), 403);
    assert_eq!(answer("/v1", "host", "127.0.0.1.evil.example"), 403);
    assert_eq!(answer("/v2", "x-nothing", "1"), 404);
}

#[test]
fn s51_a_page_is_let_in_from_its_own_origin_only() {
    let store = Store::open();
    let mut technician = store.station.app();
    let knock = |origin| knock(&store.station, "/v1", "origin", origin);
    assert_eq!(knock(PAGE).err(), Some(403));
    let invite = json!({"app": "till-1", "origin": PAGE});
    let invited = technician.call("app.invite", invite);
    let code = json!({"code": invited["code"]});

    // The code is for the page, not for a program that has seen it.
    let mut program = App::stranger(store.station.url()).unwrap();
    let refused = program.refused("session.pair", code.clone());
    assert_eq!(refused["data"]["code"], "unauthorized", "{refused}");
    let mut page = knock(PAGE).unwrap();
    let paired = ask(&mut page, "session.pair", &code)["result"].take();
    let key = json!({"key": paired["key"]});
    assert_eq!(paired["role"], "cashier", "{paired}");
    let told = technician.call("app.list", json!({}));
    let listed = told["apps"].as_array().unwrap();
    let listed = listed.iter().find(|app| app["app"] == "till-1").unwrap();
    assert_eq!(listed["check_word"], paired["check_word"], "{told}");
    assert_eq!(listed["origin"], PAGE, "{told}");
    let used = ask(&mut page, "session.pair", &code);
    assert_eq!(used["error"]["data"]["code"], "unauthorized", "{used}");

    let hello = ask(&mut page, "session.hello", &key);
    assert_eq!(hello["result"]["app"], "till-1", "{hello}");
    // Its key opens nothing for a program, nor for the page of another app.
    let refused = program.refused("session.hello", key.clone());
    assert_eq!(refused["data"]["code"], "unauthorized", "{refused}");
    let other = json!({"app": "till-2", "origin": "http://localhost:3000"});
    technician.call("app.invite", other);
    let mut other = knock("http://localhost:3000").unwrap();
    let refused = ask(&mut other, "session.hello", &key);
    assert_eq!(
        refused["error"]["data"]["code"], "unauthorized",
        "{refused}"
    );

    technician.call("app.revoke", json!({"app": "till-1"}));
    assert_eq!(knock(PAGE).err(), Some(403));
}

#[test]
fn s51_without_a_key_or_with_a_wrong_one_nothing_is_told() {
    let store = Store::open();
    let url = store.station.url();
    let right = store.station.pair("till-1", "supervisor");
    let mut stranger = App::stranger(url).unwrap();
    let refused = stranger.refused("station.info", json!({}));
    for (method, params) in [
        ("station.health", json!({})),
        ("payment.sale", sale("k", 1)),
        ("payment.sale", json!({"nonsense": 1})),
        ("events.subscribe", json!({"after": 0})),
        ("app.invite", json!({"app": "me"})),
        ("no.such_method", json!({})),
        ("session.hello", json!({})),
    ] {
        assert_eq!(stranger.refused(method, params), refused, "{method}");
    }
    assert_eq!(refused["data"]["code"], "unauthorized", "{refused}");

    // A hundred wrong ones, from many sides at once: of a known app, of an unknown one, half a key.
    let wrong = [
        format!("{right}x"),
        right.replace("till-1", "till-9"),
        right.chars().take(20).collect(),
        String::new(),
        "posd.local.".to_owned(),
    ];
    let mut guessers: Vec<App> = (0..50).map(|_| App::stranger(url).unwrap()).collect();
    for round in 0..2 {
        let sent = guessers.iter_mut().enumerate().map(|(at, guesser)| {
            let key = &wrong[(at + round) % wrong.len()];
            guesser.send("session.hello", json!({"key": key})).unwrap()
        });
        let sent: Vec<u64> = sent.collect();
        // Meanwhile the right one is let in.
        let mut till = store.station.app_with(&right);
        assert_eq!(till.call("station.info", json!({}))["station"], "a");
        for (guesser, id) in guessers.iter_mut().zip(sent) {
            assert_eq!(guesser.answer(id).unwrap().unwrap_err(), refused);
        }
    }

    // The key of an app that was revoked is as wrong as any other, at once and after a restart.
    let mut till = store.station.app_with(&right);
    let mut technician = store.station.app();
    technician.call("app.revoke", json!({"app": "till-1"}));
    assert!(till.try_call("station.info", json!({})).is_err());
    let replayed = stranger.refused("session.hello", json!({"key": right}));
    assert_eq!(replayed, refused);
    let log = std::fs::read_to_string(store.station.data_dir.join("log")).unwrap();
    assert!(log.matches("wrong key").count() >= 101, "{log}");
    assert!(log.contains("delay_ms=3200"), "{log}");
    assert!(!log.contains(right.rsplit_once('.').unwrap().1));
    let mut store = store;
    store.station.kill();
    assert!(store.station.try_start(&[]));
    let mut stranger = App::stranger(store.station.url()).unwrap();
    assert_eq!(
        stranger.refused("session.hello", json!({"key": right})),
        refused
    );
}

#[test]
fn s52_each_role_may_do_what_it_is_for() {
    let mut store = Store::open();
    let resolve = json!({
        "idempotency_key": "r", "operation_id": "none", "finding": "carried_out",
        "evidence": "none", "reason": "none",
    });
    let keys = ["cashier", "supervisor", "technician"].map(|role| store.station.pair(role, role));
    store.station.kill();
    assert!(store.station.try_start(&[]));
    let mut apps = keys.map(|key| store.station.app_with(&key));
    let [cashier, supervisor, technician] = &mut apps;

    let refused = cashier.refused("operation.resolve", resolve.clone());
    assert_eq!(refused["data"]["code"], "forbidden", "{refused}");
    assert_eq!(refused["data"]["needs"], "supervisor", "{refused}");
    let promote = json!({"app": "supervisor", "role": "technician"});
    for (app, method, params) in [
        (&mut *cashier, "app.list", json!({})),
        (&mut *supervisor, "app.set_role", promote),
    ] {
        let refused = app.refused(method, params);
        assert_eq!(refused["data"]["needs"], "technician", "{refused}");
    }
    let tokens = json!({"order_id": "O-1", "include_tokens": true});
    let refused = cashier.refused("order.get", tokens.clone());
    assert_eq!(refused["data"]["needs"], "supervisor", "{refused}");
    for app in [supervisor, technician] {
        // Let through to the rules: nothing of that name is in doubt or known.
        let refused = app.refused("operation.resolve", resolve.clone());
        assert_eq!(refused["data"]["code"], "not_in_doubt", "{refused}");
        let refused = app.refused("order.get", tokens.clone());
        assert_eq!(refused["data"]["code"], "order_unknown", "{refused}");
    }

    // Another role holds from the next request on.
    let [cashier, _, technician] = &mut apps;
    let promote = json!({"app": "cashier", "role": "supervisor"});
    technician.call("app.set_role", promote);
    let refused = cashier.refused("operation.resolve", resolve);
    assert_eq!(refused["data"]["code"], "not_in_doubt", "{refused}");
    let unknown = technician.refused("app.revoke", json!({"app": "nobody"}));
    assert_eq!(unknown["data"]["code"], "app_unknown", "{unknown}");
    let taken = technician.refused("app.invite", json!({"app": "cashier"}));
    assert_eq!(taken["data"]["code"], "app_name_taken", "{taken}");
    let told = cashier.call("payment.sale", sale("k", 1_000));
    assert_eq!(told["outcome"], "approved", "{told}");
    let log = std::fs::read_to_string(store.station.data_dir.join("log")).unwrap();
    assert!(log.contains("app.list needs technician, this is cashier"));
}

#[test]
fn pairing_by_command() {
    let store = Store::open();
    let posd = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_posd"));
        let key = store.station.data_dir.join("local.key");
        command.args(arguments).args(["--url", store.station.url()]);
        command.arg("--key-file").arg(key).stdout(Stdio::piped());
        command
    };
    let mut pair = posd(&["pair", "till-1", "--role", "supervisor"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(pair.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let code = first.strip_prefix("code: ").unwrap().to_lowercase();
    let mut till = App::stranger(store.station.url()).unwrap();
    let paired = till.call("session.pair", json!({"code": code}));
    let shown: Vec<String> = lines.map(Result::unwrap).collect();
    let word = paired["check_word"].as_str().unwrap();
    let expected = format!("paired: till-1 as supervisor, check word: {word}");
    assert!(shown.contains(&expected), "{shown:?}");
    assert!(pair.wait().unwrap().success());

    let print = |arguments: &[&str]| {
        let output = posd(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    print(&["apps", "role", "till-1", "cashier"]);
    let listed = print(&["apps", "list"]);
    let row = listed
        .lines()
        .find(|line| line.starts_with("till-1 "))
        .unwrap();
    assert!(row.contains("cashier") && row.contains(word), "{listed}");
    assert_eq!(
        serde_json::from_str::<Value>(&print(&["browser-policy", "edge"])).unwrap(),
        json!({"LoopbackNetworkAllowedForUrls": []})
    );
    print(&["apps", "revoke", "till-1"]);
    assert!(!print(&["apps", "list"]).contains("till-1"));
    assert!(print(&["call", "station.info"]).contains("\"a\""));
    // Who let whom in and out stays in the journal, and its tables follow from it.
    let journal = store.station.data_dir.join("journal.db");
    let mut verify = Command::new(env!("CARGO_BIN_EXE_posd"));
    let verified = verify
        .args(["journal", "verify", "--journal"])
        .arg(&journal);
    assert!(verified.status().unwrap().success());
    let mut export = Command::new(env!("CARGO_BIN_EXE_posd"));
    let exported = export
        .args(["journal", "export", "--journal"])
        .arg(&journal);
    let exported = String::from_utf8(exported.output().unwrap().stdout).unwrap();
    for entry in ["app_paired", "app_role_changed", "app_revoked"] {
        assert!(exported.contains(entry), "{exported}");
    }
    assert!(!exported.contains(paired["key"].as_str().unwrap()));
}

#[test]
fn s53_a_thousand_idle_connections_are_in_nobodys_way() {
    may_open_files(4_096);
    let store = Store::open();
    let mut till = store.station.app();
    let sent = till.send("payment.sale", sale("k1", 1_000)).unwrap();
    let address = store.station.url();
    let address = address.trim_start_matches("ws://").trim_end_matches("/v1");
    let silent: Vec<TcpStream> = (0..500)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let idle: Vec<_> = (0..500)
        .map(|_| wait_for("a connection", || App::stranger(store.station.url()).ok()))
        .collect();
    assert_eq!(till.answer(sent).unwrap().unwrap()["outcome"], "approved");
    let mut other = store.station.app();
    let told = other.call("payment.sale", sale("k2", 1_000));
    assert_eq!(told["outcome"], "approved", "{told}");
    drop((silent, idle));
}
