//! A station that is told to stop cuts nothing, and tells systemd what it does.

use std::io::Read as _;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};

use serde_json::json;

use super::recovery::{end_of, is_approved};
use super::{Store, sale};
use crate::store::{App, Line, Setup, Simulator, Station, first_line, signal, wait_for};

/// A store in which a sale waits for its card, and the request for it.
fn open(line: Line) -> (Store, App, u64) {
    // The terminal does not wait long for a till that has gone.
    let soon = ["--t2-ms", "250", "--t3-ms", "1500", "--reboot-ms", "300"];
    let store = Store::open_with(line, &soon, |setup| setup);
    store.terminal.post("/hold", json!({"hold": true}));
    let mut till = store.station.app();
    till.call("events.subscribe", json!({}));
    let id = till.send("payment.sale", sale("k", 1_000)).unwrap();
    till.event(|event| event["prompt"] == "present_card");
    (store, till, id)
}

/// Sends SIGTERM and comes back when the station has heard it.
fn stop(station: &Station) {
    let mut other = station.app();
    signal("-TERM", station.pid());
    wait_for("new payments to be refused", || {
        let error = other.refused("payment.sale", sale("late", 1_000));
        (error["data"]["code"] == "station_stopping").then_some(())
    });
    let running = other.call("operation.get", json!({"idempotency_key": "k"}));
    assert_eq!(running["state"], "running", "{running}");
}

#[test]
fn a_stop_lets_a_payment_end_and_its_app_hear_so() {
    for line in [Line::Serial, Line::Tcp] {
        let (mut store, mut till, id) = open(line);
        let mut again = store.station.app();
        stop(&store.station);
        // The same request is no new one, also now.
        let joined = again.send("payment.sale", sale("k", 1_000)).unwrap();

        store.terminal.post("/present", json!({}));
        let told = till.answer(id).unwrap().unwrap();
        assert_eq!(told["outcome"], "approved", "{told}");
        assert_eq!(again.answer(joined).unwrap().unwrap(), told);
        assert!(till.try_call("station.info", json!({})).is_err());
        assert_eq!(store.station.wait().code(), Some(0));
        store.assert_books(1_000, 1_000, 0, 0);

        // The terminal was left idle, and nothing is open.
        store.terminal.post("/hold", json!({"hold": false}));
        assert!(store.station.try_start(&[]));
        let mut till = store.station.app();
        assert_eq!(till.call("station.health", json!({}))["running"], 0);
        assert_eq!(till.call("payment.sale", sale("k", 1_000)), told);
        let next = till.call("payment.sale", sale("late", 500));
        assert_eq!(next["outcome"], "approved", "{next}");
        store.assert_books(1_500, 1_500, 0, 0);
    }
}

#[test]
fn a_second_signal_ends_at_once_and_the_next_start_finds_out() {
    let (mut store, mut till, id) = open(Line::Serial);
    stop(&store.station);
    signal("-TERM", store.station.pid());
    assert_eq!(store.station.wait().code(), Some(0));
    assert!(till.answer(id).is_err());

    store.terminal.post("/present", json!({}));
    store.terminal.post("/hold", json!({"hold": false}));
    assert!(store.station.try_start(&[]));
    let mut till = store.station.app();
    let end = end_of(&mut till, "k");
    let taken = store.processor.booked("captured_minor") - store.processor.booked("refunded_minor");
    assert_eq!(taken, if is_approved(&end) { 1_000 } else { 0 }, "{end}");
}

#[test]
fn a_stop_does_not_wait_for_what_nobody_waits_for() {
    // A terminal that is not there, and a processor that is gone.
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let mut setup = Setup::new("a", None, &processor);
    setup.terminal = Some("device = \"/dev/posd-not-there\"".to_owned());
    let mut station = Station::start(directory.path(), &setup);
    drop(processor);
    let _idle = station.app();
    signal("-INT", station.pid());
    assert_eq!(station.wait().code(), Some(0));
}

#[test]
fn systemd_is_told_when_apps_can_come_and_that_the_loop_is_alive() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let told = || {
        let mut buffer = [0_u8; 1024];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    let processor = Simulator::processor();
    let env = [
        ("NOTIFY_SOCKET", path.to_str().unwrap()),
        ("WATCHDOG_USEC", "200000"),
    ];
    let setup = Setup::new("a", None, &processor);
    let mut station = Station::start_with(directory.path(), &setup, &env);
    let ready = told();
    assert!(ready.starts_with("READY=1\n"), "{ready}");
    let address = station.url().trim_end_matches("/v1");
    assert!(ready.contains(&format!("STATUS=Serving apps at {address}")));
    let _app = station.app();
    // Whatever is asked of it meanwhile, it feeds the watchdog.
    for _ in 0..3 {
        assert_eq!(told(), "WATCHDOG=1\n");
    }
    signal("-TERM", station.pid());
    let stopping = std::iter::repeat_with(told).find(|told| told != "WATCHDOG=1\n");
    assert!(stopping.is_some_and(|told| told.starts_with("STOPPING=1\nSTATUS=Stopping")));
    assert_eq!(station.wait().code(), Some(0));
}

/// Starts the station as systemd does for a socket: it gets the socket as descriptor 3.
fn start_with_socket(station: &Station, listener: TcpListener) -> std::process::Child {
    Command::new("sh")
        .args([
            "-c",
            "LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\" 3<&0 </dev/null",
            "sh",
        ])
        .arg(env!("CARGO_BIN_EXE_posd"))
        .args(["run", "--config"])
        .arg(station.data_dir.join("posd.toml"))
        .stdin(OwnedFd::from(listener))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_socket_of_systemd_is_used_if_it_is_on_loopback() {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let setup = Setup::new("a", None, &processor);
    let mut station = Station::start(directory.path(), &setup);
    let key = station.local_key();
    station.kill();

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/v1", listener.local_addr().unwrap());
    let mut child = start_with_socket(&station, listener);
    let line = first_line(&mut child);
    assert_eq!(line.trim_end(), format!("posd is ready at {url}"));
    assert_eq!(
        App::connect(&url, &key).call("station.info", json!({}))["station"],
        "a"
    );
    signal("-TERM", child.id());
    assert!(child.wait().unwrap().success());

    let everywhere = TcpListener::bind("0.0.0.0:0").unwrap();
    let mut child = start_with_socket(&station, everywhere);
    let mut problem = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut problem)
        .unwrap();
    assert!(problem.contains("not on loopback"), "{problem}");
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
