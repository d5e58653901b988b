//! What must not be seen: card numbers (S54, as far as it goes today), tokens in a stolen file (S55).

use std::path::{Path, PathBuf};
use std::process::Command;

use hw_sim::wallet::{Card, WALLET};
use serde_json::{Value, json};

use super::{Store, deposit, sale};
use crate::store::Line;

/// The card of the simulator's wallet that is presented here.
const CARD_NUMBER: &str = "4111111111111111";

#[test]
fn s54_no_card_number_is_kept_or_told() {
    // The terminal sends the number unmasked; masking is ours to do.
    let mut store = Store::open_with(Line::Serial, &["--full-pan"], |setup| setup);
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let mut told = app.call("payment.sale", sale("k1", 50_000)).to_string();
    told += &app
        .call("deposit.take", deposit("k2", "O-54", 20_000))
        .to_string();
    for field in ["idempotency_key", "terminal", "currency"] {
        let mut params = sale("k3", 1_000);
        params[field] = json!(CARD_NUMBER);
        told += &app.refused("payment.sale", params).to_string();
    }
    told += &app.refused(CARD_NUMBER, json!({})).to_string();
    let mut params = sale("k3", 1_000);
    params[CARD_NUMBER] = json!(1);
    told += &app.refused("payment.sale", params).to_string();
    assert!(told.contains("411111******1111"), "{told}");
    for event in &app.events {
        told += &event.to_string();
    }
    assert!(!told.contains(CARD_NUMBER), "{told}");
    store.station.kill();
    for name in files(&store.station.data_dir) {
        let bytes = std::fs::read(&name).unwrap();
        assert!(!holds(&bytes, CARD_NUMBER.as_bytes()), "{}", name.display());
    }
}

#[test]
fn s55_tokens_in_a_stolen_database_cannot_be_read() {
    let mut store = Store::open();
    let mut app = store.station.app();
    app.call("deposit.take", deposit("k1", "O-55", 20_000));
    let order = app.call(
        "order.get",
        json!({"order_id": "O-55", "include_tokens": true}),
    );
    let tender = &order["tenders"][0];
    let secrets =
        [&tender["card_token"], &tender["auth_token"]].map(|token| token.as_str().unwrap());
    backup(&store);
    store.station.kill();
    for name in files(&store.station.data_dir) {
        let bytes = std::fs::read(&name).unwrap();
        for secret in secrets {
            assert!(!holds(&bytes, secret.as_bytes()), "{}", name.display());
        }
    }
    // Without its key the station does not start on such a journal at all.
    std::fs::remove_file(store.station.data_dir.join("token.key")).unwrap();
    assert!(!store.station.try_start(&[]));
}

/// A number that the check digit calls a card number, put into every field of every method that takes
/// text, one at a time; the fields are those that the description of the API names.
#[test]
fn s54_a_card_number_in_any_field_is_kept_and_told_nowhere() {
    let mut store = Store::open();
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    let document = crate::contract::document();
    let mut told = String::new();
    let mut fields = 0_usize;
    for method in document["methods"].as_array().unwrap() {
        let name = method["name"].as_str().unwrap();
        let mut filled = Vec::new();
        fill(&document, &method["x-params"], 0, &mut filled);
        for mut params in filled {
            fields += 1;
            for (field, value) in [
                ("idempotency_key", json!(format!("f{fields}"))),
                ("amount_minor", json!(1_000)),
                ("currency", json!("NOK")),
            ] {
                let known = &mut params[field];
                let takes = method["params"].as_array().unwrap();
                if known.is_null() && takes.iter().any(|it| it["name"] == field) {
                    *known = value;
                }
            }
            params
                .as_object_mut()
                .unwrap()
                .retain(|_, value| !value.is_null());
            let answer = app.try_call(name, params).unwrap();
            told += &format!("{answer:?}\n");
        }
    }
    assert!(fields > 60, "only {fields} fields");
    for event in &app.events {
        told += &event.to_string();
    }
    assert!(!told.contains(CARD_NUMBER), "{told}");
    assert_found_nowhere(&mut store);
}

/// Every card of the wallet is read, from a terminal that tells its number in the clear.
#[test]
fn s54_no_test_card_is_kept() {
    let mut store = Store::open_with(Line::Serial, &["--full-pan"], |setup| setup);
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    for card in cards().filter(|card| card.name != "slow") {
        store.use_card(card.name);
        let params = sale(card.name, 20_000);
        let answer = app.call("payment.sale", params).to_string();
        let number = card.expose_pan();
        assert!(!answer.contains(number), "{answer}");
        let last = number.get(number.len() - 4..).unwrap();
        assert!(answer.contains(last), "{answer}");
    }
    for event in &app.events {
        let number = cards().find(|card| event.to_string().contains(card.expose_pan()));
        assert!(number.is_none(), "{event}");
    }
    assert_found_nowhere(&mut store);
}

/// The station has neither a core file nor leave to make one, and nobody's limits give it one.
#[test]
fn s54_a_crash_leaves_no_core_file() {
    let store = Store::open();
    let limits = format!("/proc/{}/limits", store.station.pid());
    let limits = std::fs::read_to_string(limits).unwrap();
    let core = limits
        .lines()
        .find(|it| it.starts_with("Max core file size"));
    let core: Vec<&str> = core.unwrap().split_whitespace().skip(4).collect();
    assert_eq!(core[..2], ["0", "0"], "{limits}");
}

/// Objects that each have the number in one place where text may stand.
fn fill(document: &Value, schema: &Value, depth: usize, filled: &mut Vec<Value>) {
    let mut schema = schema;
    while let Some(place) = schema["$ref"].as_str() {
        schema = document.pointer(place.trim_start_matches('#')).unwrap();
    }
    let types = schema["type"].as_array();
    let is_text =
        schema["type"] == "string" || types.is_some_and(|all| all.contains(&json!("string")));
    if is_text {
        filled.push(json!(CARD_NUMBER));
    }
    for list in ["anyOf", "oneOf", "allOf"] {
        for part in schema[list].as_array().into_iter().flatten() {
            fill(document, part, depth, filled);
        }
    }
    if depth > 5 {
        return;
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let mut inner = Vec::new();
        fill(document, field, depth + 1, &mut inner);
        filled.extend(inner.into_iter().map(|value| json!({ name: value })));
    }
    if schema["items"].is_object() {
        let mut inner = Vec::new();
        fill(document, &schema["items"], depth + 1, &mut inner);
        filled.extend(inner.into_iter().map(|value| json!([value])));
    }
}

/// The test cards whose numbers are numbers.
fn cards() -> impl Iterator<Item = &'static Card> {
    WALLET.iter().filter(|card| card.name != "unreadable")
}

/// Looks for every test card, as text, packed two digits to a byte, and as hexadecimal text of either,
/// in the files of a station, a backup and an export.
fn assert_found_nowhere(store: &mut Store) {
    let backup = backup(store);
    store.station.kill();
    let journal = backup.to_str().unwrap();
    let exported = posd(&["journal", "export", "--journal", journal]);
    assert!(!exported.is_empty());
    let mut all = vec![("export".to_owned(), exported)];
    for name in files(&store.station.data_dir) {
        all.push((name.display().to_string(), std::fs::read(&name).unwrap()));
    }
    assert!(all.iter().any(|(name, _)| name.ends_with("backup.db")));
    for card in cards() {
        let number = card.expose_pan();
        let digits: Vec<u8> = number.bytes().map(|digit| digit - b'0').collect();
        let packed = digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0xF));
        let packed: Vec<u8> = packed.collect();
        let spelt: String = number.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [number.as_bytes(), &packed[..], spelt.as_bytes()] {
            for (name, bytes) in &all {
                assert!(!holds(bytes, form), "{name} holds {}", card.name);
            }
        }
    }
}

/// A copy of the journal beside it, taken while the station runs.
fn backup(store: &Store) -> PathBuf {
    let copy = store.station.data_dir.join("backup.db");
    let config = store.station.config().to_str().unwrap();
    posd(&["backup", "--config", config, copy.to_str().unwrap()]);
    copy
}

fn posd(arguments: &[&str]) -> Vec<u8> {
    let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
    let output = posd.args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// All files of a station: journal, its write-ahead log, log, configuration.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap();
    let files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    assert!(files.iter().any(|path| path.ends_with("journal.db")));
    assert!(files.iter().any(|path| path.ends_with("log")));
    files
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
