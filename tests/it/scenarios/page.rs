//! The station's own pages: what a browser gets that asks without a WebSocket, and how such a page is
//! let in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::pairing::{ask, knock};
use super::{Store, sale};
use crate::store::{App, Station, hw_sim, signal, wait_for};

fn address(station: &Station) -> &str {
    let url = station.url();
    url.trim_start_matches("ws://").trim_end_matches("/v1")
}

/// All that the station says to these bytes, until it ends the connection.
fn send(station: &Station, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address(station)).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    told
}

fn get(station: &Station, request: &str, more: &str) -> (u16, String) {
    let host = address(station);
    let told = send(
        station,
        &format!("{request} HTTP/1.1\r\nhost: {host}\r\n{more}\r\n"),
    );
    let status = told.get(9..12).map(|status| status.parse().unwrap());
    (status.unwrap_or_default(), told)
}

/// All files of the pages: each must be served.
fn assets() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/assets");
    let list = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains('.')).collect::<Vec<_>>()
    };
    let texts = list("texts");
    let texts = texts.iter().map(|name| format!("texts/{name}"));
    list("").into_iter().chain(texts).collect()
}

#[test]
fn the_pages_are_held_to_the_station() {
    let store = Store::open();
    let station = &store.station;
    let files = assets();
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let (name, kind) = file.rsplit_once('.').unwrap();
        let (path, kind) = match kind {
            "html" if name == "index" => ("/".to_owned(), "text/html"),
            "html" => (format!("/{name}"), "text/html"),
            "css" => (format!("/{file}"), "text/css"),
            "js" => (format!("/{file}"), "text/javascript"),
            _ => (format!("/{file}"), "application/json"),
        };
        let (status, told) = get(station, &format!("GET {path}"), "");
        assert_eq!(status, 200, "{told}");
        let (head, body) = told.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-type: {kind}")), "{head}");
        assert!(head.contains(&format!("content-length: {}", body.len())));
        for demand in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self';",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "permissions-policy: ",
        ] {
            assert!(head.contains(demand), "{demand} in {head}");
        }
        let socket = format!("connect-src 'self' ws://{};", address(station));
        assert!(head.contains(&socket), "{head}");
        assert!(!body.contains("https://"), "asks nobody else: {path}");
        assert!(
            !body.contains(" style=") && !body.contains(" onclick="),
            "{path}"
        );

        // Asked for again, it is not sent again.
        let tag = head.split("etag: ").nth(1).unwrap().lines().next().unwrap();
        let known = format!("if-none-match: {tag}\r\n");
        let (status, told) = get(station, &format!("GET {path}"), &known);
        assert_eq!(status, 304);
        assert!(told.ends_with("\r\n\r\n"), "{told}");
        let (status, told) = get(station, &format!("HEAD {path}"), "");
        assert_eq!(status, 200);
        assert!(told.ends_with("\r\n\r\n"), "{told}");
    }
}

#[test]
fn s51_what_is_no_request_for_a_page_is_answered_and_ended() {
    let store = Store::open();
    let station = &store.station;
    let status = |request: &str, more: &str| get(station, request, more).0;
    assert_eq!(status("GET /nothing", ""), 404);
    assert_eq!(status("GET /../../etc/passwd", ""), 404);
    assert_eq!(status("GET /v1", ""), 426);
    assert_eq!(status("DELETE /", ""), 405);
    let body = format!("content-length: 5000\r\n\r\n{}", "x".repeat(5_000));
    let (post, told) = get(station, "POST /", &body);
    assert_eq!(post, 405);
    assert!(told.contains("allow: GET, HEAD\r\n"), "{told}");
    let long = "a".repeat(300);
    assert_eq!(status(&format!("GET /{long}"), ""), 414);
    assert_eq!(status(&format!("GET /{}", long.repeat(60)), ""), 414);
    assert_eq!(
        status("GET /", &format!("cookie: {}\r\n", long.repeat(60))),
        431
    );
    assert_eq!(status("GET /", &"x-more: 1\r\n".repeat(70)), 431);
    // Who says nothing complete is told nothing.
    assert_eq!(send(station, "GET / HTTP/1.1\r\nhost: 127.0.0.1"), "");
    let nonsense = send(station, "\x16\x03\x01 hello\r\n\r\n");
    assert!(nonsense.starts_with("HTTP/1.1 400"), "{nonsense}");

    // By a name that is not this machine's, a page of somebody else would have the pages for its own.
    for host in ["evil.example", "127.0.0.1.evil.example", ""] {
        let told = send(station, &format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n"));
        assert!(told.starts_with("HTTP/1.1 403"), "{host}: {told}");
        assert!(!told.contains(&format!("ws://{host}")), "{told}");
    }
    let told = send(station, "GET / HTTP/1.1\r\n\r\n");
    assert!(told.starts_with("HTTP/1.1 403"), "{told}");

    // A handshake that is none is told so, and apps come in all the while.
    let (status, _) = get(station, "GET /v1", "upgrade: websocket\r\n");
    assert_eq!(status, 400);
    let done = station.app().call("payment.sale", sale("k", 1_000));
    assert_eq!(done["outcome"], "approved", "{done}");
}

#[test]
fn s51_the_stations_own_page_may_knock_and_needs_a_code() {
    let store = Store::open();
    let own = format!("http://{}", address(&store.station));
    let knock = |origin: &str| knock(&store.station, "/v1", "origin", origin);
    let mut page = knock(&own).unwrap();
    let told = ask(&mut page, "station.info", &json!({}));
    assert_eq!(told["error"]["data"]["code"], "unauthorized", "{told}");

    // Nobody else's page, though it comes from the same machine.
    let port = own.rsplit(':').next().unwrap();
    for other in [
        "http://127.0.0.1".to_owned(),
        "http://127.0.0.1:1".to_owned(),
        format!("http://localhost:{port}"),
        own.replace("http", "https"),
    ] {
        assert_eq!(knock(&other).err(), Some(403), "{other}");
    }

    let mut technician = store.station.app();
    let invite = json!({"app": "counter", "origin": own});
    let code = json!({"code": technician.call("app.invite", invite)["code"]});
    let mut program = App::stranger(store.station.url()).unwrap();
    let refused = program.refused("session.pair", code.clone());
    assert_eq!(refused["data"]["code"], "unauthorized", "{refused}");
    let paired = ask(&mut page, "session.pair", &code)["result"].take();
    assert_eq!(paired["app"], "counter", "{paired}");
    let key = json!({"key": paired["key"]});
    let hello = ask(&mut page, "session.hello", &key);
    assert_eq!(hello["result"]["role"], "cashier", "{hello}");
    let refused = program.refused("session.hello", key);
    assert_eq!(refused["data"]["code"], "unauthorized", "{refused}");
}

/// Ends what it has started, also when the test fails.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            signal("-INT", self.0.id());
            let _ = self.0.wait();
        }
    }
}

/// The demo, left open: what is printed works, and Ctrl-C leaves nothing behind.
#[test]
fn the_demo_stays_open_for_a_browser() {
    // It starts what it needs from where it is itself.
    hw_sim();
    let mut demo = Demo(
        Command::new(env!("CARGO_BIN_EXE_posd"))
            .args(["demo", "--keep"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut links = Vec::new();
    for line in BufReader::new(demo.0.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some((_, link)) = line
            .split_once("http://")
            .filter(|_| line.contains("#code="))
        {
            links.push(link.to_owned());
        }
        if line.contains("Ctrl-C ends it all") {
            break;
        }
    }
    assert_eq!(links.len(), 2, "{links:?}");
    for (link, page) in links.iter().zip(["counter", "till"]) {
        let (place, code) = link.split_once("#code=").unwrap();
        let code = code.split('&').next().unwrap();
        let (address, path) = place.split_once('/').unwrap();
        assert_eq!(path, page);
        let mut request = format!("ws://{address}/v1").into_client_request().unwrap();
        let origin = HeaderValue::from_str(&format!("http://{address}")).unwrap();
        request.headers_mut().insert("origin", origin);
        let stream = TcpStream::connect(address).unwrap();
        let (mut socket, _) = tungstenite::client(request, stream).unwrap();
        let paired = ask(&mut socket, "session.pair", &json!({"code": code}))["result"].take();
        let hello = json!({"key": paired["key"]});
        ask(&mut socket, "session.hello", &hello);
        let found = ask(
            &mut socket,
            "order.find",
            &json!({"customer_reference": "C-17"}),
        );
        let found = found["result"]["orders"].as_array().unwrap().clone();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|order| order["status"] == "waiting"));
        let known = ask(
            &mut socket,
            "order.find",
            &json!({"order_id": "ORDER-1001"}),
        );
        assert_eq!(known["result"]["orders"][0]["status"], "done", "{known}");
    }
    signal("-INT", demo.0.id());
    assert!(demo.0.wait().unwrap().success());
    let address = links[0].split('/').next().unwrap();
    wait_for("the station to end", || {
        TcpStream::connect(address).is_err().then_some(())
    });
}
