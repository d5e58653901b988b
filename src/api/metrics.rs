//! What a monitor may know, as Prometheus reads it: how long things take, how they end, what is open. No
//! amount, no card, no name of an app; every label has few values.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::Gateway;
use super::call::{Call, Found, Health, Query};
use crate::domain::outcome::{Outcome, Verdict};
use crate::outcome::code::Code;

/// A station that is at work answers at once.
const PATIENCE: Duration = Duration::from_secs(2);

/// Upper ends of the buckets of a histogram, in microseconds: from a commit to a customer who looks for a
/// card.
const BUCKETS: [u64; 18] = [
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
];

/// A part of the way of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// From a decision until it is durable.
    Journal,
    /// From a request to a terminal until its end: customer and acquirer included.
    Terminal,
    /// From a call to a processor until its answer.
    Processor,
}

impl Phase {
    const ALL: [Self; 3] = [Self::Journal, Self::Terminal, Self::Processor];

    const fn name(self) -> &'static str {
        match self {
            Self::Journal => "journal",
            Self::Terminal => "terminal",
            Self::Processor => "processor",
        }
    }
}

/// What has been counted since the start.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    phases: BTreeMap<Phase, Histogram>,
    operations: BTreeMap<&'static str, Histogram>,
    ends: BTreeMap<(&'static str, &'static str, &'static str), u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Histogram {
    counts: [u64; BUCKETS.len()],
    all: u64,
    sum: Duration,
}

impl Metrics {
    /// A phase took so long.
    pub fn phase(&self, phase: Phase, took: Duration) {
        self.counted().phases.entry(phase).or_default().add(took);
    }

    /// An operation has ended.
    pub fn ended(&self, method: &'static str, outcome: &Outcome, took: Duration) {
        let verdict = match outcome.verdict {
            Verdict::Approved => "approved",
            Verdict::Declined => "declined",
            Verdict::Cancelled => "cancelled",
            Verdict::Failed => "failed",
        };
        let code = Code::from(outcome);
        let mut counted = self.counted();
        let count = counted
            .ends
            .entry((method, verdict, code.name()))
            .or_default();
        *count = count.saturating_add(1);
        counted.operations.entry(method).or_default().add(took);
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Histogram {
    fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        for (count, end) in self.counts.iter_mut().zip(BUCKETS) {
            if micros <= end {
                *count = count.saturating_add(1);
            }
        }
        self.all = self.all.saturating_add(1);
        self.sum = self.sum.saturating_add(took);
    }
}

/// All that there is to tell, if metrics are told here; what the station itself cannot say in time is left
/// out.
pub(super) async fn page(gateway: &Gateway) -> Option<String> {
    let metrics = gateway.metrics.as_ref()?;
    let (reply, answer) = oneshot::channel();
    let asking = async {
        let query = Query::Health;
        let call = Call::Query { query, reply };
        gateway.calls.send(call).await.ok()?;
        answer.await.ok()?.ok()
    };
    let health = match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Some(Found::Health(health))) => Some(health),
        Ok(_) | Err(_) => None,
    };
    let mut page = Page::default();
    page.counted(&metrics.counted());
    page.health(health.as_ref());
    Some(page.0)
}

/// The text format of Prometheus, version 0.0.4.
#[derive(Default)]
struct Page(String);

impl Page {
    fn counted(&mut self, counted: &Counted) {
        let name = "posd_phase_seconds";
        self.head(name, "histogram", "how long a part of an operation took");
        for phase in Phase::ALL {
            let histogram = counted.phases.get(&phase).copied().unwrap_or_default();
            self.histogram(name, "phase", phase.name(), &histogram);
        }
        let name = "posd_operation_seconds";
        self.head(
            name,
            "histogram",
            "how long an operation took, from request to end",
        );
        for (method, histogram) in &counted.operations {
            self.histogram(name, "method", method, histogram);
        }
        let name = "posd_operations_total";
        self.head(name, "counter", "operations that have ended");
        for ((method, outcome, code), count) in &counted.ends {
            let labels = [("method", *method), ("outcome", outcome), ("code", code)];
            self.sample(name, &labels, count);
        }
    }

    fn health(&mut self, health: Option<&Health>) {
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        self.head("posd_info", "gauge", "the program");
        self.sample("posd_info", &version, 1);
        let answers = u8::from(health.is_some());
        self.gauge("posd_answers", "1 if the station answers in time", answers);
        let Some(health) = health else { return };
        let works = u8::from(health.journal.is_none());
        self.gauge(
            "posd_journal_works",
            "1 if the journal can be written",
            works,
        );
        let behind = seconds(health.clock_behind_ms.unsigned_abs());
        let help = "how far the clock is behind the journal";
        self.gauge("posd_clock_behind_seconds", help, behind);
        self.gauge(
            "posd_running",
            "operations at work for an app",
            health.running,
        );
        let help = "operations whose end is not known yet";
        self.gauge("posd_in_doubt", help, health.in_doubt.len());
        let help = "how long ago the oldest of them began";
        let age = seconds(health.in_doubt_oldest_ms);
        self.gauge("posd_in_doubt_age_seconds", help, age);
        let help = "captures that wait for their processor";
        self.gauge("posd_queue_depth", help, health.queued);
        let age = seconds(health.queued_oldest_ms);
        self.gauge(
            "posd_queue_age_seconds",
            "how long the oldest of them waits",
            age,
        );
        let terminals = health.terminals.iter();
        let rows = terminals
            .clone()
            .map(|row| (row.id.as_str(), row.connected));
        let name = "posd_terminal_connected";
        self.states(name, "1 if the terminal is connected", "terminal", rows);
        let rows = terminals.map(|row| (row.id.as_str(), row.operation.is_some()));
        let name = "posd_terminal_busy";
        self.states(
            name,
            "1 if the terminal works for an operation",
            "terminal",
            rows,
        );
        let readers = health.readers.iter();
        let rows = readers.map(|row| (row.id.as_str(), row.connected));
        let name = "posd_reader_connected";
        self.states(name, "1 if the contactless reader is ready", "reader", rows);
    }

    /// Of each of some configured things: whether it is so.
    fn states<'a>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        rows: impl Iterator<Item = (&'a str, bool)>,
    ) {
        self.head(name, "gauge", help);
        for (id, is_so) in rows {
            self.sample(name, &[(label, id)], u8::from(is_so));
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl fmt::Display) {
        self.head(name, "gauge", help);
        self.sample(name, &[], value);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Into text: it cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn histogram(&mut self, name: &str, label: &str, value: &str, histogram: &Histogram) {
        let bucket = format!("{name}_bucket");
        for (end, count) in BUCKETS.iter().zip(histogram.counts) {
            let end = Duration::from_micros(*end).as_secs_f64().to_string();
            self.sample(&bucket, &[(label, value), ("le", &end)], count);
        }
        self.sample(&bucket, &[(label, value), ("le", "+Inf")], histogram.all);
        let sum = histogram.sum.as_secs_f64();
        self.sample(&format!("{name}_sum"), &[(label, value)], sum);
        self.sample(&format!("{name}_count"), &[(label, value)], histogram.all);
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl fmt::Display) {
        self.0.push_str(name);
        for (at, (label, value)) in labels.iter().enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            let value = value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            let _ = write!(self.0, "{before}{label}=\"{value}\"");
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
    }
}

fn seconds(millis: u64) -> f64 {
    Duration::from_millis(millis).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_in_every_bucket_from_its_own_on() {
        let metrics = Metrics::default();
        for micros in [250, 251, 999_999_999] {
            metrics.phase(Phase::Journal, Duration::from_micros(micros));
        }
        let mut page = Page::default();
        page.counted(&metrics.counted());
        for line in [
            "posd_phase_seconds_bucket{phase=\"journal\",le=\"0.00025\"} 1",
            "posd_phase_seconds_bucket{phase=\"journal\",le=\"0.0005\"} 2",
            "posd_phase_seconds_bucket{phase=\"journal\",le=\"120\"} 2",
            "posd_phase_seconds_bucket{phase=\"journal\",le=\"+Inf\"} 3",
            "posd_phase_seconds_count{phase=\"journal\"} 3",
            "posd_phase_seconds_bucket{phase=\"processor\",le=\"+Inf\"} 0",
        ] {
            assert!(
                page.0.lines().any(|told| told == line),
                "{line}\n{}",
                page.0
            );
        }
        let mut page = Page::default();
        page.sample("a", &[("b", "c\"\\\nd")], 1);
        assert_eq!(page.0, "a{b=\"c\\\"\\\\\\nd\"} 1\n");
    }
}
