//! Forms that stand in many places on the wire: words of closed lists, times, currencies. Each says
//! what it looks like, once, for the schema.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::Error as Missing;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::{Serialize, Serializer, forward_to_deserialize_any};
use serde_json::Value;

use crate::clock;
use crate::domain::app::Role;
use crate::domain::doubt::Finding;
use crate::domain::id::Timestamp;
use crate::domain::order::{Channel, Progress};
use crate::domain::outcome::Strategy;
use crate::domain::payment::{Action, Status};
use crate::domain::tap::MediumKind;
use crate::outcome::code::{Code, NextAction, RetrySafety};
use firmware_protocols::vocabulary::terminal::{PromptKind, ReceiptKind};

/// A list of words that the domain or the catalogue owns. Its serde form is its form on the wire.
pub(super) trait Listed: DeserializeOwned {
    /// Its name in the schema.
    const NAME: &'static str;
    /// What it is about.
    const SAYS: &'static str;

    /// The words, as serde knows them.
    fn words() -> &'static [&'static str] {
        let mut words: &'static [&'static str] = &[];
        // Reading stops as soon as the words are known.
        let _ = Self::deserialize(Words(&mut words));
        words
    }

    /// The schema of a parameter that must be one of them.
    fn choice(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": Self::words(), "description": Self::SAYS})
    }
}

macro_rules! listed {
    ($($list:ty, $name:literal, $says:literal;)*) => {
        $(impl Listed for $list {
            const NAME: &'static str = $name;
            const SAYS: &'static str = $says;
        })*
    };
}

listed! {
    Role, "Role", "What an app may do; each may do what those before it may.";
    Finding, "Finding", "What a person has found out about an operation in doubt.";
    Channel, "Channel", "Where an order was made.";
    Progress, "OrderStatus", "How far an order is: `waiting` (nothing was handed over yet), `partly_done`, `done`, `cancelled`, `busy` (an operation is at work on it).";
    Strategy, "Strategy", "How a deposit was secured (docs/deposit.md).";
    Action, "Action", "What may be done with a payment now.";
    Status, "PaymentStatus", "It follows from what was authorized, captured, voided and refunded.";
    MediumKind, "MediumKind", "What was held against a contactless reader: a card, phone or watch that pays, or a tag.";
    PromptKind, "Prompt", "What the terminal shows.";
    ReceiptKind, "ReceiptKind", "For whom a receipt is.";
    NextAction, "NextAction", "What the cashier should do. Treat one that you do not know as `call_support`.";
    RetrySafety, "RetrySafety", "Whether asking again can do harm: `safe` (nothing has happened), `ask_first` (ask how it stands before another attempt), `never` (it has happened, or would be refused again).";
}

/// What is serialized here has names for keys and cannot fail.
pub(super) fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// One word of a list, on its way out. The list may get longer: apps must expect other words.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Word<T>(pub(super) T);

impl<T: Listed> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "enum": T::words(), "x-extensible": true, "description": T::SAYS,
        })
    }
}

/// A code of the catalogue.
#[derive(Clone, Copy)]
pub(super) struct CodeWord(pub(super) Code);

impl Serialize for CodeWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl JsonSchema for CodeWord {
    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        json_schema!({
            "type": "string", "enum": codes, "x-extensible": true,
            "description": "Why: stable, never used for something else (docs/outcomes.md). Decide by it, never by a sentence.",
        })
    }
}

/// A time, in RFC 3339 and UTC.
pub(super) struct Time(pub(super) Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&clock::format_utc(self.0))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

/// The schema of a currency.
pub(super) struct CurrencyCode;

impl JsonSchema for CurrencyCode {
    fn schema_name() -> Cow<'static, str> {
        "Currency".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217, such as NOK.",
        })
    }
}

/// Reads nothing; learns which words there are.
struct Words<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Words<'_> {
    type Error = Missing;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Missing> {
        Err(Missing::custom("not a list of words"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Missing> {
        *self.0 = words;
        Err(Missing::custom("the words are known"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_words() {
        assert_eq!(Role::words(), ["cashier", "supervisor", "technician"]);
        assert_eq!(Finding::words(), ["carried_out", "not_carried_out"]);
        assert!(Status::words().contains(&"partially_captured"));
    }
}
