//! The numbered scenarios, end to end. What each must show stands in docs/scenarios.md.

mod abuse;
mod bench;
mod combinations;
#[cfg(feature = "failpoints")]
mod crash;
mod deposit;
mod disk;
mod doubt;
mod end_of_day;
mod find;
mod guards;
mod hostile;
mod input;
mod journal;
mod line;
mod memory;
mod metrics;
mod network;
mod offline;
mod orders;
mod page;
mod pairing;
mod pickup;
mod plug;
mod presets;
mod reader;
mod recovery;
mod reload;
mod retry;
mod review;
mod secrets;
mod shared;
mod ship;
mod stop;
mod story;
#[cfg(feature = "nfc")]
mod tap;
mod travel;
mod words;

use serde_json::{Value, json};

use crate::store::{Line, Setup, Simulator, Station};

/// A store with one terminal, one station and a processor.
struct Store {
    station: Station,
    terminal: Simulator,
    processor: Simulator,
    directory: tempfile::TempDir,
}

impl Store {
    fn open() -> Self {
        Self::open_with(Line::Serial, &[], |setup| setup)
    }

    fn open_with(line: Line, terminal: &[&str], adapt: impl Fn(Setup) -> Setup) -> Self {
        Self::open_at(Simulator::processor(), line, terminal, adapt)
    }

    fn open_at(
        processor: Simulator,
        line: Line,
        terminal: &[&str],
        adapt: impl Fn(Setup) -> Setup,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let terminal = Simulator::terminal(line, directory.path(), &processor, terminal);
        let setup = adapt(Setup::new("a", Some(&terminal), &processor));
        let station = Station::start(directory.path(), &setup);
        Self {
            station,
            terminal,
            processor,
            directory,
        }
    }

    /// Another station at the same processor, with a database of its own and no terminal.
    fn another_station(&self) -> Station {
        Station::start(
            self.directory.path(),
            &Setup::new("b", None, &self.processor),
        )
    }

    /// Presents this card from now on.
    fn use_card(&self, name: &str) {
        self.terminal.post("/card", json!({"name": name}));
    }

    /// Asserts what the processor's books say in all.
    fn assert_books(&self, authorized: u64, captured: u64, voided: u64, refunded: u64) {
        let booked = [
            "authorized_minor",
            "captured_minor",
            "voided_minor",
            "refunded_minor",
        ]
        .map(|counter| self.processor.booked(counter));
        assert_eq!(
            booked,
            [authorized, captured, voided, refunded],
            "{}",
            self.processor.get("/books")
        );
    }

    /// Takes an order that was paid online: one card-not-present authorization for each amount, by
    /// the token of a card that was used here before.
    fn order_paid_online(&self, order: &str, tenders: &[u64]) -> Value {
        let token = self.card_token();
        let tenders: Vec<Value> = tenders
            .iter()
            .enumerate()
            .map(|(at, amount)| {
                let body = json!({
                    "merchant": "M-1", "card_token": token, "amount_minor": amount,
                    "currency": "NOK", "reference": order,
                });
                let authorized = self.processor.post_with_key(
                    "/v1/authorizations",
                    &format!("web-{order}-{at}"),
                    body,
                );
                json!({
                    "authorized_minor": amount, "merchant_account": "nordic",
                    "auth_token": authorized["authorization"], "card_token": token,
                })
            })
            .collect();
        json!({
            "order_id": order, "version": 1, "currency": "NOK", "channel": "online",
            "lines": [{"line_id": "1", "amount_minor": 80_000, "description": "chair"}],
            "tenders": tenders,
        })
    }

    /// The token of the default card, as the web shop's card form would get it.
    fn card_token(&self) -> String {
        let body = json!({
            "merchant": "M-1", "terminal_id": "99999999", "trace_number": "000001", "kind": "authorize",
            "amount_minor": 100, "currency": "NOK", "card": "visa-approve", "want_token": true,
        });
        let answer = self
            .processor
            .post_with_key("/v1/terminal/transactions", "web-token", body);
        self.processor.post_with_key(
            &format!(
                "/v1/authorizations/{}/voids",
                answer["authorization"].as_str().unwrap()
            ),
            "web-token-void",
            json!({"merchant": "M-1", "amount_minor": 100, "currency": "NOK"}),
        );
        answer["token"].as_str().unwrap().to_owned()
    }
}

/// What [`Store::card_token`] leaves in the books: a hold of 100 that was voided.
const TOKEN_TRACE: u64 = 100;

/// A deposit of 200.00 on an order of 1000.00 with two lines.
fn deposit(key: &str, order: &str, deposit_minor: u64) -> Value {
    json!({
        "idempotency_key": key,
        "deposit_minor": deposit_minor,
        "order": {
            "order_id": order, "version": 1, "currency": "NOK",
            "lines": [
                {"line_id": "1", "amount_minor": 60_000},
                {"line_id": "2", "amount_minor": 40_000},
            ],
        },
    })
}

/// A sale of so many minor units.
fn sale(key: &str, amount_minor: u64) -> Value {
    json!({"idempotency_key": key, "amount_minor": amount_minor, "currency": "NOK"})
}

/// A pickup of all that waits, at a version.
fn pickup(key: &str, order: &str, version: u64, lines: &[&str]) -> Value {
    json!({
        "idempotency_key": key, "order_id": order, "order_version": version,
        "lines": lines, "use": "available",
    })
}
