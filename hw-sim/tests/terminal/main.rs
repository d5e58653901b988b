//! A terminal over a real pseudo-terminal and a real socket, driven by the till's real session.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of a test may stop it"
)]

mod hands;
mod tui;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use firmware_protocols::link::{Link as _, Output};
use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::terminal::{
    Ending, Report, TerminalEvent, TerminalRequest, Transaction,
};
use firmware_protocols::vocabulary::{Currency, Money};
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::session::{Config as TillConfig, Session};
use hw_sim::bank::Options;
use hw_sim::serve;
use hw_sim::serve::terminal::{Place, Running, Setup};
use hw_sim::terminal::zvt::Config;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::{Value, json};

/// The till's session on a blocking line.
struct Till {
    session: Session,
    line: File,
    started: tokio::time::Instant,
    ending: Option<Ending>,
    is_ready: bool,
    is_gone: bool,
}

impl Till {
    fn serial(path: &Path) -> Self {
        let port = File::options().read(true).write(true).open(path);
        Self::open(Framing::Serial, port.unwrap())
    }

    fn tcp(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).unwrap();
        Self::open(Framing::Tcp, File::from(OwnedFd::from(stream)))
    }

    fn open(framing: Framing, line: File) -> Self {
        let mut till = Self {
            session: Session::new(TillConfig::new(framing, Currency::NOK)),
            line,
            started: tokio::time::Instant::now(),
            ending: None,
            is_ready: false,
            is_gone: false,
        };
        let now = till.now();
        till.session.handle_connected(now);
        till.run(|till| till.is_ready);
        till
    }

    fn now(&self) -> Instant {
        Instant(u64::try_from(self.started.elapsed().as_millis()).unwrap())
    }

    fn ask(&mut self, request: TerminalRequest) -> Ending {
        self.ending = None;
        let now = self.now();
        self.session.start(request, None, now).unwrap();
        self.run(|till| till.ending.is_some());
        self.ending.take().unwrap()
    }

    fn sale(&mut self, minor: u64) -> Ending {
        let amount = Money::new(minor, Currency::NOK);
        self.ask(TerminalRequest::Sale {
            amount,
            want_token: true,
        })
    }

    fn run(&mut self, is_enough: impl Fn(&Self) -> bool) {
        loop {
            let deadline = self.drain();
            if is_enough(self) {
                return;
            }
            assert!(!self.is_gone, "the line is gone, and still not enough");
            let now = self.now();
            let wait = deadline.map_or(10_000, |at| at.0.saturating_sub(now.0));
            let bytes = self.receive(Duration::from_millis(wait));
            let now = self.now();
            match bytes {
                Some(bytes) if bytes.is_empty() => {
                    self.is_gone = true;
                    self.session.handle_disconnected(now);
                }
                Some(bytes) => self.session.handle_input(&bytes, now),
                None => self.session.handle_timeout(now),
            }
        }
    }

    /// Bytes from the terminal; none at all when the line is gone, `None` when it is silent.
    fn receive(&mut self, wait: Duration) -> Option<Vec<u8>> {
        let wait = Timespec::try_from(wait).unwrap();
        let mut ready = [PollFd::new(&self.line, PollFlags::IN)];
        if poll(&mut ready, Some(&wait)).unwrap() == 0 {
            return None;
        }
        let mut buffer = [0; 512];
        let length = self.line.read(&mut buffer).unwrap_or(0);
        Some(buffer[..length].to_vec())
    }

    fn drain(&mut self) -> Option<Instant> {
        loop {
            match self.session.poll() {
                // A line that was pulled takes nothing; the reader notices.
                Output::Send(bytes) => drop(self.line.write_all(&bytes)),
                Output::Event(TerminalEvent::Ready { .. }) => self.is_ready = true,
                Output::Event(TerminalEvent::Result(_)) => {
                    let now = self.now();
                    self.session.acknowledge(now);
                }
                Output::Event(TerminalEvent::Finished(ending)) => self.ending = Some(ending),
                Output::Event(TerminalEvent::Prompt(_) | TerminalEvent::Receipt(_)) => {}
                Output::Close => self.is_gone = true,
                Output::Wait(at) => return at,
            }
        }
    }
}

fn setup(place: Place) -> Setup {
    let framing = match place {
        Place::Pty(_) | Place::Device(..) => Framing::Serial,
        Place::Tcp(_) => Framing::Tcp,
    };
    Setup {
        scenario: hw_sim::scenario::Scenario::default(),
        terminal: Config {
            framing,
            reboot_time: Duration::from_millis(200),
            ..Config::default()
        },
        place,
        control: Some("127.0.0.1:0".parse().unwrap()),
        processor: None,
        bank: Options::default(),
    }
}

fn port() -> Place {
    Place::Tcp("127.0.0.1:0".parse().unwrap())
}

fn pty(name: &str) -> Place {
    Place::Pty(link(name))
}

/// A path of this test's own.
fn link(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("hw-sim-{}-{name}", std::process::id()))
}

async fn get(running: &Running, path: &str) -> Value {
    let url = format!("http://{}{path}", running.control.unwrap());
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

async fn post(running: &Running, path: &str, body: Value) -> (u16, Value) {
    let url = format!("http://{}{path}", running.control.unwrap());
    let sent = reqwest::Client::new().post(url).json(&body).send();
    let answer = sent.await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Runs a till on a thread of its own: its line blocks.
async fn at_till<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(act).await.unwrap()
}

fn is_approved(ending: &Ending) -> bool {
    matches!(ending, Ending::Completed(Report::Approved(_)))
}

#[tokio::test]
async fn a_till_pays_over_a_pseudo_terminal_and_may_open_it_again() {
    let path = link("pays");
    let running = serve::terminal::start(setup(Place::Pty(path.clone())))
        .await
        .unwrap();
    for count in 1..=2 {
        let path = path.clone();
        let ending = at_till(move || Till::serial(&path).sale(1_234)).await;
        assert!(is_approved(&ending), "{ending:?}");
        let state = get(&running, "/state").await;
        assert_eq!(state["presentations"], count);
        assert_eq!(state["transactions"][0]["amount_minor"], 1_234);
        assert_eq!(state["transactions"][0]["receipt"], "0001");
    }
    let books = get(&running, "/books").await;
    assert_eq!(books["totals"]["NOK"]["captured_minor"], 2_468);
    drop(running);
    for _ in 0..PATIENCE {
        if !path.is_symlink() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the link goes with the terminal");
}

#[tokio::test]
async fn a_pulled_cable_hangs_up_and_comes_back() {
    let path = link("pulled");
    let running = serve::terminal::start(setup(Place::Pty(path.clone())))
        .await
        .unwrap();
    post(&running, "/hold", json!({"hold": true})).await;
    let (at, (waits, ready)) = (path.clone(), mpsc::channel());
    let till = tokio::task::spawn_blocking(move || {
        let mut till = Till::serial(&at);
        waits.send(()).unwrap();
        let ending = till.sale(1_234);
        (ending, till.is_gone)
    });
    at_till(move || ready.recv().unwrap()).await;
    until(&running, "waits_for_card", json!(true)).await;
    post(&running, "/unplug", json!({"ms": 200})).await;
    let (ending, is_gone) = till.await.unwrap();
    assert_eq!((ending, is_gone), (Ending::InDoubt, true));
    // The same path leads to a new line.
    while !path.exists() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        !serde_json::to_string(&get(&running, "/state").await)
            .unwrap()
            .contains("411111")
    );
    drop(running);
}

#[tokio::test]
async fn a_till_pays_over_tcp_and_comes_back_after_a_reboot() {
    let running = serve::terminal::start(setup(port())).await.unwrap();
    let addr = running.tcp.unwrap();
    post(
        &running,
        "/fault",
        json!({"kind": "reboot", "at": "before_result"}),
    )
    .await;
    let ending = at_till(move || Till::tcp(addr).sale(1_234)).await;
    assert_eq!(ending, Ending::InDoubt);
    until(&running, "busy", json!(false)).await;
    // A terminal that reboots refuses connections for a while.
    while tokio::net::TcpStream::connect(addr).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (last, paid) = at_till(move || {
        let mut till = Till::tcp(addr);
        (till.ask(TerminalRequest::Inquire), till.sale(500))
    })
    .await;
    assert!(!is_approved(&last), "{last:?}");
    assert!(is_approved(&paid), "{paid:?}");
    // The till knows no sync value yet, so the terminal has taken the first payment back.
    let books = get(&running, "/books").await;
    assert_eq!(books["totals"]["NOK"]["captured_minor"], 500);
}

#[tokio::test]
async fn cards_are_chosen_held_and_presented_by_control() {
    let running = serve::terminal::start(setup(port())).await.unwrap();
    let addr = running.tcp.unwrap();
    assert_eq!(
        post(&running, "/card", json!({"name": "decline"})).await.0,
        200
    );
    let ending = at_till(move || Till::tcp(addr).sale(1_234)).await;
    assert!(matches!(ending, Ending::Declined { .. }), "{ending:?}");
    post(&running, "/hold", json!({"hold": true})).await;
    let (status, body) = post(&running, "/present", json!({})).await;
    assert_eq!((status, &body["error"]), (409, &json!("no_card_expected")));
    let till = tokio::task::spawn_blocking(move || Till::tcp(addr).sale(1_234));
    until(&running, "waits_for_card", json!(true)).await;
    assert_eq!(
        post(&running, "/present", json!({"name": "mc-approve"}))
            .await
            .0,
        200
    );
    let ending = till.await.unwrap();
    assert!(is_approved(&ending), "{ending:?}");
    for (path, body, field) in [
        ("/card", json!({"name": "gold"}), "name"),
        ("/card", json!({}), "name"),
        ("/hold", json!({"hold": 1}), "hold"),
        ("/fault", json!({"kind": "fire"}), "kind"),
        ("/fault", json!({"kind": "reboot", "at": "noon"}), "at"),
        ("/fault", json!({"kind": "late", "ms": "long"}), "ms"),
        ("/present", json!({"how": "throw"}), "how"),
        ("/key", json!({"key": "any"}), "key"),
    ] {
        let (status, answer) = post(&running, path, body).await;
        assert_eq!((status, &answer["field"]), (400, &json!(field)), "{path}");
    }
}

#[tokio::test]
async fn a_terminal_asks_a_processor_and_asks_again_when_the_answer_is_lost() {
    let addr = "127.0.0.1:0".parse().unwrap();
    let processor = serve::processor::start(addr, Options::default())
        .await
        .unwrap();
    let url = format!("http://{}", processor.addr);
    let running = serve::terminal::start(Setup {
        processor: Some(url.clone()),
        ..setup(port())
    });
    let running = running.await.unwrap();
    let fault = json!({"on": "terminal", "do": "drop_answer"});
    let client = reqwest::Client::new();
    let sent = client
        .post(format!("{url}/control/faults"))
        .json(&fault)
        .send();
    assert_eq!(sent.await.unwrap().status(), 200);
    let addr = running.tcp.unwrap();
    let ending = at_till(move || Till::tcp(addr).sale(1_234)).await;
    let Ending::Completed(Report::Approved(paid)) = ending else {
        panic!("{ending:?}");
    };
    // The same books from both sides, and the money moved once.
    let books = get(&running, "/books").await;
    assert_eq!(books["totals"]["NOK"]["captured_minor"], 1_234);
    let there = reqwest::get(format!("{url}/books")).await.unwrap();
    assert_eq!(there.json::<Value>().await.unwrap(), books);
    // The token works at the processor, without the card.
    let body = json!({"merchant": "shop", "card_token": paid.token.unwrap().expose(),
        "amount_minor": 500, "currency": "NOK"});
    let asked = client.post(format!("{url}/v1/authorizations")).json(&body);
    let answer = asked
        .header("Idempotency-Key", "rest")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["status"], "approved");
}

/// A recorder between a till and a terminal, on a serial line and on TCP; what it has written down
/// plays the terminal afterwards.
#[tokio::test]
async fn a_recorded_sale_replays_to_the_same_ending() {
    for is_serial in [true, false] {
        let (real, heard, played) = match is_serial {
            true => (pty("real"), pty("heard"), pty("played")),
            false => (port(), port(), port()),
        };
        let running = serve::terminal::start(setup(real)).await.unwrap();
        let terminal = match (&running.pty, running.tcp) {
            (Some(pty), _) => serve::record::Terminal::Port {
                device: pty.clone(),
                baud: 9600,
            },
            (None, tcp) => serve::record::Terminal::Tcp(tcp.unwrap()),
        };
        let path = link(if is_serial { "serial.txt" } else { "tcp.txt" });
        let file = File::create(&path).unwrap();
        let recorder = serve::record::start(terminal, heard, file).await.unwrap();
        let first = sale_at(recorder.place.clone()).await;
        assert!(is_approved(&first), "{first:?}");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(text.contains("06 01 Authorization") && text.contains("411111******1111"));

        let script = hw_sim::trace::read(&text).unwrap();
        let player = serve::replay::start(played, script).await.unwrap();
        let second = sale_at(player.place.clone()).await;
        // The token is a secret: it is zeros in a recording, and the only thing that differs.
        assert_eq!(without_token(second), without_token(first));
    }
}

fn without_token(ending: Ending) -> Transaction {
    let Ending::Completed(Report::Approved(mut transaction)) = ending else {
        panic!("{ending:?}");
    };
    assert!(transaction.token.take().is_some());
    transaction
}

async fn sale_at(place: Place) -> Ending {
    at_till(move || match place {
        Place::Pty(path) | Place::Device(path, _) => Till::serial(&path).sale(1_234),
        Place::Tcp(addr) => Till::tcp(addr).sale(1_234),
    })
    .await
}

#[tokio::test]
async fn a_recorder_joins_only_what_fits_together() {
    let terminal = serve::record::Terminal::Tcp("127.0.0.1:9".parse().unwrap());
    let path = link("misfit.txt");
    let file = File::create(&path).unwrap();
    let refused = serve::record::start(terminal, Place::Pty(link("misfit")), file).await;
    std::fs::remove_file(&path).unwrap();
    assert_eq!(
        refused.unwrap_err().kind(),
        std::io::ErrorKind::InvalidInput
    );
}

#[tokio::test]
async fn what_is_in_the_way_is_named() {
    let path = link("in-the-way");
    std::fs::write(&path, "precious").unwrap();
    let error = serve::terminal::start(setup(Place::Pty(path.clone()))).await;
    let error = error.expect_err("a file is there").to_string();
    assert!(error.contains(path.to_str().unwrap()), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    std::fs::remove_file(&path).unwrap();
}

/// So often is asked before it is in vain; it ends a test that hangs, it measures nothing.
const PATIENCE: usize = 3_000;

async fn until(running: &Running, field: &str, value: Value) {
    for _ in 0..PATIENCE {
        if get(running, "/state").await[field] == value {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{field} never became {value}");
}
