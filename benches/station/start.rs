//! Start-up and memory, with nothing behind it and with years of work behind it.

use std::path::Path;
use std::time::Instant;

use posd::domain::entry::Entry;
use posd::domain::id::{SealedToken, Timestamp};
use posd::domain::state::Aggregates;
use posd::journal::{self, Batch, Journal, Reader};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::database;
use crate::echo::Server;
use crate::store::{Place, Process, Setup, Simulator, bare_start};
use crate::table::{Samples, Table, ratio};

const STARTS: u32 = 15;
const FINISHED: u64 = 20_000;
const CONNECTIONS: u32 = 64;

/// `sold` is a journal that holds a sale: the pattern of the finished operations.
pub(crate) async fn measure(place: &Place, sold: &Path, table: &mut Table) {
    let processor = Simulator::processor();
    let mut fresh = Samples::default();
    for number in 0..STARTS {
        let directory = place.directory(&format!("fresh-{number}"));
        let station = Setup::new(directory, &processor, None).start();
        fresh.push(station.start);
    }
    let setup = Setup::new(place.directory("start"), &processor, None);
    setup.start().process.stop();
    let (empty, bare) = starts(&setup);
    table.row(
        "start, new data directory",
        &fresh.text(),
        &bare.text(),
        &fresh.over(&bare),
    );
    table.row(
        "start, empty journal",
        &empty.text(),
        &bare.text(),
        &empty.over(&bare),
    );
    fill(&setup.journal(), sold);
    let (full, bare) = starts(&setup);
    let what = format!("start, {FINISHED} finished operations");
    table.row(&what, &full.text(), &bare.text(), &full.over(&bare));
    table.note(
        "The floor of a start is that of a process (`posd --version`) and of opening the database.",
    );

    let station = setup.start();
    let hello = station.hello();
    let (idle, each) = memory(&station.process, &station.url, &hello).await;
    let idle_echo = Server::start();
    let (idle_floor, each_floor) = memory(&idle_echo.process, &idle_echo.url, &hello).await;
    let text = |kib: f64, unit: &str| format!("{kib:.1} {unit}");
    let mut row = |what: &str, measured: f64, floor: f64, unit: &str| {
        let over = ratio(measured, floor);
        table.row(what, &text(measured, unit), &text(floor, unit), &over);
    };
    row(
        "memory when idle",
        idle / 1024.0,
        idle_floor / 1024.0,
        "MiB",
    );
    row(
        &format!("memory for each of {CONNECTIONS} connections"),
        each,
        each_floor,
        "KiB",
    );
}

/// Starts again and again; and the least that it can take.
fn starts(setup: &Setup) -> (Samples, Samples) {
    let (mut measured, mut bare) = (Samples::default(), Samples::default());
    for _ in 0..STARTS {
        let station = setup.start();
        measured.push(station.start);
        station.process.stop();
        let process = bare_start();
        let begun = Instant::now();
        database::bare_open(&setup.journal());
        bare.push(process + begun.elapsed());
    }
    (measured, bare)
}

/// Resident KiB without a connection, and what each connection adds.
async fn memory(process: &Process, url: &str, text: &str) -> (f64, f64) {
    let idle = process.memory();
    let mut apps = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut app = App::connect(url).await;
        app.echo(text).await;
        apps.push(app);
    }
    let each = (process.memory() - idle) / f64::from(CONNECTIONS);
    drop(apps);
    (idle, each)
}

/// Adds finished sales to a journal: copies of the last one of another.
fn fill(journal: &Path, sold: &Path) {
    let reader = Reader::open(sold).unwrap();
    let mut entries = reader.entries().unwrap();
    let is_start = |entry: &Entry| matches!(entry, Entry::OperationStarted { .. });
    entries.drain(..entries.iter().rposition(is_start).unwrap());
    let Some(Entry::OperationStarted { operation, key, .. }) = entries.first().cloned() else {
        panic!("no sale");
    };
    let seq = reader.last_event().unwrap();
    let events = reader.events_after(seq.saturating_sub(10), 10).unwrap();
    let of_it = |text: &String| text.contains(operation.as_str());
    let events: Vec<String> = events
        .iter()
        .map(|event| json(&event.event))
        .filter(of_it)
        .collect();
    let entries: Vec<String> = entries.iter().map(json).collect();

    let stamp = SealedToken::new(String::new());
    let (writer, _) = journal::open(journal, &stamp).unwrap();
    let journal = Journal::start(writer, |commit| commit.result.unwrap()).unwrap();
    let mut next_event = 1..;
    for ticket in 1..=FINISHED {
        let id = format!("{ticket:032}");
        let renamed = |text: &String| {
            let text = text.replace(operation.as_str(), &id);
            text.replace(key.as_str(), &format!("finished-{ticket}"))
        };
        let entries: Vec<Entry> = entries
            .iter()
            .map(renamed)
            .map(|text| parsed(&text))
            .collect();
        let mut books = Aggregates::default();
        for entry in &entries {
            books.apply(entry);
        }
        assert!(books.operations.is_empty());
        let events = events.iter().map(renamed).map(|text| parsed(&text));
        journal.append(Batch {
            ticket,
            at: Timestamp(0),
            events: next_event.by_ref().zip(events).collect(),
            entries,
            payments: books.payments.into_values().collect(),
            orders: Vec::new(),
        });
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn parsed<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}
