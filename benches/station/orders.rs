//! Many orders at rest: taking them in from a file, writing them out, and finding one among them.

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use crate::app::{self, App};
use crate::database;
use crate::echo::Server;
use crate::store::{Place, Setup, Simulator};
use crate::table::{Samples, Table, ratio, timed};

/// So many orders, unless `BENCH_ORDERS` says another number.
const ORDERS: u64 = 100_000;

/// Questions of each kind.
const QUESTIONS: u64 = 1000;

pub(crate) async fn measure(place: &Place, echo: &Server, table: &mut Table) {
    let count = std::env::var("BENCH_ORDERS").map_or(ORDERS, |count| count.parse().unwrap());
    let processor = Simulator::processor();
    let setup = Setup::new(place.directory("orders"), &processor, None);
    setup.start().process.stop();
    let source = place.directory("files").join("orders.jsonl");
    let mut file = BufWriter::new(std::fs::File::create(&source).unwrap());
    for number in 0..count {
        writeln!(file, "{}", order(number, count)).unwrap();
    }
    file.into_inner().unwrap().sync_all().unwrap();

    let taken = orders(&setup, "import", &source);
    let bare = timed_seconds(|| database::copy_all(&setup.journal()));
    rates(table, "import", count, taken, bare);
    let target = source.with_file_name("exported.jsonl");
    let written = orders(&setup, "export", &target);
    let bare = timed_seconds(|| database::write_bodies(&setup.journal(), &bare_target(&target)));
    rates(table, "export", count, written, bare);

    let station = setup.start();
    let mut app = station.app().await;
    let mut echoing = App::connect(&echo.url).await;
    // All in turn, by a station that has read nothing before; then each again, about other orders.
    let all: Vec<Question> = QUESTIONS_OF.iter().map(|(_, question)| *question).collect();
    let mut kinds = vec![("any of these, after opening".to_owned(), all)];
    kinds.extend(QUESTIONS_OF.map(|(what, question)| (what.to_owned(), vec![question])));
    for (at, (what, questions)) in kinds.into_iter().enumerate() {
        let (mut samples, mut floor) = (Samples::default(), Samples::default());
        for number in 0..QUESTIONS {
            for question in &questions {
                // All over the orders, in no sequence.
                let number = scattered(number << 8 | u64::try_from(at).unwrap()) % count;
                let params = question(number, count);
                let text = app::request("order.find", &params);
                let found = timed(&mut samples, app.echo(&text)).await;
                assert!(found.contains("\"order_id\""), "{params}: {found}");
                timed(&mut floor, echoing.echo(&text)).await;
            }
        }
        let what = format!("order.find by {what}, among {count} orders");
        table.row(&what, &samples.text(), &floor.text(), &samples.over(&floor));
    }
    drop(app);
    station.process.stop();
}

fn bare_target(target: &Path) -> PathBuf {
    target.with_file_name("bare.jsonl")
}

/// Runs `posd orders` to its end, and says how many seconds it took.
fn orders(setup: &Setup, what: &str, file: &Path) -> f64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_posd"));
    command
        .args(["orders", what, "--config"])
        .arg(setup.config());
    command.arg(file);
    timed_seconds(|| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    })
}

fn timed_seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

fn rates(table: &mut Table, what: &str, count: u64, seconds: f64, bare: f64) {
    let count_f = f64::from(u32::try_from(count).unwrap());
    let (rate, floor) = (count_f / seconds, count_f / bare);
    let text = |rate: f64| format!("{rate:.0} /s");
    let what = format!("orders {what}, {count} orders");
    table.row(&what, &text(rate), &text(floor), &ratio(rate, floor));
}

type Question = fn(u64, u64) -> Value;

const QUESTIONS_OF: [(&str, Question); 7] = [
    (
        "order number",
        |number, _| json!({"order_id": name(number)}),
    ),
    (
        "customer reference",
        |number, count| json!({"customer_reference": reference(number, count)}),
    ),
    (
        "four digits of a phone",
        |number, _| json!({"phone": phone(number).get(6..)}),
    ),
    (
        "a whole phone number",
        |number, _| json!({"phone": phone(number)}),
    ),
    ("tag", |number, _| json!({"tag": tag(number)})),
    (
        "card account (PAR)",
        |number, _| json!({"par": par(number)}),
    ),
    (
        "masked card and day",
        |number, _| json!({"card": masked(number), "date": placed_at(number).get(..10)}),
    ),
];

/// An order of two lines that was paid online, with everything that it can be found by.
fn order(number: u64, count: u64) -> Value {
    json!({
        "order_id": name(number), "version": 1, "currency": "NOK", "channel": "online",
        "placed_at": placed_at(number), "customer_reference": reference(number, count),
        "phone": phone(number), "tags": [tag(number)],
        "lines": [
            {"line_id": "1", "description": "Armchair", "amount_minor": 60_000, "store": "oslo"},
            {"line_id": "2", "description": "Cushion", "amount_minor": 20_000, "store": "oslo"},
        ],
        "tenders": [{
            "merchant_account": "nordic", "tender_type": "9", "card_type": "VISA",
            "authorized_minor": 80_000, "auth_token": format!("au_{number:012}"),
            "card_token": letters(scattered(number)), "masked_pan": masked(number),
            "brand": "VISA", "par": par(number), "expires_at": "2026-12-31T12:00:00Z",
        }],
    })
}

fn name(number: u64) -> String {
    format!("W-{number:08}")
}

fn reference(number: u64, count: u64) -> String {
    format!("C-{:08}", number * 7919 % count)
}

fn phone(number: u64) -> String {
    format!("47{:08}", 90_000_000 + scattered(number) % 10_000_000)
}

fn tag(number: u64) -> String {
    format!("04{}", letters(scattered(number) >> 8))
}

/// A number without a digit: no card number is in it.
fn letters(number: u64) -> String {
    let letter =
        |digit: char| char::from(b'a' + u8::try_from(digit.to_digit(16).unwrap()).unwrap());
    format!("{number:016x}").chars().map(letter).collect()
}

fn par(number: u64) -> String {
    format!("5001{number:025}")
}

fn masked(number: u64) -> String {
    let mut masked = "411111******".to_owned();
    write!(masked, "{:04}", (scattered(number) >> 20) % 10_000).unwrap();
    masked
}

fn placed_at(number: u64) -> String {
    let minute = number % 60;
    let (month, day) = (
        scattered(number) % 12 + 1,
        (scattered(number) >> 4) % 28 + 1,
    );
    format!("2026-{month:02}-{day:02}T12:{minute:02}:00Z")
}

/// Different numbers far apart (the finalizer of `SplitMix64`).
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed ^ (mixed >> 31)
}
