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
                (Some(Value::Array(before)), Some(Value::Array(now))) if !taken => {
                    let row = known.and_then(|known| known.get("items"));
                    self.take_rows(&path, before, now, row.unwrap_or(&Schema::Null));
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

    /// Rows are told by their ids. Those that have come or gone wait for a restart.
    fn take_rows(&mut self, path: &str, old: &mut [Value], new: &[Value], schema: &Schema) {
        let path_of = |row: &Value| format!("{path}.{}", id_of(row).unwrap_or("?"));
        for row in new {
            if !old.iter().any(|before| id_of(before) == id_of(row)) {
                let key = path_of(row);
                self.0.push(Change { key, taken: false });
            }
        }
        for before in old {
            let key = path_of(before);
            let now = new.iter().find(|row| id_of(row) == id_of(before));
            match (before, now) {
                (Value::Table(before), Some(Value::Table(now))) => {
                    self.take(&key, before, now, schema, false);
                }
                _ => self.0.push(Change { key, taken: false }),
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
                    ("terminal.till-1.baud", false),
                    ("terminal.till-1.pools", true),
                ],
            ),
            (
                "till-1",
                "till-2",
                vec![("terminal.till-2", false), ("terminal.till-1", false)],
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
        let (config, _) = changed("[limits]\nin_flight = 8", "");
        assert_eq!(config.limits.in_flight, 64);
        let running = Running::new(RUNNING.to_owned());
        let first = running.reload(&RUNNING.replace("oslo", "bergen")).unwrap();
        let again = RUNNING.replace("oslo", "bergen").replace("ACM0", "ACM1");
        for _ in 0..2 {
            let then = first.running.reload(&again).unwrap();
            assert_eq!(then.changes[0].key, "terminal.till-1.device");
            assert_eq!(then.changes.len(), 1);
        }
        assert_eq!(running.reload("[station]").unwrap_err().line, Some(1));
    }
}
