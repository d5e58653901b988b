//! Samples, and the table that they end up in.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Times of one thing, repeated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The sample that so many hundredths of all do not exceed.
    fn percentile(&self, hundredths: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        let last = sorted.len().saturating_sub(1);
        sorted[last * hundredths / 100]
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// `412 / 730 µs`: median and 99th percentile.
    pub(crate) fn text(&self) -> String {
        let [median, slow] = [self.median(), self.percentile(99)].map(micros);
        if median < 2000.0 {
            format!("{median:.0} / {slow:.0} µs")
        } else {
            format!("{:.1} / {:.1} ms", median / 1e3, slow / 1e3)
        }
    }

    /// All of them, in seconds.
    pub(crate) fn total(&self) -> f64 {
        self.0.iter().sum::<Duration>().as_secs_f64()
    }

    /// What each so many of them take one after the other.
    pub(crate) fn in_groups(&self, count: usize) -> Self {
        let groups = self.0.chunks(count);
        Self(groups.map(|group| group.iter().sum()).collect())
    }

    /// Sample by sample, what all of them take together.
    pub(crate) fn sum(parts: &[&Self]) -> Self {
        let count = parts.iter().map(|part| part.0.len()).min().unwrap_or(0);
        let at = |at| parts.iter().map(|part| part.0[at]).sum();
        Self((0..count).map(at).collect())
    }

    /// How many times as long as `floor`, by the medians.
    pub(crate) fn over(&self, floor: &Self) -> String {
        ratio(micros(self.median()), micros(floor.median()))
    }
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

pub(crate) fn ratio(measured: f64, floor: f64) -> String {
    format!("{:.2}", measured / floor)
}

pub(crate) async fn timed<T>(samples: &mut Samples, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let result = work.await;
    samples.push(begun.elapsed());
    result
}

/// Rows: what, measured, floor, ratio.
#[derive(Debug)]
pub(crate) struct Table {
    load_before: String,
    notes: Vec<String>,
    rows: Vec<[String; 4]>,
}

impl Default for Table {
    fn default() -> Self {
        let head = ["what", "measured", "floor", "ratio"].map(str::to_owned);
        Self {
            load_before: load(),
            notes: Vec::new(),
            rows: vec![head],
        }
    }
}

impl Table {
    pub(crate) fn row(&mut self, what: &str, measured: &str, floor: &str, ratio: &str) {
        self.rows
            .push([what, measured, floor, ratio].map(str::to_owned));
    }

    pub(crate) fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    pub(crate) fn load_before(&self) -> &str {
        &self.load_before
    }

    /// Prints the table, and leaves it in `target/bench.txt`.
    #[expect(clippy::print_stdout, reason = "this is what the program is for")]
    pub(crate) fn publish(&self) {
        let text = self.text();
        print!("{text}");
        std::fs::write(crate::store::target().join("bench.txt"), text).unwrap();
    }

    fn text(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths = [0, 1, 2, 3].map(width);
        let mut text = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(widths) {
                write!(text, "| {cell:width$} ").unwrap();
            }
            text.push_str("|\n");
            if at == 0 {
                for width in widths {
                    write!(text, "| {:-<width$} ", "").unwrap();
                }
                text.push_str("|\n");
            }
        }
        for note in &self.notes {
            write!(text, "\n{note}").unwrap();
        }
        text.push('\n');
        text
    }
}

/// How many others want the cores, over the last minute.
pub(crate) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("?").to_owned()
}
