//! What becomes of a configuration file that has changed while the station runs: each changed key is
//! taken over or waits for a restart, as its mark in `file.rs` says.

use std::collections::BTreeSet;

use serde_json::Value as Schema;
use toml::{Table, Value};

use super::page::{is_reloaded, property, schema};
use super::{Config, Problem};

/// What a running station has taken from its file.
#[derive(Clone, Debug)]
pub struct Running {
    text: String,
}

/// A change that can be taken over.
#[derive(Debug)]
pub struct Reload {
    /// The configuration from now on: what waits for a restart is in it as it was.
    pub config: Config,
    /// The same, for the next reload.
    pub running: Running,
    /// What has changed.
    pub changes: Vec<Change>,
}

/// A key that has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Such as `terminal.till-1.pools`.
    pub key: String,
    /// Taken over; else it waits for a restart.
    pub taken: bool,
}

impl Running {
    /// A station that has just started with this text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self { text }
    }

    /// What the file says now. A text that is wrong changes nothing.
    pub fn reload(&self, text: &str) -> Result<Reload, Problem> {
        Config::parse(text)?;
        let mut merged = table(&self.text)?;
        let mut changes = Changes::default();
        changes.take("", &mut merged, &table(text)?, &schema(), false);
        let running = Self::new(merged.to_string());
        let config = Config::parse(&running.text).map_err(|problem| Problem {
            line: None,
            what: format!("without what needs a restart: {}", problem.what),
        })?;
        Ok(Reload {
            config,
            running,
            changes: changes.0,
        })
    }
}

fn table(text: &str) -> Result<Table, Problem> {
    text.parse()
        .map_err(|error| super::problem::not_toml(text, &error))
}

#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    /// Takes from `new` what may be taken, and notes all that differs.
    fn take(&mut self, path: &str, old: &mut Table, new: &Table, schema: &Schema, all: bool) {
        let keys: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
        for key in keys {
            let known = property(schema, &key);
            let path = match path {
                "" => key.clone(),
                path => format!("{path}.{key}"),
            };
            let taken = all || is_reloaded(known);
            match (old.get_mut(&key), new.get(&key)) {
                (Some(before), Some(now)) if before == now => {}
                (Some(Value::Table(before)), Some(Value::Table(now))) => {
                    self.take(&path, before, now, known.unwrap_or(&Schema::Null), taken);
                }
                (Some(Value::Array(before)), Some(Value::Array(now)))
                    if before.iter().chain(now).all(|row| id_of(row).is_some()) =>
                {
                    let row = known.and_then(|known| known.get("items"));
                    self.take_rows(&path, before, now, row.unwrap_or(&Schema::Null), taken);
                }
                // A table that may be left out, all of its keys then being as by default.
                (before, Some(Value::Table(now))) if before.is_none() && has_default(known) => {
                    let mut before = Table::new();
                    self.take(
                        &path,
                        &mut before,
                        now,
                        known.unwrap_or(&Schema::Null),
                        taken,
                    );
                    old.insert(key, Value::Table(before));
                }
                (Some(Value::Table(before)), None) if has_default(known) => {
                    let known = known.unwrap_or(&Schema::Null);
                    self.take(&path, before, &Table::new(), known, taken);
                }
                (_, now) => {
                    self.0.push(Change { key: path, taken });
                    match now {
                        Some(now) if taken => {
                            old.insert(key, now.clone());
                        }
                        None if taken => {
                            old.remove(&key);
                        }
                        Some(_) | None => {}
                    }
                }
            }
        }
    }

    /// Rows are told by their ids.
    fn take_rows(
        &mut self,
        path: &str,
        old: &mut Vec<Value>,
        new: &[Value],
        schema: &Schema,
        taken: bool,
    ) {
        let key = |row: &Value| format!("{path}.{}", id_of(row).unwrap_or("?"));
        let is_in = |rows: &[Value], row: &Value| rows.iter().any(|it| id_of(it) == id_of(row));
        for gone in old.iter().filter(|row| !is_in(new, row)) {
            self.0.push(Change {
                key: key(gone),
                taken,
            });
        }
        if taken {
            old.retain(|row| is_in(new, row));
        }
        for row in new {
            let before = old.iter_mut().find(|before| id_of(before) == id_of(row));
            match (before, row) {
                (Some(Value::Table(before)), Value::Table(now)) => {
                    self.take(&key(row), before, now, schema, taken);
                }
                _ => {
                    self.0.push(Change {
                        key: key(row),
                        taken,
                    });
                    if taken {
                        old.push(row.clone());
                    }
                }
            }
        }
    }
}

fn id_of(row: &Value) -> Option<&str> {
    row.get("id")?.as_str()
}

fn has_default(schema: Option<&Schema>) -> bool {
    let default = schema.and_then(|schema| schema.get("default"));
    default.is_some_and(Schema::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: &str = r#"
[station]
name = "oslo"
data_dir = "data"
[[terminal]]
id = "till-1"
protocol = "zvt"
device = "/dev/ttyACM0"
currency = "NOK"
[limits]
in_flight = 8
"#;

    fn changed(from: &str, to: &str) -> (Config, Vec<(String, bool)>) {
        let running = Running::new(RUNNING.to_owned());
        let reload = running.reload(&RUNNING.replace(from, to)).unwrap();
        let changes = reload.changes.into_iter().map(|it| (it.key, it.taken));
        (reload.config, changes.collect())
    }

    #[test]
    fn each_changed_key_is_taken_or_waits() {
        for (from, to, told) in [
            ("oslo", "oslo", vec![]),
            ("oslo", "bergen", vec![("station.name", true)]),
            ("\"data\"", "\"other\"", vec![("station.data_dir", false)]),
            (
                "\"NOK\"",
                "\"NOK\"\npools = [\"counter\"]\nbaud = 19200",
                vec![
                    ("terminal.till-1.baud", true),
                    ("terminal.till-1.pools", true),
                ],
            ),
            (
                "till-1",
                "till-2",
                vec![("terminal.till-1", true), ("terminal.till-2", true)],
            ),
            (
                "in_flight = 8",
                "connections = 9",
                vec![("limits.connections", false), ("limits.in_flight", true)],
            ),
            (
                "[limits]\nin_flight = 8",
                "",
                vec![("limits.in_flight", true)],
            ),
            (
                "[limits]",
                "[log]\nlevel = \"warn\"\n[[merchant_account]]\nid = \"a\"\nconnector = \"sim\"\n\
                 url = \"http://a\"\nmerchant = \"m\"\n[limits]",
                vec![("log.level", true), ("merchant_account", true)],
            ),
            (
                "[limits]",
                "[network]\nlisten = \"0.0.0.0:1\"\nnames = []\ncertificate = \"c\"\nkey = \"k\"\n\
                 [limits]",
                vec![("network", false)],
            ),
        ] {
            let told: Vec<_> = told
                .into_iter()
                .map(|(key, taken)| (key.to_owned(), taken))
                .collect();
            assert_eq!(changed(from, to).1, told, "{to}");
        }
    }

    #[test]
    fn what_waits_is_as_it_was_and_told_again() {
        let (config, _) = changed("\"data\"", "\"other\"\nlanguage = \"nb\"");
        assert_eq!(config.data_dir.to_str(), Some("data"));
        assert_eq!(config.language.tag(), "nb");
        let (config, _) = changed("till-1", "till-2");
        let ids: Vec<_> = config.terminals.keys().map(|id| id.as_str()).collect();
        assert_eq!(ids, ["till-2"]);
        let (config, _) = changed("[limits]\nin_flight = 8", "");
        assert_eq!(config.limits.in_flight, 64);
        let running = Running::new(RUNNING.to_owned());
        let first = running.reload(&RUNNING.replace("oslo", "bergen")).unwrap();
        let again = RUNNING
            .replace("oslo", "bergen")
            .replace("\"data\"", "\"other\"");
        for _ in 0..2 {
            let then = first.running.reload(&again).unwrap();
            assert_eq!(then.changes[0].key, "station.data_dir");
            assert_eq!(then.changes.len(), 1);
        }
        assert_eq!(running.reload("[station]").unwrap_err().line, Some(1));
    }
}
