//! Checked text of requests: bounded, visible, and never a card number.

mod characters;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::domain::request::AMOUNT_MAX;
use crate::masking::holds_card_number;
use characters::{DIGITS, NAME, PROSE, Rule, Wrong, visible};

/// Longest text that a request may carry in one field.
const TEXT_MAX: usize = 200;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $rule:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) struct $name(String);

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string", "minLength": 1, "maxLength": TEXT_MAX, "pattern": $rule.pattern(),
                    "not": {"type": "string", "pattern": "^\\s*$"},
                })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Checked(&$rule)).map(Self)
            }
        }
    )*};
}

texts! {
    /// A name: 1 to 200 characters that can be seen, and no card number among them.
    Text: NAME;
    /// A sentence for people, as long.
    Prose: PROSE;
    /// A phone number, written in any way.
    Phone: DIGITS;
}

impl Text {
    pub(super) fn into_string(self) -> String {
        self.0
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prose {
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl Phone {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

struct Checked(&'static Rule);

impl Visitor<'_> for Checked {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        check(text, self.0).map_err(E::custom)?;
        Ok(text.to_owned())
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

fn check(text: &str, rule: &Rule) -> Result<(), Problem> {
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if text.chars().count() > TEXT_MAX {
        return Err(Problem::TooLong);
    }
    rule.check(text).map_err(Problem::Characters)?;
    // Something that nobody sees may stand between the digits.
    if holds_card_number(&visible(text)) {
        return Err(Problem::CardNumber);
    }
    Ok(())
}

enum Problem {
    Empty,
    TooLong,
    Characters(Wrong),
    CardNumber,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = |c: char| u32::from(c);
        match *self {
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong => write!(f, "must not be longer than {TEXT_MAX} characters"),
            Self::Characters(Wrong::Control) => f.write_str("must not hold control characters"),
            Self::Characters(Wrong::Direction(c)) => write!(
                f,
                "must not hold characters that change the direction of writing (U+{:04X})",
                code(c)
            ),
            Self::Characters(Wrong::Invisible(c)) => {
                write!(f, "must not hold invisible characters (U+{:04X})", code(c))
            }
            Self::Characters(Wrong::Blank) => f.write_str("must not be blank"),
            Self::CardNumber => f.write_str("must not hold a card number"),
        }
    }
}
