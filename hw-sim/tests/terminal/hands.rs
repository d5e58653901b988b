//! A person in front of the terminal: cards, keys and the cable by hand, as the page does it.

use firmware_protocols::vocabulary::card::EntryMode;

use super::*;

/// A terminal that waits for a hand, and a till that asks it for a payment.
struct Counter {
    running: Running,
    till: tokio::task::JoinHandle<Ending>,
}

impl Counter {
    async fn open() -> Self {
        let mut setup = setup(port());
        setup.terminal = Config {
            framing: Framing::Tcp,
            hold: true,
            ..Config::default()
        };
        let running = serve::terminal::start(setup).await.unwrap();
        let addr = running.tcp.unwrap();
        let till = tokio::task::spawn_blocking(move || Till::tcp(addr).sale(1_234));
        until(&running, "waits_for_card", json!(true)).await;
        Self { running, till }
    }

    async fn present(&self, card: &str, how: &str) {
        let body = json!({"name": card, "how": how});
        assert_eq!(post(&self.running, "/present", body).await.0, 200);
    }

    async fn press(&self, keys: &[&str]) {
        for key in keys {
            let (status, body) = post(&self.running, "/key", json!({ "key": key })).await;
            assert_eq!(status, 200, "{key}: {body}");
        }
    }

    async fn ending(self) -> (Running, Ending) {
        (self.running, self.till.await.unwrap())
    }
}

/// How the card of an approved payment was read.
fn read_by(ending: &Ending) -> Option<EntryMode> {
    let Ending::Completed(Report::Approved(transaction)) = ending else {
        return None;
    };
    transaction.card.as_ref()?.entry_mode
}

#[tokio::test]
async fn a_card_is_tapped_or_swiped() {
    for (how, mode) in [
        ("tap", EntryMode::Contactless),
        ("swipe", EntryMode::MagneticStripe),
    ] {
        let counter = Counter::open().await;
        let state = get(&counter.running, "/state").await;
        assert_eq!(state["amount"], json!("12.34 NOK"));
        assert_eq!(state["typing"], json!("stop"));
        counter.present("visa-approve", how).await;
        let (_running, ending) = counter.ending().await;
        assert_eq!(read_by(&ending), Some(mode), "{ending:?}");
    }
}

#[tokio::test]
async fn an_inserted_card_asks_for_the_pin_until_it_is_right() {
    let counter = Counter::open().await;
    counter.present("visa-approve", "insert").await;
    let (status, _) = post(&counter.running, "/key", json!({"key": "ok"})).await;
    assert_eq!(status, 409, "there is nothing to enter yet");
    counter
        .press(&["1", "1", "clear", "9", "9", "9", "9", "ok"])
        .await;
    let state = get(&counter.running, "/state").await;
    assert_eq!(state["display"], json!("Wrong PIN, 2 tries left"));
    assert_eq!(
        (&state["typing"], &state["typed"]),
        (&json!("pin"), &json!(0))
    );
    counter.press(&["1", "2", "3"]).await;
    assert_eq!(get(&counter.running, "/state").await["typed"], json!(3));
    counter.press(&["4", "ok"]).await;
    let (running, ending) = counter.ending().await;
    assert_eq!(read_by(&ending), Some(EntryMode::Chip), "{ending:?}");
    // The digits are nowhere in what a person who looks on is told.
    let log = get(&running, "/log").await.to_string();
    assert!(log.contains("Wrong PIN") && !log.contains("9999"), "{log}");
}

#[tokio::test]
async fn three_wrong_pins_are_the_end() {
    let counter = Counter::open().await;
    counter.present("pin", "tap").await;
    for _ in 0..3 {
        counter.press(&["0", "0", "0", "0", "ok"]).await;
    }
    let (running, ending) = counter.ending().await;
    assert!(matches!(ending, Ending::Declined { .. }), "{ending:?}");
    assert_eq!(get(&running, "/books").await["authorizations"], json!([]));
}

#[tokio::test]
async fn a_person_cancels_before_the_card_and_at_the_pin() {
    let before = Counter::open().await;
    before.press(&["stop"]).await;
    let at_pin = Counter::open().await;
    at_pin.present("pin", "insert").await;
    at_pin.press(&["1", "stop"]).await;
    for counter in [before, at_pin] {
        let (running, ending) = counter.ending().await;
        assert!(matches!(ending, Ending::Aborted), "{ending:?}");
        assert_eq!(get(&running, "/books").await["authorizations"], json!([]));
        let (status, _) = post(&running, "/key", json!({"key": "1"})).await;
        assert_eq!(status, 409);
    }
}

#[tokio::test]
async fn a_cable_stays_out_until_it_is_plugged_in() {
    let counter = Counter::open().await;
    let (status, body) = post(&counter.running, "/plug", json!({})).await;
    assert_eq!((status, &body["error"]), (409, &json!("cable_is_in")));
    post(&counter.running, "/unplug", json!({"ms": 86_400_000})).await;
    until(&counter.running, "plugged", json!(false)).await;
    let (running, ending) = counter.ending().await;
    assert_eq!(ending, Ending::InDoubt);
    assert_eq!(post(&running, "/plug", json!({})).await.0, 200);
    until(&running, "plugged", json!(true)).await;
    post(&running, "/hold", json!({"hold": false})).await;
    let addr = running.tcp.unwrap();
    let ending = at_till(move || Till::tcp(addr).sale(5_000)).await;
    assert!(is_approved(&ending), "{ending:?}");
}

#[tokio::test]
async fn who_looks_on_sees_displays_bytes_and_the_host() {
    let counter = Counter::open().await;
    counter.present("mc-approve", "tap").await;
    let (running, ending) = counter.ending().await;
    assert!(is_approved(&ending), "{ending:?}");
    let log = get(&running, "/log").await;
    let all = log.as_array().unwrap();
    let has = |kind: &str, part: &str| {
        let is_it = |entry: &&Value| {
            entry["kind"] == kind && entry["text"].as_str().unwrap().contains(part)
        };
        all.iter().any(|entry| is_it(&entry))
    };
    assert!(has("line", "Authorization"), "{log}");
    assert!(has("line", "Status-Information"), "{log}");
    assert!(has("display", "Insert, tap or swipe card"), "{log}");
    assert!(has("display", "Approved"), "{log}");
    assert!(has("host", "sale 12.34 NOK: approved"), "{log}");
    assert!(has("hand", "a card is presented"), "{log}");
    let last = all.last().unwrap()["seq"].as_u64().unwrap();
    let rest = get(&running, &format!("/log?after={}", last - 1)).await;
    assert_eq!(rest.as_array().unwrap().len(), 1);
    let told = format!("{log} {}", get(&running, "/wallet").await);
    assert!(!told.contains("5555555555554444"), "{told}");
    let scenarios = get(&running, "/scenarios").await;
    assert_eq!(scenarios.as_array().unwrap().len(), 16);
}

#[tokio::test]
async fn a_page_of_another_origin_is_sent_away() {
    let running = serve::terminal::start(setup(port())).await.unwrap();
    let url = format!("http://{}/", running.control.unwrap());
    let page = reqwest::get(&url).await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(page.text().await.unwrap().contains("Simulated terminal"));
    let client = reqwest::Client::new();
    let foreign = client.post(format!("{url}hold")).body(r#"{"hold":true}"#);
    let foreign = foreign
        .header("Origin", "https://shop.example")
        .send()
        .await;
    assert_eq!(foreign.unwrap().status(), 403);
    let rebound = client.get(&url).header("Host", "shop.example").send().await;
    assert_eq!(rebound.unwrap().status(), 403);
    assert_eq!(get(&running, "/state").await["hold"], json!(false));
}
