//! The page of the configuration, docs/configuration.md, and its JSON Schema: both from the types of
//! `file.rs`.

use std::fmt::Write as _;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde::de::value::Error;
use serde::de::{Deserializer, Error as _, Visitor};
use serde_json::Value;

use super::UsbName;
use super::file::{
    Account, File, Limit, LimitsFile, LogFile, Network, OfflineFile, Reader, Station, Terminal,
};

/// What stands around the tables of keys.
const TEXT: &str = include_str!("page.md");

/// One table of the file.
pub(super) struct Table {
    /// As in the file, such as `[[terminal]]`.
    pub(super) heading: &'static str,
    /// Its JSON Schema.
    pub(super) schema: Value,
    /// Its keys, in their order.
    keys: &'static [&'static str],
}

/// The JSON Schema of the file.
#[must_use]
pub fn schema() -> Value {
    schema_of::<File>()
}

/// The page, as Markdown.
#[must_use]
pub fn page() -> String {
    let whole = schema();
    let keys = tables().map(|table| table.text(is_reloaded(property(&whole, table.name()))));
    let keys = keys.concat();
    TEXT.replace("{keys}\n", keys.trim_start())
}

/// All tables, in the order in which they are told.
pub(super) fn tables() -> [Table; 10] {
    [
        Table::of::<Station>("[station]"),
        Table::of::<Terminal>("[[terminal]]"),
        Table::of::<UsbName>("[terminal.usb]"),
        Table::of::<Reader>("[[reader]]"),
        Table::of::<Account>("[[merchant_account]]"),
        Table::of::<OfflineFile>("[offline]"),
        Table::of::<Limit>("[[offline.limit]]"),
        Table::of::<Network>("[network]"),
        Table::of::<LimitsFile>("[limits]"),
        Table::of::<LogFile>("[log]"),
    ]
}

/// Whether SIGHUP reloads a key, or all of a table.
pub(super) fn is_reloaded(schema: Option<&Value>) -> bool {
    let mark = schema.and_then(|schema| schema.get("reload"));
    mark.and_then(Value::as_bool).unwrap_or(false)
}

/// The schema of a key.
pub(super) fn property<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    schema.get("properties")?.get(key)
}

impl Table {
    fn of<T: JsonSchema + for<'de> Deserialize<'de>>(heading: &'static str) -> Self {
        let mut keys: &'static [&'static str] = &[];
        let _ = T::deserialize(Listing(&mut keys));
        Self {
            heading,
            schema: schema_of::<T>(),
            keys,
        }
    }

    /// Of the table in which it begins.
    fn name(&self) -> &'static str {
        let name = self.heading.trim_matches(['[', ']']);
        name.split_once('.').map_or(name, |(outer, _)| outer)
    }

    fn text(&self, all_reloaded: bool) -> String {
        let each = match self.heading.starts_with("[[") {
            true => ", one for each",
            false => "",
        };
        let about = line(self.schema.get("description"));
        let mut text = format!(
            "\n## `{}`{each}\n\n{about}\n\n| key | default | changed by | meaning |\n\
             | --- | --- | --- | --- |\n",
            self.heading
        );
        let required = self.schema.get("required").and_then(Value::as_array);
        for key in self.keys {
            let Some(schema) = property(&self.schema, key) else {
                continue;
            };
            let is_required = required.is_some_and(|all| all.iter().any(|name| name == key));
            let default = match schema.get("default") {
                _ if is_required => "required".to_owned(),
                None | Some(Value::Null) => "none".to_owned(),
                Some(Value::String(text)) => format!("`{text}`"),
                Some(other) => format!("`{other}`"),
            };
            let changed_by = match all_reloaded || is_reloaded(Some(schema)) {
                true => "reload",
                false => "restart",
            };
            let mut meaning = line(schema.get("description"));
            let told = values(schema).into_iter();
            let untold: Vec<String> = told.filter(|value| !meaning.contains(value)).collect();
            if !untold.is_empty() {
                let _ = write!(meaning, ": {}", untold.join(", "));
            }
            let _ = writeln!(text, "| `{key}` | {default} | {changed_by} | {meaning} |");
        }
        text
    }
}

fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
    });
    settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// A description on one line.
fn line(text: Option<&Value>) -> String {
    let text = text.and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The values that are possible, where they are few.
fn values(schema: &Value) -> Vec<String> {
    let listed = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let told = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let told = told.filter_map(|one| one.get("const"));
    let words = listed.chain(told).filter_map(Value::as_str);
    words.map(|word| format!("`{word}`")).collect()
}

/// Asks a type for the names of its fields, in their order, and gives it nothing.
struct Listing<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Listing<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("there is nothing to read"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_on_the_page_with_a_meaning() {
        let page = page();
        let whole = schema();
        let names = tables().map(|table| table.heading.trim_matches(['[', ']']));
        for key in whole["properties"].as_object().unwrap().keys() {
            assert!(
                names.contains(&key.as_str()),
                "{key} is no table of the page"
            );
        }
        for table in tables() {
            let properties = table.schema["properties"].as_object().unwrap();
            assert_eq!(properties.len(), table.keys.len(), "{}", table.heading);
            assert!(!line(table.schema.get("description")).is_empty());
            for key in table.keys {
                let schema = &properties[*key];
                assert!(!line(schema.get("description")).is_empty(), "{key}");
                assert!(page.contains(&format!("| `{key}` |")), "{key}");
            }
        }
    }

    #[test]
    fn no_key_takes_a_secret() {
        for table in tables() {
            for key in table.keys {
                let sounds_secret = ["password", "secret", "token", "key", "credential"]
                    .iter()
                    .any(|word| key.contains(word));
                // Paths of files, a switch, and a password that is refused unless it is in the manuals.
                let is_known = ["password", "password_file", "key", "card_token"].contains(key);
                assert!(is_known || !sounds_secret, "{key}");
            }
        }
    }
}
