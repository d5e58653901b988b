//! What must not be seen: card numbers (S54, as far as it goes today), tokens in a stolen file (S55).

use std::path::Path;

use serde_json::json;

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

/// All files of a station: journal, its write-ahead log, log, configuration.
fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap();
    let files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    assert!(files.iter().any(|path| path.ends_with("journal.db")));
    assert!(files.iter().any(|path| path.ends_with("log")));
    files
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
