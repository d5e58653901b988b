//! `posd operation`

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Value;

use super::{journal, say};
use crate::clock::format_utc;
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::{OperationId, Timestamp};
use crate::domain::summary::Summary;
use crate::journal::{Reader, Story};
use crate::masking::masked;
use crate::trail;

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Print all that happened to an operation, in order: the request, the journal's entries, the bytes
    /// on the wires, what the terminal told, the result.
    ///
    /// Nothing is written, and the station may be running. Card numbers and tokens are in none of it.
    Show {
        /// An operation, an idempotency key, or a payment: then every operation that it was part of.
        id: String,
        #[command(flatten)]
        journal: journal::Source,
    },
}

pub(super) fn run(what: &What) -> Result<ExitCode, String> {
    let What::Show { id, journal } = what;
    let path = journal.path()?;
    let reader = Reader::open(&path).map_err(|error| error.to_string())?;
    let operations = reader.operations_of(id);
    let operations = operations.map_err(|error| error.to_string())?;
    if operations.is_empty() {
        return Err(format!(
            "the journal knows no operation, idempotency key or payment `{id}`"
        ));
    }
    for operation in operations {
        let story = reader.story(&operation);
        let story = story.map_err(|error| error.to_string())?;
        show(&operation, &story, path.parent().unwrap_or(Path::new(".")))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A line of the story.
struct Line {
    at: Timestamp,
    kind: &'static str,
    text: String,
}

fn show(operation: &OperationId, story: &Story, data_dir: &Path) -> Result<(), String> {
    let wire = trail::read(data_dir, operation);
    let wire = wire.map_err(|error| format!("what went over the wires: {error}"))?;
    let mut entries: Vec<Line> = Vec::new();
    for stored in &story.entries {
        let at = stored.at;
        let mut text = Summary::of(&stored.entry).to_string();
        let mut kind = "journal";
        if let Entry::OperationStarted { key, .. } = &stored.entry {
            kind = "request";
            text.push_str(&format!(" key={key}"));
        }
        if let Entry::OperationFinished { .. } = &stored.entry {
            kind = "result";
        }
        entries.push(Line { at, kind, text });
    }
    let passed = wire.iter().map(|line| Line {
        at: line.at(),
        kind: "wire",
        // Masked where the fields were known; its digits say nothing by themselves.
        text: format!("{} {}", line.with, line.text),
    });
    let events = story.events.iter().map(|stored| Line {
        at: stored.at,
        kind: "event",
        text: masked(&told(&stored.event)),
    });
    // Of one millisecond: what comes in is recorded, and what is recorded goes out.
    let lines = merged(entries, passed, |line| line.text.contains(" < "));
    let lines = merged(lines, events, |_| false);
    say(&format!("operation {operation}"));
    let start = lines.first().map_or(Timestamp(0), |line| line.at);
    for Line { at, kind, text } in lines {
        let since = at.since(start).as_millis();
        let at = format_utc(at);
        say(&format!("{at} {since:>7} ms  {kind:<7}  {text}"));
    }
    if wire.is_empty() {
        say(
            "nothing is kept of what went over the wires: it was too long ago, or nothing was sent",
        );
    }
    Ok(())
}

/// Both in the order of their times, each in its own order. Where times are the same, one of `others` goes
/// first if `is_first` says so.
fn merged(
    lines: Vec<Line>,
    others: impl Iterator<Item = Line>,
    is_first: impl Fn(&Line) -> bool,
) -> Vec<Line> {
    let mut others = others.peekable();
    let mut all = Vec::new();
    for line in lines {
        let before = |other: &Line| other.at < line.at || other.at == line.at && is_first(other);
        while let Some(other) = others.next_if(before) {
            all.push(other);
        }
        all.push(line);
    }
    all.extend(others);
    all
}

/// An event in a few words: its kind, and what of it is short.
fn told(event: &Event) -> String {
    let Ok(Value::Object(fields)) = serde_json::to_value(event) else {
        return String::new();
    };
    let mut text = String::new();
    if let Some(Value::String(name)) = fields.get("event") {
        text.push_str(name);
    }
    for (name, value) in &fields {
        let short = match value {
            Value::String(short) => short.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        };
        if name != "event" && name != "operation" {
            text.push_str(&format!(" {name}={short}"));
        }
    }
    text
}
