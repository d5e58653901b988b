//! `make bench`: what the station costs, over the floor of this machine, in one run.
//!
//! The real programs are measured from outside; each floor is the least that the same work can cost
//! here: an echo, the bare line, the bare host call, the bare commit of the same rows. Nothing is
//! asserted. docs/benchmarks.md says how to read the table.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement reads the clock and counts, and one that cannot go on should panic"
)]

mod app;
mod database;
mod echo;
mod http;
mod line;
mod orders;
mod pickup;
mod question;
mod sale;
mod start;
mod store;
mod table;
mod tap;
mod till;

use table::Table;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    if std::env::args().any(|argument| argument == echo::ARGUMENT) {
        runtime.block_on(echo::serve());
        return;
    }
    let begun = std::time::Instant::now();
    let mut table = Table::default();
    table.note(&machine());
    runtime.block_on(async {
        let place = store::Place::new();
        let echo = echo::Server::start();
        let sold = sale::measure(&place, &echo, &mut table).await;
        pickup::measure(&place, &echo, &mut table).await;
        start::measure(&place, &sold, &mut table).await;
        orders::measure(&place, &echo, &mut table).await;
        tap::measure(&place, &echo, &mut table).await;
    });
    table.note(&format!(
        "{} s in all; load before and after: {}, {}",
        begun.elapsed().as_secs(),
        table.load_before(),
        table::load()
    ));
    table.publish();
}

/// What this runs on.
fn machine() -> String {
    let cores = std::thread::available_parallelism().unwrap();
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let rustc = std::process::Command::new("rustc")
        .arg("--version")
        .output();
    let rustc = rustc.map_or_else(
        |_| "rustc unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    );
    format!("{cores} cores, Linux {}, {rustc}", kernel.trim())
}
