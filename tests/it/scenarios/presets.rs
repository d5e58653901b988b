//! What the till sees of each scenario that the simulator brings along, and of trouble on the line that
//! somebody has written down.

use serde_json::{Value, json};

use super::recovery::{AMOUNT, check, end_of, fault, is_approved, open};
use super::{deposit, sale};
use crate::store::{App, Line};

/// A scenario, how a sale ends while it is played, and why.
const SEEN: [(&str, &str, &str); 16] = [
    ("approve", "approved", "approved"),
    ("decline", "declined", "card_declined"),
    ("insufficient-funds", "declined", "insufficient_funds"),
    ("expired", "declined", "expired_card"),
    ("wrong-pin", "declined", "wrong_pin"),
    ("pin-tries-exceeded", "declined", "pin_tries_exceeded"),
    ("cancel-by-customer", "cancelled", "cancelled"),
    ("timeout", "cancelled", "cancelled"),
    ("no-token", "approved", "approved"),
    ("partial-approval", "approved", "balance_due"),
    ("busy", "failed", "terminal_busy"),
    ("host-unreachable", "declined", "host_unreachable"),
    ("printer-out-of-paper", "declined", "printer_not_ready"),
    ("late-approval", "approved", "approved"),
    ("approval-never-delivered", "approved", "approved"),
    ("reboot-in-mid-payment", "approved", "approved"),
];

#[test]
fn every_preset_is_seen_at_the_till_as_it_should_be() {
    std::thread::scope(|scope| {
        for (at, (name, outcome, code)) in SEEN.into_iter().enumerate() {
            let line = [Line::Serial, Line::Tcp][at % 2];
            scope.spawn(move || {
                let (store, mut app) = open(line, &["--card-timeout-ms", "500"]);
                store.terminal.post("/scenario", json!({"name": name}));
                let end = pay(&mut app);
                assert_eq!(end["outcome"], outcome, "{name}: {end}");
                assert_eq!(end["code"], code, "{name}: {end}");
                // What the till believes to have been paid is what was.
                let paid = end["captured_minor"].as_u64().unwrap();
                let books = store.processor.get("/books");
                let counted = store.processor.booked("captured_minor");
                let given_back = store.processor.booked("refunded_minor");
                assert_eq!(counted - given_back, AMOUNT + paid, "{name}: {end} {books}");
            });
        }
    });
}

/// The table of amounts in docs/simulator.md.
#[test]
fn amounts_that_provoke_are_seen_at_the_till() {
    let (store, mut app) = open(Line::Tcp, &[]);
    for (at, (ending, code)) in (0..).zip([
        (5, "card_declined"),
        (13, "amount_not_allowed"),
        (43, "card_blocked"),
        (51, "insufficient_funds"),
        (54, "expired_card"),
        (55, "wrong_pin"),
        (75, "pin_tries_exceeded"),
        (91, "host_unreachable"),
    ]) {
        let seen = app.call("payment.sale", sale(&format!("a{at}"), 1_000 + ending));
        assert_eq!(seen["outcome"], "declined", "{ending}: {seen}");
        assert_eq!(seen["code"], code, "{ending}: {seen}");
    }
    assert_eq!(store.processor.booked("captured_minor"), AMOUNT);
}

/// A card without a token is found out when a token is wanted.
#[test]
fn a_card_without_a_token_is_seen_at_a_deposit() {
    let (store, mut app) = open(Line::Serial, &["--scenario", "no-token"]);
    for (order, name, has_token) in [("o1", None, false), ("o2", Some("approve"), true)] {
        if let Some(name) = name {
            store.terminal.post("/scenario", json!({"name": name}));
        }
        let taken = app.call("deposit.take", deposit(order, order, 20_000));
        let payment = &taken["payments"][0];
        assert_eq!(payment["has_card_token"], has_token, "{taken}");
    }
}

/// Of what passes while a payment runs; the first message to the till is the answer to its command.
const TROUBLE: [&str; 14] = [
    "payment 1 to till 1 flip byte 5 bit 3",
    "payment 1 to till every flip times 6",
    "payment 1 to till 2 cut byte 3 for 300ms",
    "payment 1 from till 2 cut byte 2 for 300ms",
    "payment 1 ack to till 1 drop",
    "payment 1 ack from till every drop times 3",
    "payment 1 ack from till every nak times 5",
    "payment 1 from till every nak times 5",
    "payment 1 to till 3 delay 700ms",
    "payment 1 to till 2 merge",
    "payment 1 to till every split byte 3",
    "payment 1 from till 2 double times 3",
    "payment 1 to till 3 drop",
    "payment 1 unplug 400ms",
];

#[test]
fn s39_trouble_on_the_line_as_it_was_written_down() {
    for line in [Line::Serial, Line::Tcp] {
        std::thread::scope(|scope| {
            for text in TROUBLE {
                scope.spawn(move || trouble(line, text));
            }
        });
    }
}

fn trouble(line: Line, text: &str) {
    let (store, mut app) = open(line, &[]);
    store.terminal.post("/scenario", json!({"text": text}));
    let end = pay(&mut app);
    fault(&store, json!({"kind": "clear"}));
    check(&store, &end, AMOUNT);
    assert!(
        store.terminal.presentations() <= 2,
        "{line:?} {text}: {end}"
    );
    let next = app.call("payment.sale", sale("k2", 1_000));
    assert_eq!(next["outcome"], "approved", "{line:?} {text}: {end} {next}");
    check(&store, &end, AMOUNT + 1_000);
}

/// A mistake in a scenario is named, and nothing of it is played.
#[test]
fn a_scenario_with_a_mistake_is_refused() {
    let (store, mut app) = open(Line::Serial, &[]);
    let text = "start card decline\nstart card gold";
    let refused = store.terminal.post("/scenario", json!({"text": text}));
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.starts_with("line 2: `gold`; expected a test card"),
        "{message}"
    );
    assert!(is_approved(&pay(&mut app)));
}

fn pay(app: &mut App) -> Value {
    app.call("payment.sale", sale("k1", AMOUNT));
    end_of(app, "k1")
}
