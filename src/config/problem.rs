//! What is wrong with a configuration: in which line, and what was meant.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::{ConfigError, page};

/// How much of a key may be misspelt and still be recognised, from 0 (nothing alike) to 1.
const ALIKE: f64 = 0.75;

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which line, counted from 1, where that can be told.
    pub line: Option<usize>,
    /// Which key, and why.
    pub what: String,
}

impl Problem {
    /// The same of a file.
    #[must_use]
    pub fn of(self, path: &Path) -> ConfigError {
        ConfigError {
            path: path.to_owned(),
            problem: self,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// A value that is understood and not possible.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Where, as `table`, `table.key` or, of several tables of that name, `table.0.key`.
    place: String,
    what: String,
}

impl Wrong {
    pub(super) fn at(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
        }
    }

    /// With its line.
    pub(super) fn in_text(self, text: &str) -> Problem {
        Problem {
            line: place(text, &self.place).map(|span| line_of(text, span.start)),
            what: self.what,
        }
    }
}

/// What could not be understood, with its line and what may have been meant.
pub(super) fn not_understood(
    text: &str,
    error: &serde_path_to_error::Error<toml::de::Error>,
) -> Problem {
    let path = error.path().to_string();
    let mut problem = not_toml(text, error.inner());
    let names = quoted(&problem.what);
    if let (true, [given, known @ ..]) = (problem.what.starts_with("unknown "), names.as_slice()) {
        problem.what = unknown(given, known, problem.what.starts_with("unknown field"));
    }
    if path != "." {
        problem.what = format!("{path}: {}", problem.what);
    }
    problem
}

/// What is not TOML.
pub(super) fn not_toml(text: &str, error: &toml::de::Error) -> Problem {
    Problem {
        line: error.span().map(|span| line_of(text, span.start)),
        what: error.message().replace('\n', ", "),
    }
}

fn unknown(given: &str, known: &[String], is_key: bool) -> String {
    let kind = if is_key { "key" } else { "value" };
    let likeness = |name: &&String| strsim::jaro_winkler(given, name);
    let nearest = known
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    if let Some(nearest) = nearest.filter(|name| likeness(name) >= ALIKE) {
        return format!("unknown {kind} `{given}`; did you mean `{nearest}`?");
    }
    if is_key && is_secret(given) {
        return format!(
            "unknown key `{given}`; secrets do not belong in this file: they are read from files of \
             their own or from systemd credentials (docs/configuration.md)"
        );
    }
    if let Some(table) = is_key.then(|| table_of(given)).flatten() {
        return format!("unknown key `{given}`; it belongs to {table}");
    }
    format!("unknown {kind} `{given}`; known: {}", known.join(", "))
}

fn is_secret(key: &str) -> bool {
    let words = [
        "secret",
        "password",
        "passwd",
        "token",
        "api_key",
        "apikey",
        "credential",
    ];
    words
        .iter()
        .any(|word| key.to_ascii_lowercase().contains(word))
}

/// The table in which a key of that name is known.
fn table_of(key: &str) -> Option<String> {
    let tables = page::tables();
    let table = tables.iter().find(|table| {
        let properties = table.schema.get("properties");
        properties
            .and_then(|properties| properties.get(key))
            .is_some_and(Value::is_object)
    })?;
    Some(table.heading.to_owned())
}

/// The names that stand between backticks.
fn quoted(message: &str) -> Vec<String> {
    let parts = message.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// Where a value stands, or, where it is left out, the table that should hold it.
fn place(text: &str, path: &str) -> Option<Range<usize>> {
    let document = DeTable::parse(text).ok()?;
    let document = document.get_ref();
    let mut found: Option<&toml::Spanned<DeValue<'_>>> = None;
    for step in path.split('.') {
        let next = match found.map(toml::Spanned::get_ref) {
            None => document.get(step),
            Some(DeValue::Table(table)) => table.get(step),
            Some(DeValue::Array(rows)) => step.parse().ok().and_then(|row: usize| rows.get(row)),
            Some(_) => None,
        };
        match next {
            Some(next) => found = Some(next),
            None => break,
        }
    }
    found.map(toml::Spanned::span)
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    before
        .filter(|byte| **byte == b'\n')
        .count()
        .saturating_add(1)
}
