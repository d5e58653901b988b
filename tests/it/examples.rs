//! The examples of the document, asked of a station with a terminal and a processor.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::contract::document;
use crate::gate::Gate;
use crate::store::{App, Line, Setup, Simulator, Station, wait_for};

/// What is another one each time, wherever it stands.
const NAMES: [&str; 7] = [
    "operation_id",
    "payment_id",
    "check_word",
    "date",
    "time",
    "key",
    "replaces",
];

#[test]
fn a_station_answers_the_examples_as_they_say() {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let terminal = Simulator::terminal(Line::Serial, directory.path(), &processor, &[]);
    let mut gate = Gate::open(&processor.url());
    let setup = Setup {
        processor: gate.url(),
        offline: "retry_first_ms = 100\n[[offline.limit]]\ncurrency = \"NOK\"\n\
                  capture_minor = 100000\ntotal_minor = 100000\n"
            .to_owned(),
        ..Setup::new("oslo-1", Some(&terminal), &processor)
    };
    let station = Station::start(directory.path(), &setup);
    let mut app = station.app();
    wait_for("the terminal", || {
        let listed = app.call("terminal.list", json!({}));
        (listed["terminals"][0]["connected"] == true).then_some(())
    });
    let told = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api/schema/examples.json");
    let told = std::fs::read_to_string(told).unwrap();
    let mut examples: Vec<Value> = serde_json::from_str(&told).unwrap();
    let before = examples.clone();
    let mut names = BTreeMap::new();
    let mut terminal = Some(terminal);
    for example in &mut examples {
        let method = example["method"].as_str().unwrap().to_owned();
        match example["name"].as_str().unwrap() {
            "Paid by bank transfer" => give_up(&mut gate, &mut app),
            name => happen(name, &mut terminal, &mut app, &mut names),
        }
        let mut params = example["params"].clone();
        rename(&mut params, &names);
        let result = match method.split_once('.').unwrap().0 {
            "session" => App::stranger(station.url()).unwrap().call(&method, params),
            _ => app.call(&method, params),
        };
        example["result"] = settle(&method, "", &example["result"], result, &mut names);
    }
    if examples != before {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples.json");
        let mut text = serde_json::to_string_pretty(&examples).unwrap();
        text.push('\n');
        std::fs::write(&file, text).unwrap();
        let at = examples.iter().zip(&before).find(|(now, told)| now != told);
        panic!(
            "a station answers otherwise, as {} says: {}",
            file.display(),
            at.unwrap().0
        );
    }
}

/// The goods of the web shop's order go while the processor is away; when it is back it does not know
/// the authorization.
fn give_up(gate: &mut Gate, app: &mut App) {
    gate.close();
    let pickup = json!({
        "idempotency_key": "pickup-2", "order_id": "WEB-7", "order_version": 1, "lines": ["1"],
        "use": "available",
    });
    app.call("pickup.capture", pickup);
    gate.reopen();
    app.event(|event| event["code"] == "capture_failed");
}

/// What happens in the store before an example is asked.
fn happen(
    example: &str,
    terminal: &mut Option<Simulator>,
    app: &mut App,
    names: &mut BTreeMap<String, String>,
) {
    let mut doubt = |app: &mut App| {
        let found = app.call("operation.get", json!({"idempotency_key": "basket-2"}));
        for (name, value) in [
            ("EXAMPLE-IN-DOUBT", &found["operation_id"]),
            ("EXAMPLE-EVIDENCE", &found["doubt"]["evidence"]),
        ] {
            names.insert(name.to_owned(), value.as_str().unwrap().to_owned());
        }
    };
    match example {
        // The terminal breaks in mid-payment.
        "The customer pays at another till meanwhile" => {
            let fault = json!({"kind": "reboot", "at": "before_result"});
            terminal.as_ref().unwrap().post("/fault", fault);
            let basket =
                json!({"idempotency_key": "basket-2", "amount_minor": 1_000, "currency": "NOK"});
            app.send("payment.sale", basket).unwrap();
            app.event(|event| event["event"] == "operation_in_doubt");
            drop(terminal.take());
            doubt(app);
        }
        "The acquirer knows of no such payment" => doubt(app),
        _ => {}
    }
}

/// Puts this run's names in the place of the example's.
fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                text.clone_from(name);
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(|row| rename(row, names)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rename(field, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Such as `2026-01-31T12:00:00Z`; on receipts too.
fn is_time(text: &str) -> bool {
    text.starts_with("20") && text.ends_with('Z') && text.contains('T')
}

/// The result as the example may say it: with its own names and times, and with this run's for all else.
fn settle(
    method: &str,
    field: &str,
    told: &Value,
    result: Value,
    names: &mut BTreeMap<String, String>,
) -> Value {
    let is_other = NAMES.contains(&field)
        || result.as_str().is_some_and(is_time)
        || (method, field) == ("app.invite", "code")
        || (method, field) == ("station.info", "version")
        || (method, field) == ("session.hello", "version")
        || method == "events.subscribe";
    match result {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| {
                let value = settle(method, &name, &told[&name], value, names);
                (name, value)
            });
            Value::Object(fields.collect())
        }
        Value::Array(rows) => {
            let rows = rows.into_iter().enumerate();
            let rows = rows.map(|(at, row)| settle(method, field, &told[at], row, names));
            Value::Array(rows.collect())
        }
        Value::String(text) if is_other => {
            if let Some(told) = told.as_str() {
                names.insert(told.to_owned(), text);
                return json!(told);
            }
            let known = names.iter().find(|(_, name)| **name == text);
            json!(known.map_or(&text, |(told, _)| told))
        }
        Value::Number(_) if is_other && told.is_number() => told.clone(),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

/// Readers are simulated where libnfc is; the document itself is an example enough.
const WITHOUT: [&str; 4] = ["nfc.read", "nfc.abort", "nfc.bind", "rpc.discover"];

#[test]
fn every_method_has_an_example() {
    let document = document();
    let methods = document["methods"].as_array().unwrap().iter();
    let bare = methods.filter(|method| method["examples"].as_array().is_none_or(Vec::is_empty));
    let bare: Vec<&str> = bare
        .map(|method| method["name"].as_str().unwrap())
        .collect();
    assert_eq!(bare, WITHOUT);
}
