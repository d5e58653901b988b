//! Checked text of requests: bounded, printable, and never a card number.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::domain::request::AMOUNT_MAX;
use crate::masking::holds_card_number;

/// Longest text that a request may carry in one field.
const TEXT_MAX: usize = 200;

/// A name or a note: 1 to 200 printable characters in which no card number stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn into_string(self) -> String {
        self.0
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "minLength": 1, "maxLength": TEXT_MAX,
            "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
        })
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                check(text).map_err(E::custom)?;
                Ok(Text(text.to_owned()))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// An amount of 1 to [`AMOUNT_MAX`] minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amount(pub(super) u64);

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": AMOUNT_MAX})
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let minor = whole_number(deserializer)?;
        if (1..=AMOUNT_MAX).contains(&minor) {
            Ok(Self(minor))
        } else {
            Err(de::Error::custom(format_args!(
                "must be from 1 to {AMOUNT_MAX}"
            )))
        }
    }
}

/// A counter or a part of an amount: 0 to [`AMOUNT_MAX`] minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count(pub(super) u64);

impl JsonSchema for Count {
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 0, "maximum": AMOUNT_MAX})
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let minor = whole_number(deserializer)?;
        if minor <= AMOUNT_MAX {
            Ok(Self(minor))
        } else {
            Err(de::Error::custom(format_args!(
                "must be from 0 to {AMOUNT_MAX}"
            )))
        }
    }
}

fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct MinorUnits;
    impl Visitor<'_> for MinorUnits {
        type Value = u64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number of minor units")
        }

        fn visit_u64<E: de::Error>(self, minor: u64) -> Result<u64, E> {
            Ok(minor)
        }
    }
    deserializer.deserialize_u64(MinorUnits)
}

fn check(text: &str) -> Result<(), Problem> {
    if text.is_empty() {
        Err(Problem::Empty)
    } else if text.chars().count() > TEXT_MAX {
        Err(Problem::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(Problem::ControlCharacter)
    } else if holds_card_number(text) {
        Err(Problem::CardNumber)
    } else {
        Ok(())
    }
}

enum Problem {
    Empty,
    TooLong,
    ControlCharacter,
    CardNumber,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong => write!(f, "must not be longer than {TEXT_MAX} characters"),
            Self::ControlCharacter => f.write_str("must not hold control characters"),
            Self::CardNumber => f.write_str("must not hold a card number"),
        }
    }
}
