//! Tap to find the order (S47): the real libnfc on a simulated reader, from the card to the order.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Store, sale};
use crate::store::{App, Line, Simulator, signal, wait_for};

const PAR: &str = "5001A1B2C3D4E5F6G7H8J9K0L1M2N";
const UID: &str = "04A2B3C4D5E681";

const SELECT_PPSE: &str = "00a404000e325041592e5359532e444446303100";
const SELECT_APPLICATION: &str = "00a4040007a000000004101000";
const GET_PAR: &str = "80ca9f2400";

/// A store with a reader at its counter.
struct Counter {
    store: Store,
    reader: Simulator,
    app: App,
    taps: BTreeSet<String>,
    /// Of the reader.
    _directory: tempfile::TempDir,
}

impl Counter {
    fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let reader = Simulator::reader(directory.path());
        let readers = format!(
            "[[reader]]\nid = \"counter\"\nconnection = \"{}\"\n",
            reader.connection()
        );
        let store = Store::open_with(Line::Serial, &[], |mut setup| {
            setup.readers.clone_from(&readers);
            setup
        });
        let mut app = store.station.app();
        app.call("events.subscribe", json!({"after": 0}));
        let mut counter = Self {
            store,
            reader,
            app,
            taps: BTreeSet::new(),
            _directory: directory,
        };
        counter.reader_event("connected", 0);
        counter
    }

    /// The next event that says so of the reader.
    fn reader_event(&mut self, kind: &str, after: u64) -> Value {
        let name = format!("nfc_reader_{kind}");
        self.app
            .event(|event| event["event"] == name && event["seq"].as_u64() > Some(after))
    }

    fn hold(&self, card: Value) {
        self.reader.post("/tap", card);
    }

    /// Takes all away, and waits until the reader has seen that.
    fn clear(&self) {
        self.reader.post("/remove", json!({}));
        let seen = self.commands();
        // Two rounds without it are some twenty commands.
        wait_for("the reader to look again", || {
            (self.commands() > seen + 40).then_some(())
        });
    }

    fn commands(&self) -> u64 {
        self.reader.get("/state")["commands"].as_u64().unwrap()
    }

    /// The next tap that an event tells.
    fn tapped(&mut self) -> Value {
        let known = &self.taps;
        let event = self.app.event(|event| {
            event["event"] == "nfc_tapped" && !known.contains(event["tap"].as_str().unwrap())
        });
        self.taps.insert(event["tap"].as_str().unwrap().to_owned());
        event
    }

    /// Holds a card there, and finds orders by it.
    fn find(&mut self, card: Value) -> (Value, Vec<String>) {
        self.hold(card);
        let event = self.tapped();
        let found = self.app.call("order.find", json!({"tap": event["tap"]}));
        let names = found["orders"].as_array().unwrap().iter();
        let names = names.map(|hit| hit["order_id"].as_str().unwrap().to_owned());
        let names = names.collect();
        self.clear();
        (event, names)
    }

    fn log(&self) -> Vec<(String, String)> {
        let log = self.reader.get("/log");
        let rows = log["exchanges"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        rows.map(|row| (text(&row["card"]), text(&row["command"])))
            .collect()
    }
}

fn order(name: &str, placed_at: &str, more: Value) -> Value {
    let mut order = json!({
        "order_id": name, "version": 1, "currency": "NOK", "channel": "online",
        "placed_at": placed_at,
        "lines": [{"line_id": "1", "amount_minor": 80_000}],
        "tenders": [],
    });
    for (field, value) in more.as_object().unwrap() {
        order[field] = value.clone();
    }
    json!({ "order": order })
}

fn paid_by(par: &str) -> Value {
    json!({"tenders": [{
        "authorized_minor": 80_000, "merchant_account": "nordic", "auth_token": "au-secret",
        "masked_pan": "541333******4009", "par": par,
    }]})
}

#[test]
#[expect(clippy::too_many_lines, reason = "two tables")]
fn s47_the_order_is_found_by_what_is_tapped() {
    let mut counter = Counter::open();
    for put in [
        order("W-tag", "2026-11-20T12:00:00Z", json!({"tags": [UID]})),
        order(
            "W-slip",
            "2026-11-20T13:00:00Z",
            json!({"tags": ["SLIP-9"]}),
        ),
        order("O-47", "2026-11-20T14:00:00Z", json!({})),
        order("W-card-1", "2026-11-20T15:00:00Z", paid_by(PAR)),
        order("W-card-2", "2026-11-21T15:00:00Z", paid_by(PAR)),
        order(
            "W-other",
            "2026-11-21T16:00:00Z",
            paid_by("50010000000000000000000000A1B"),
        ),
        order(
            "W-loyal",
            "2026-11-22T12:00:00Z",
            json!({"customer_reference": "C-17"}),
        ),
    ] {
        counter.app.call("order.put", put);
    }
    for (card, kind, lasting, orders) in [
        (json!({"name": "blank"}), "tag", true, &["W-tag"][..]),
        (json!({"name": "ultralight"}), "tag", true, &["W-slip"]),
        (json!({"name": "type4"}), "tag", true, &["O-47"]),
        (
            json!({"name": "payment"}),
            "payment_card",
            true,
            &["W-card-2", "W-card-1"],
        ),
        (
            json!({"name": "payment-b"}),
            "payment_card",
            true,
            &["W-card-2", "W-card-1"],
        ),
        (
            json!({"name": "phone"}),
            "payment_card",
            true,
            &["W-card-2", "W-card-1"],
        ),
        (
            json!({"name": "slow", "answer_ms": 60}),
            "payment_card",
            true,
            &["W-card-2", "W-card-1"],
        ),
        (json!({"name": "no-par"}), "payment_card", true, &[]),
        (
            json!({"name": "phone", "par": "50020000000000000000000000A1B"}),
            "payment_card",
            true,
            &[],
        ),
        (json!({"name": "phone-locked"}), "tag", false, &[]),
        (json!({"name": "classic"}), "tag", true, &[]),
    ] {
        let (event, found) = counter.find(card.clone());
        assert_eq!(found, orders, "{card}: {event}");
        let expected = json!([{"kind": kind, "lasting": lasting, "interrupted": false}]);
        assert_eq!(event["media"], expected, "{card}: {event}");
        assert_eq!(event["reader"], "counter", "{event}");
    }
    let log = counter.log();
    assert_only_what_may_be_asked(&log);
    for card in ["payment", "payment-b", "phone", "slow", "no-par"] {
        let asked: Vec<&str> = log
            .iter()
            .filter(|(name, _)| name == card)
            .map(|(_, command)| command.as_str())
            .collect();
        let three = [SELECT_PPSE, SELECT_APPLICATION, GET_PAR];
        assert_eq!(asked[..3], three, "{card}");
        assert!(
            asked.chunks(3).all(|asked| asked == three),
            "{card}: {asked:?}"
        );
    }
    assert_nothing_is_kept(&counter.store);
}

/// Everything that any card was sent, by its bytes.
fn assert_only_what_may_be_asked(log: &[(String, String)]) {
    assert!(!log.is_empty());
    for (card, command) in log {
        let is_payment = !matches!(&**card, "ultralight" | "blank" | "type4" | "phone-locked");
        let may_be = match &**command {
            SELECT_PPSE => true,
            SELECT_APPLICATION | GET_PAR => is_payment,
            _ if is_payment => false,
            // NDEF: its application, its files, and what stands in them; pages of a small tag.
            "00a4040007d276000085010100" => true,
            read if read.starts_with("00a4000c02") || read.starts_with("00b0") => card == "type4",
            page => page.len() == 4 && page.starts_with("30"),
        };
        assert!(may_be, "{card} was sent {command}");
    }
}

/// Neither tag nor account stands in any file of the station, its log included.
fn assert_nothing_is_kept(store: &Store) {
    for file in std::fs::read_dir(&store.station.data_dir).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_ascii_uppercase();
        let number = "5413330089604009";
        // The tag that an order was put with is the order's own.
        for secret in [PAR, "A1B2C3D0", "04A2B3C4D5E682", number] {
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
    }
}

#[test]
fn s47_a_tag_is_bound_to_a_customer() {
    let mut counter = Counter::open();
    let placed = json!({"customer_reference": "C-17"});
    let put = order("W-loyal", "2026-11-22T12:00:00Z", placed);
    counter.app.call("order.put", put);
    let bind = |key: &str, tap: &Value, reference: Value| json!({"idempotency_key": key, "tap": tap, "customer_reference": reference});
    let (event, found) = counter.find(json!({"name": "classic"}));
    assert_eq!(found, [""; 0]);
    let request = bind("b1", &event["tap"], json!("C-17"));
    let bound = counter.app.call("nfc.bind", request.clone());
    assert_eq!(bound["outcome"], "approved", "{bound}");
    // Found at once by the same tap, and by each that follows.
    let found = counter.app.call("order.find", json!({"tap": event["tap"]}));
    assert_eq!(found["orders"][0]["order_id"], "W-loyal", "{found}");
    let (event, found) = counter.find(json!({"name": "classic"}));
    assert_eq!(found, ["W-loyal"]);
    assert_eq!(event["media"][0]["customer_reference"], "C-17", "{event}");
    let (_, found) = counter.find(json!({"name": "blank"}));
    assert_eq!(found, [""; 0], "another tag");

    // A phone is recognised by its account; one that tells none is nobody's.
    let (event, _) = counter.find(json!({"name": "phone"}));
    let request_2 = bind("b2", &event["tap"], json!("C-17"));
    counter.app.call("nfc.bind", request_2);
    let (_, found) = counter.find(json!({"name": "phone"}));
    assert_eq!(found, ["W-loyal"]);
    let (event, _) = counter.find(json!({"name": "phone-locked"}));
    let refused = counter
        .app
        .refused("nfc.bind", bind("b3", &event["tap"], json!("C-17")));
    assert_eq!(refused["data"]["code"], "tap_not_bindable", "{refused}");

    // It outlives the station; taps do not, but the same request still has its answer.
    counter.store.station.kill();
    assert!(counter.store.station.try_start(&[]));
    counter.app = counter.store.station.app();
    counter.app.call("events.subscribe", json!({}));
    let again = counter.app.call("nfc.bind", request);
    assert_eq!(again, bound);
    let (event, found) = counter.find(json!({"name": "classic"}));
    assert_eq!(found, ["W-loyal"]);
    let unbound = counter
        .app
        .call("nfc.bind", bind("b4", &event["tap"], Value::Null));
    assert_eq!(unbound["outcome"], "approved", "{unbound}");
    let (event, found) = counter.find(json!({"name": "classic"}));
    assert_eq!(found, [""; 0]);
    assert_eq!(event["media"][0].get("customer_reference"), None, "{event}");
    assert_nothing_is_kept(&counter.store);
}

#[test]
fn s47_an_app_waits_for_a_tap() {
    let mut counter = Counter::open();
    let read = counter.app.call("nfc.read", json!({"timeout_ms": 30}));
    assert_eq!(read, json!({"outcome": "timed_out"}));

    // Two apps wait; both are told.
    let mut other = counter.store.station.app();
    let waiting = counter
        .app
        .send("nfc.read", json!({"timeout_ms": 60_000}))
        .unwrap();
    let also = other
        .send(
            "nfc.read",
            json!({"reader": "counter", "timeout_ms": 60_000}),
        )
        .unwrap();
    // Answered behind it on the same connection: the station has both.
    counter.app.call("station.info", json!({}));
    other.call("station.info", json!({}));
    counter.hold(json!({"name": "ultralight"}));
    let read = counter.app.answer(waiting).unwrap().unwrap();
    let expected = json!([{
        "kind": "tag", "lasting": true, "interrupted": false,
        "uid": "04A2B3C4D5E680", "texts": ["SLIP-9"],
    }]);
    assert_eq!(read["media"], expected, "{read}");
    let event = counter.tapped();
    assert_eq!(read["tap"], event["tap"]);
    assert_eq!(other.answer(also).unwrap().unwrap(), read);

    // What lies there was told: it is the next thing that counts. Two at once are one tap.
    let waiting = counter
        .app
        .send("nfc.read", json!({"timeout_ms": 60_000}))
        .unwrap();
    counter.clear();
    counter.hold(json!({"name": "payment"}));
    let read = counter.app.answer(waiting).unwrap().unwrap();
    assert_eq!(read["media"][0]["kind"], "payment_card", "{read}");
    assert_eq!(read["media"][0].get("uid"), None, "{read}");
    counter.tapped();
    counter.clear();

    // What lies there, and nobody has asked for yet, is told who asks.
    counter.hold(json!({"name": "blank"}));
    let event = counter.tapped();
    let read = counter.app.call("nfc.read", json!({}));
    assert_eq!(read["tap"], event["tap"]);
    counter.clear();

    let waiting = counter
        .app
        .send("nfc.read", json!({"timeout_ms": 60_000}))
        .unwrap();
    counter.app.call("station.info", json!({}));
    let ended = other.call("nfc.abort", json!({}));
    assert_eq!(ended, json!({"ended": 1}));
    let read = counter.app.answer(waiting).unwrap().unwrap();
    assert_eq!(read, json!({"outcome": "aborted"}));
    let ended = other.call("nfc.abort", json!({}));
    assert_eq!(ended, json!({"ended": 0}));
}

#[test]
fn s47_several_taps_two_at_once_and_one_too_short() {
    let mut counter = Counter::open();
    // One after the other, without a gap: each is told, once.
    for card in ["ultralight", "payment", "blank"] {
        counter.hold(json!({"name": card}));
        counter.tapped();
    }
    let looks = counter.commands();
    wait_for("more looks", || {
        (counter.commands() > looks + 60).then_some(())
    });
    counter.app.call("station.info", json!({}));
    let told = counter.app.events.iter();
    let told = told.filter(|event| event["event"] == "nfc_tapped").count();
    assert_eq!(told, 3, "what lies there is told once");
    counter.clear();

    // A wallet with a card and a tag in it is one tap, and found by either.
    let put = order(
        "W-slip",
        "2026-11-20T13:00:00Z",
        json!({"tags": ["SLIP-9"]}),
    );
    counter.app.call("order.put", put);
    let put = order("W-card", "2026-11-20T15:00:00Z", paid_by(PAR));
    counter.app.call("order.put", put);
    counter.hold(json!({"name": "payment"}));
    counter.hold(json!({"name": "ultralight"}));
    let first = counter.tapped();
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut media = first["media"].as_array().unwrap().len();
    let mut taps = vec![first];
    // A look may have come between the two.
    if media == 1 {
        taps.push(counter.tapped());
        media += 1;
    }
    for tap in &taps {
        let orders = counter.app.call("order.find", json!({"tap": tap["tap"]}));
        let orders = orders["orders"].as_array().unwrap().iter();
        found.extend(orders.map(|hit| hit["order_id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(media, 2);
    assert_eq!(found.len(), 2, "{found:?}");
    if let [both] = &taps[..] {
        let bind = json!({"idempotency_key": "b", "tap": both["tap"], "customer_reference": "C"});
        let refused = counter.app.refused("nfc.bind", bind);
        assert_eq!(refused["data"]["code"], "tap_not_bindable", "{refused}");
    }
    counter.clear();

    // Taken away in the middle: told as that, and asked for nothing else.
    let (event, found) = counter.find(json!({"name": "leaves"}));
    assert_eq!(event["media"][0]["interrupted"], true, "{event}");
    assert_eq!(found, [""; 0]);

    // A line that spoils frames delays a tap and changes nothing.
    for kind in ["bad_checksum", "noise", "truncate", "error_frame", "nack"] {
        counter
            .reader
            .post("/fault", json!({"kind": kind, "count": 1}));
        let (event, found) = counter.find(json!({"name": "ultralight"}));
        assert_eq!(found, ["W-slip"], "{kind}: {event}");
    }
    assert_only_what_may_be_asked(&counter.log());
}

#[test]
fn s47_a_reader_that_goes_away_comes_back() {
    let mut counter = Counter::open();
    counter.reader.post("/unplug", json!({"ms": 1_500}));
    let gone = counter.reader_event("disconnected", 0);
    let back = counter.reader_event("connected", gone["seq"].as_u64().unwrap());
    let (_, found) = counter.find(json!({"name": "blank"}));
    assert_eq!(found, [""; 0]);

    // Answers that libnfc does not survive: its process ends, and comes back when they are over.
    let mut last = back["seq"].as_u64().unwrap();
    for (card, wanted) in [("empty-ats", "signal"), ("nad", "signal")] {
        counter.hold(json!({"name": card}));
        let gone = counter.reader_event("disconnected", last);
        assert!(gone["cause"].as_str().unwrap().contains(wanted), "{gone}");
        let paid = counter.app.call("payment.sale", sale(card, 100));
        assert_eq!(paid["outcome"], "approved", "{paid}");
        counter.reader.post("/remove", json!({}));
        let health = wait_for("the reader to come back", || {
            let health = counter.app.call("station.health", json!({}));
            (health["readers"][0]["connected"] == true).then_some(health)
        });
        assert_eq!(health["state"], "ok", "{health}");
        let back = counter.reader_event("connected", gone["seq"].as_u64().unwrap());
        last = back["seq"].as_u64().unwrap();
        last = last.max(
            counter
                .app
                .events
                .iter()
                .filter_map(|event| event["seq"].as_u64())
                .max()
                .unwrap(),
        );
    }
    let (_, found) = counter.find(json!({"name": "ultralight"}));
    assert_eq!(found, [""; 0]);

    // One that hangs is ended and started again.
    let helper = child_of(counter.store.station.pid());
    signal("-STOP", helper);
    let gone = counter.reader_event("disconnected", last);
    assert!(
        gone["cause"].as_str().unwrap().contains("said nothing"),
        "{gone}"
    );
    counter.reader_event("connected", gone["seq"].as_u64().unwrap());
    assert_ne!(child_of(counter.store.station.pid()), helper);

    // It ends with its station, whatever ends that.
    let helper = child_of(counter.store.station.pid());
    counter.store.station.kill();
    wait_for("the helper to end", || {
        (!std::path::Path::new(&format!("/proc/{helper}")).exists()).then_some(())
    });
}

/// The only process that another has started.
fn child_of(pid: u32) -> u32 {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let children = tasks.flat_map(|task| {
        let children = std::fs::read_to_string(task.unwrap().path().join("children"));
        children
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let children: Vec<String> = children.collect();
    assert_eq!(children.len(), 1, "{children:?}");
    children[0].parse().unwrap()
}
