//! Checked text of requests: bounded, printable, and never a card number.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::domain::request::AMOUNT_MAX;

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

/// Whether 13 to 19 digits with a right check digit (Luhn) stand together, single blanks and dashes
/// between them or not. Among the digits of an identifier, such as a UUID, some do by chance.
pub(super) fn holds_card_number(text: &str) -> bool {
    let is_outside = |c: char| !is_of_identifier(c);
    let words = text.split_inclusive(is_outside);
    let words = words.map(
        |word| match is_identifier(word.trim_end_matches(is_outside)) {
            true => ".",
            false => word,
        },
    );
    holds_digits_of_card(&words.collect::<String>())
}

const fn is_of_identifier(c: char) -> bool {
    c.is_ascii_hexdigit() || c == '-'
}

/// 32 or more hexadecimal digits, not all of them decimal.
fn is_identifier(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_hexdigit);
    digits.count() >= 32 && word.contains(|c: char| c.is_ascii_alphabetic())
}

fn holds_digits_of_card(text: &str) -> bool {
    let mut digits: Vec<u32> = Vec::new();
    let mut gap = false;
    for c in text.chars().chain(std::iter::once('.')) {
        if let Some(digit) = c.to_digit(10) {
            digits.push(digit);
            gap = false;
        } else if (c == ' ' || c == '-') && !gap {
            gap = true;
        } else {
            if windows_hold_card_number(&digits) {
                return true;
            }
            digits.clear();
            gap = false;
        }
    }
    false
}

/// A longer run of digits, such as an order number, is none by itself: only a run of a card
/// number's own length counts.
fn windows_hold_card_number(digits: &[u32]) -> bool {
    (13..=19).contains(&digits.len()) && is_luhn(digits)
}

fn is_luhn(digits: &[u32]) -> bool {
    let sum = digits
        .iter()
        .rev()
        .enumerate()
        .fold(0_u32, |sum, (at, digit)| {
            let doubled = if at % 2 == 1 {
                digit.saturating_mul(2)
            } else {
                *digit
            };
            sum.saturating_add(if doubled > 9 {
                doubled.saturating_sub(9)
            } else {
                doubled
            })
        });
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_seen_in_any_dress() {
        for text in [
            "4111111111111111",
            "x4111 1111 1111 1111y",
            "4111-1111-1111-1111",
            "378282246310005",
            "for 4111111111111111, a4111111111111111bcdef0123456789",
            "deadbeef4111111111111111",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
        for text in [
            "4111111111111112",
            "411111******1111",
            "ORDER-2026-000123",
            "0000000000000000",
            // Identifiers, ours and those of apps.
            "a4111111111111111bcdef0123456789",
            "a4111111111111111bcdef0123456789.0",
            "af411111-1111-1111-a111-0123456789ab",
            "till 3: a4111111111111111bcdef0123456789, again",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }
}
