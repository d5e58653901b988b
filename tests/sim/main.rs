//! A store in simulated time: the real station, journal, drivers, protocol and connectors against
//! simulated lines, terminals, a processor and a bank, with everything going wrong that can. See
//! docs/reliability.md.
//!
//! `SIM_SEEDS` and `SIM_HOURS` say how many runs there are and how long each is, `SIM_FIRST` which
//! seed is the first.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on should panic where it stands"
)]

mod apps;
mod auditor;
mod batches;
mod check;
mod desk;
mod draw;
mod leases;
mod line;
mod outside;
mod plan;
#[cfg(feature = "failpoints")]
mod planted;
mod random;
mod results;
mod shop;
mod story;
mod trace;
mod traffic;
mod wishes;
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use firmware_protocols::vocabulary::{Currency, Money};

/// Seeds that once found something, each with its hours; later runs may find less, as they change
/// with every change of the simulation.
const ONCE_FAILED: &str = include_str!("seeds.txt");

#[test]
fn seeds_that_once_failed_pass() {
    let lines = ONCE_FAILED.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let mut number = || words.next().unwrap().parse().unwrap();
        story::expect_to_pass(number(), number());
    }
}

#[test]
fn s43_stores_keep_every_promise() {
    let first = number("SIM_FIRST", 1);
    let count = number("SIM_SEEDS", 200);
    let hours = number("SIM_HOURS", 1);
    let (next, operations, steps) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let failed = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..number("SIM_THREADS", 2) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        return;
                    }
                    let report = story::run(first + at, hours);
                    if let Some(why) = report.failure {
                        failed.lock().unwrap().insert(first + at, why);
                    }
                    operations.fetch_add(report.operations, Ordering::Relaxed);
                    steps.fetch_add(report.steps, Ordering::Relaxed);
                }
            });
        }
    });
    println!(
        "{count} seeds from {first}, {hours} h each: {} store hours, {} calls, {} steps",
        count * hours,
        operations.into_inner(),
        steps.into_inner()
    );
    let failed = failed.into_inner().unwrap();
    for (seed, why) in &failed {
        println!("seed {seed}: {}", why.chars().take(160).collect::<String>());
    }
    if let Some(seed) = failed.keys().next() {
        story::expect_to_pass(*seed, hours);
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in [1, 7, 23] {
        let (one, other) = (story::run(seed, 1), story::run(seed, 1));
        assert_eq!(one.hash, other.hash, "seed {seed}");
        assert_eq!(one.steps, other.steps, "seed {seed}");
    }
    assert_ne!(story::run(1, 1).hash, story::run(2, 1).hash);
}

fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}"))
    })
}

fn nok(minor: u64) -> Money {
    Money::new(minor, Currency::NOK)
}
