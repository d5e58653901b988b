//! How fast messages are read, beside crate `zvt` on the same bytes in the same run. Nothing is
//! asserted; `make bench` prints it.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    clippy::expect_used,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a bench reads the clock and prints ratios"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use firmware_protocols::zvt::message::StatusInformation;
use zvt::ZvtSerializer as _;
use zvt::packets::StatusInformation as Theirs;

/// Results of a terminal in the field, in the words of both.
const VECTORS: [(&str, &str); 3] = [
    (
        "reservation",
        include_str!("../tests/vectors/zvt/feig_reservation_result.txt"),
    ),
    (
        "with text",
        include_str!("../tests/vectors/zvt/feig_reservation_reversal_result.txt"),
    ),
    (
        "end of day",
        include_str!("../tests/vectors/zvt/feig_end_of_day_result.txt"),
    ),
];

fn main() {
    println!("reading a status information (04 0F), the calmest of {ROUNDS} rounds, in turn");
    println!(
        "| result | bytes | read | written | crate zvt reads | writes | ratio | ratio |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |"
    );
    for (name, text) in VECTORS {
        let unit = unit(text);
        let data = unit.get(3..).expect("a short unit");
        let ours = StatusInformation::decode(data).expect("a result");
        let (theirs, _) = Theirs::zvt_deserialize(&unit).expect("a result");
        let mut best = [f64::INFINITY; 4];
        for _ in 0..ROUNDS {
            let round = [
                time(|| drop(black_box(StatusInformation::decode(black_box(data))))),
                time(|| drop(black_box(black_box(&ours).encode()))),
                time(|| drop(black_box(Theirs::zvt_deserialize(black_box(&unit))))),
                time(|| drop(black_box(black_box(&theirs).zvt_serialize()))),
            ];
            for (best, time) in best.iter_mut().zip(round) {
                *best = best.min(time);
            }
        }
        let [read, written, they_read, they_write] = best;
        println!(
            "| {name} | {} | {read:.0} ns | {written:.0} ns | {they_read:.0} ns | {they_write:.0} ns \
             | {:.1} | {:.1} |",
            unit.len(),
            they_read / read,
            they_write / written,
        );
    }
}

/// Nanoseconds of one call.
fn time(mut call: impl FnMut()) -> f64 {
    let mut calls = 0_u32;
    let start = Instant::now();
    while start.elapsed() < LENGTH {
        for _ in 0..100 {
            call();
        }
        calls = calls.saturating_add(100);
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn unit(text: &str) -> Vec<u8> {
    let line = text.lines().find_map(|line| line.strip_prefix('<'));
    let bytes = line.expect("a vector").split_whitespace();
    bytes
        .map(|byte| u8::from_str_radix(byte, 16).expect("hex"))
        .collect()
}

const ROUNDS: usize = 50;
const LENGTH: Duration = Duration::from_millis(2);
