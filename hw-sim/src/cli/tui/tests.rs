//! Keys and the screen, the latter from a simulator that runs.

use std::net::SocketAddr;
use std::time::Duration;

use firmware_protocols::zvt::Framing;
use hw_sim::bank::Options;
use hw_sim::scenario::Scenario;
use hw_sim::serve::terminal::{Place, Running, Setup, start};
use hw_sim::terminal::zvt::Config;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::model::{Card, Link, Model, News, Order, Preset, State, Typing};
use super::{view, wire};

/// A terminal that waits for a hand.
async fn simulator(control: &str) -> Running {
    let setup = Setup {
        terminal: Config {
            framing: Framing::Tcp,
            hold: true,
            ..Config::default()
        },
        scenario: Scenario::default(),
        place: Place::Tcp("127.0.0.1:0".parse().unwrap()),
        control: Some(control.parse().unwrap()),
        processor: None,
        bank: Options::default(),
    };
    start(setup).await.unwrap()
}

/// Who looks at it.
struct Onlooker {
    told: wire::Told,
    model: Model,
}

impl Onlooker {
    fn at(control: SocketAddr) -> Self {
        Self {
            told: wire::start(control).unwrap(),
            model: Model::new(control.to_string()),
        }
    }

    async fn until(&mut self, is_enough: impl Fn(&Model) -> bool) {
        while !is_enough(&self.model) {
            let news = tokio::time::timeout(Duration::from_secs(30), self.told.next());
            self.model.hear(news.await.unwrap().unwrap());
        }
    }

    fn press(&mut self, key: KeyCode) {
        if let Some(order) = press(&mut self.model, key) {
            self.told.order(order);
        }
    }
}

/// Whether it has happened.
fn has(model: &Model, part: &str) -> bool {
    let mut entries = model.entries.iter();
    entries.any(|entry| entry.text.contains(part))
}

fn press(model: &mut Model, key: KeyCode) -> Option<Order> {
    model.press(KeyEvent::new(key, KeyModifiers::NONE))
}

fn screen(model: &Model, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view::draw(model, frame)).unwrap();
    terminal.backend().to_string()
}

fn assert_shows(screen: &str, parts: &[&str]) {
    for part in parts {
        assert!(screen.contains(part), "{part} is not on\n{screen}");
    }
}

#[tokio::test]
async fn a_payment_is_seen_from_the_amount_to_the_books() {
    let running = simulator("127.0.0.1:0").await;
    let mut onlooker = Onlooker::at(running.control.unwrap());
    // Registration, its completion acknowledged, then a payment of 12.34.
    let mut till = TcpStream::connect(running.tcp.unwrap()).await.unwrap();
    till.write_all(b"\x06\x00\x06\x00\x00\x00\xba\x05\x78")
        .await
        .unwrap();
    onlooker.until(|model| model.link == Link::Up).await;
    onlooker.until(|model| has(model, "06 0F")).await;
    till.write_all(b"\x80\x00\x00\x06\x01\x07\x04\x00\x00\x00\x00\x12\x34")
        .await
        .unwrap();
    onlooker
        .until(|model| model.state.typing == Typing::Stop && has(model, "tap or swipe"))
        .await;
    let small = screen(&onlooker.model, 80, 24);
    assert_shows(
        &small,
        &[
            "busy, waits for your hand",
            "Insert, tap or swipe card",
            "12.34 NOK",
            "Present a card: t, i or s.",
            "visa-approve       …1111     VISA",
            "pin-wrong          …8210 PIN Master",
            "unreadable",
            "shows: Insert, tap or swipe card",
            "06 01 Authorization, 7 bytes",
            "? help  q quit",
        ],
    );
    assert_shows(
        &screen(&onlooker.model, 132, 50),
        &["> 06 01 07 04 00 00 00 00 12 34", "06 0F Completion"],
    );
    onlooker.press(KeyCode::Char('i'));
    onlooker
        .until(|model| model.state.typing == Typing::Pin)
        .await;
    for digit in "123".chars() {
        onlooker.press(KeyCode::Char(digit));
    }
    onlooker.until(|model| model.state.typed == 3).await;
    assert_shows(
        &screen(&onlooker.model, 80, 24),
        &["•••", "Type the PIN and press Enter."],
    );
    onlooker.press(KeyCode::Char('4'));
    onlooker.press(KeyCode::Enter);
    let has_paid = |model: &Model| {
        let books = model.books.as_ref();
        books.is_some_and(|books| !books.authorizations.is_empty()) && has(model, "approved")
    };
    onlooker.until(has_paid).await;
    for (width, height) in [(80, 24), (132, 50)] {
        let screen = screen(&onlooker.model, width, height);
        assert_shows(
            &screen,
            &["host: sale 12.34 NOK: approved", "captured 12.34 NOK"],
        );
        assert!(!screen.contains("411111111111"), "{screen}");
    }
}

#[tokio::test]
async fn a_simulator_that_goes_is_missed_and_found_again() {
    let running = simulator("127.0.0.1:0").await;
    let control = running.control.unwrap();
    let mut onlooker = Onlooker::at(control);
    onlooker.until(|model| !model.cards.is_empty()).await;
    onlooker.press(KeyCode::Char('t'));
    onlooker.until(|model| !model.hint.is_empty()).await;
    assert_shows(
        &screen(&onlooker.model, 80, 24),
        &["The terminal does not wait for a card."],
    );
    drop(running);
    onlooker.until(|model| model.link == Link::Gone).await;
    assert_shows(
        &screen(&onlooker.model, 80, 24),
        &["The simulator does not answer.", "asked again and again"],
    );
    let again = simulator(&control.to_string()).await;
    onlooker.until(|model| model.link == Link::Up).await;
    assert_shows(
        &screen(&onlooker.model, 80, 24),
        &["ready, waits for your hand"],
    );
    onlooker.press(KeyCode::Char('p'));
    onlooker.until(|model| !model.state.plugged).await;
    assert_shows(&screen(&onlooker.model, 80, 24), &["CABLE OUT"]);
    onlooker.press(KeyCode::Char('p'));
    onlooker.until(|model| model.state.plugged).await;
    drop(again);
}

/// With two cards, the first of them at hand, and two scenarios.
fn model() -> Model {
    let mut model = Model::new("127.0.0.1:8481".to_owned());
    model.hear(News::Cards(
        ["visa-approve", "decline"]
            .map(|name| Card {
                name: name.to_owned(),
                brand: "Visa credit".to_owned(),
                number: "411111******1111".to_owned(),
                asks_for_pin: false,
            })
            .into(),
    ));
    model.hear(News::Presets(
        ["busy", "late"]
            .map(|name| Preset {
                name: name.to_owned(),
                summary: "so it goes".to_owned(),
            })
            .into(),
    ));
    let faults = hw_sim::terminal::zvt::control::faults();
    model.hear(News::Faults(serde_json::from_value(faults).unwrap()));
    model.hear(News::State(state("visa-approve")));
    model
}

fn state(card: &str) -> State {
    State {
        card: card.to_owned(),
        plugged: true,
        ..State::default()
    }
}

#[test]
fn each_key_is_one_request() {
    for (key, path, body) in [
        (KeyCode::Char('7'), "/key", json!({"key": "7"})),
        (KeyCode::Enter, "/key", json!({"key": "ok"})),
        (KeyCode::Backspace, "/key", json!({"key": "clear"})),
        (KeyCode::Esc, "/key", json!({"key": "stop"})),
        (KeyCode::F(2), "/key", json!({"key": "f2"})),
        (
            KeyCode::Char('t'),
            "/present",
            json!({"name": "visa-approve", "how": "tap"}),
        ),
        (
            KeyCode::Char('i'),
            "/present",
            json!({"name": "visa-approve", "how": "insert"}),
        ),
        (
            KeyCode::Char('s'),
            "/present",
            json!({"name": "visa-approve", "how": "swipe"}),
        ),
        (KeyCode::Down, "/card", json!({"name": "decline"})),
        (KeyCode::Char('p'), "/unplug", json!({"ms": 86_400_000})),
        (KeyCode::Char('h'), "/hold", json!({"hold": true})),
    ] {
        assert_eq!(press(&mut model(), key), Some(Order { path, body }));
    }
    for key in [KeyCode::Up, KeyCode::Char('x'), KeyCode::Tab, KeyCode::F(5)] {
        assert_eq!(press(&mut model(), key), None, "{key}");
    }
    let mut unplugged = model();
    unplugged.state.plugged = false;
    let order = press(&mut unplugged, KeyCode::Char('p')).unwrap();
    assert_eq!(order.path, "/plug");
}

#[test]
fn faults_and_scenarios_are_chosen_from_lists() {
    let chosen = |keys: &[KeyCode]| -> Option<(&str, Value)> {
        let mut model = model();
        let orders: Vec<Order> = keys
            .iter()
            .filter_map(|key| press(&mut model, *key))
            .collect();
        let screen = screen(&model, 80, 24);
        assert!(!screen.contains("Enter, Esc"), "still open: {screen}");
        assert!(orders.len() <= 1, "{orders:?}");
        orders.into_iter().next().map(|it| (it.path, it.body))
    };
    let (up, down, enter) = (KeyCode::Up, KeyCode::Down, KeyCode::Enter);
    let (faults, scenarios) = (KeyCode::Char('f'), KeyCode::Char('c'));
    assert_eq!(
        chosen(&[faults, up, enter]),
        Some(("/fault", json!({"kind": "lose_result"})))
    );
    assert_eq!(
        chosen(&[faults, down, down, down, enter]),
        Some(("/fault", json!({"kind": "late", "ms": 5000})))
    );
    let to_the_end = [vec![faults], vec![down; 30], vec![up; 2], vec![enter]].concat();
    assert_eq!(
        chosen(&to_the_end),
        Some(("/fault", json!({"kind": "reboot", "at": "now"})))
    );
    assert_eq!(
        chosen(&[scenarios, down, down, enter]),
        Some(("/scenario", json!({"name": "late"})))
    );
    assert_eq!(chosen(&[faults, down, KeyCode::Esc]), None);
    let mut model = model();
    press(&mut model, scenarios);
    assert_shows(&screen(&model, 80, 24), &["Scenarios", "busy: so it goes"]);
    press(&mut model, KeyCode::Esc);
    press(&mut model, faults);
    assert_shows(
        &screen(&model, 80, 24),
        &["Approval never delivered", "Clear all faults"],
    );
}

#[test]
fn a_card_that_was_chosen_stays_while_older_news_come_in() {
    let mut model = model();
    assert!(press(&mut model, KeyCode::Down).is_some());
    // Asked before the simulator knew of the choice.
    model.hear(News::State(state("visa-approve")));
    assert_eq!(model.state.card, "decline");
    assert_eq!(
        press(&mut model, KeyCode::Down),
        None,
        "it is the last card"
    );
    model.hear(News::Answered(None));
    model.hear(News::State(state("visa-approve")));
    assert_eq!(
        model.state.card, "visa-approve",
        "somebody else has chosen since"
    );
}

#[test]
fn help_is_shown_and_closed_and_the_end_is_the_end() {
    let mut model = model();
    press(&mut model, KeyCode::Char('?'));
    assert_shows(
        &screen(&model, 80, 24),
        &["tap, insert or swipe it", "q, Ctrl-C"],
    );
    press(&mut model, KeyCode::Char('q'));
    assert!(!model.is_over, "it closes the help only");
    press(&mut model, KeyCode::Tab);
    let tall = screen(&model, 80, 24);
    assert!(
        tall.contains("Timeline") && !tall.contains("Books"),
        "{tall}"
    );
    assert_shows(&screen(&model, 79, 24), &["Make this window larger"]);
    press(&mut model, KeyCode::Char('q'));
    assert!(model.is_over);
    let mut model = Model::new(String::new());
    let order = model.press(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
    assert!(model.is_over && order.is_none());
}
