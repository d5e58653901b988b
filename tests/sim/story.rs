//! Runs a seed; of one that fails, finds what is needed for that and tells it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use crate::auditor::silence;
use crate::draw::plan;
use crate::plan::Plan;
use crate::world::{Report, World};

/// So many runs at most are spent on making a failing one smaller.
const SHRINKING_RUNS: usize = 400;

pub(crate) fn run(seed: u64, hours: u64) -> Report {
    play(&plan(seed, hours), false)
}

/// Panics with a story if a promise is broken.
pub(crate) fn expect_to_pass(seed: u64, hours: u64) -> Report {
    let report = run(seed, hours);
    if let Some(why) = &report.failure {
        let (small, count) = shrink(plan(seed, hours), why);
        let told = play(&small, true);
        let items: Vec<String> = small
            .items
            .iter()
            .map(|item| format!("{:9} {item}", item.at))
            .collect();
        let lines = abridged(told.lines);
        panic!(
            "seed {seed}, {hours} h: {why}\n\n{:?}\nwhat is needed for it, of {count} things:\n{}\n\n\
             {}\n\nagain: SIM_FIRST={seed} SIM_SEEDS=1 SIM_HOURS={hours} cargo test --test sim \
             s43_stores\n",
            small.setup,
            items.join("\n"),
            lines.join("\n"),
        );
    }
    report
}

/// The beginning and the end of a long story.
fn abridged(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > 300 {
        let middle = lines.len() - 60;
        lines.splice(240..middle, ["…".to_owned()]);
    }
    lines
}

fn play(plan: &Plan, keeps_lines: bool) -> Report {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .finish();
    let played = tracing::subscriber::with_default(subscriber, || {
        catch_unwind(AssertUnwindSafe(|| World::new(plan, keeps_lines).run()))
    });
    let silent = silence(&String::from_utf8_lossy(&log.0.lock().unwrap()));
    let played = played.map(|report| Report {
        failure: report.failure.or(silent.err()),
        ..report
    });
    played.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Report {
            failure: Some(format!("panic: {}", said.unwrap_or_default())),
            hash: 0,
            lines: Vec::new(),
            steps: 0,
            operations: 0,
        }
    })
}

/// Leaves out what is not needed for the same kind of failure.
fn shrink(mut plan: Plan, why: &str) -> (Plan, usize) {
    let kind = |why: &str| why.split(':').next().unwrap_or_default().to_owned();
    let wanted = kind(why);
    let count = plan.items.len();
    let mut runs = 0;
    let mut length = count.div_ceil(2);
    while length > 0 && runs < SHRINKING_RUNS {
        let mut at = 0;
        let mut is_smaller = false;
        while at < plan.items.len() && runs < SHRINKING_RUNS {
            let mut smaller = plan.clone();
            let end = (at + length).min(smaller.items.len());
            smaller.items.drain(at..end);
            runs += 1;
            let fails = play(&smaller, false).failure;
            if fails.is_some_and(|why| kind(&why) == wanted) {
                plan = smaller;
                is_smaller = true;
            } else {
                at += length;
            }
        }
        if length == 1 && !is_smaller {
            break;
        }
        length = if length == 1 { 1 } else { length / 2 };
    }
    (plan, count)
}

/// All that is logged in a run.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
