//! Sees card numbers in any text, to refuse them in requests and to blacken them in what is logged.

use std::ops::Range;

/// Whether 13 to 19 digits with a right check digit (Luhn) stand together, single blanks and dashes
/// between them or not. Among the digits of an identifier, such as a UUID, some do by chance.
#[must_use]
pub fn holds_card_number(text: &str) -> bool {
    !card_numbers(text).is_empty()
}

/// The text with a star for each digit of a card number; it is as long as before.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for found in card_numbers(text) {
        for byte in bytes.get_mut(found).into_iter().flatten() {
            if byte.is_ascii_digit() {
                *byte = b'*';
            }
        }
    }
    // Single bytes were replaced by single bytes: it is text still.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Where card numbers stand, in bytes.
fn card_numbers(text: &str) -> Vec<Range<usize>> {
    let text = without_identifiers(text);
    let mut found = Vec::new();
    let mut digits: Vec<u32> = Vec::new();
    let mut run = 0..0;
    let mut gap = false;
    for (at, c) in text
        .char_indices()
        .chain(std::iter::once((text.len(), '.')))
    {
        if let Some(digit) = c.to_digit(10) {
            if digits.is_empty() {
                run.start = at;
            }
            digits.push(digit);
            run.end = at.saturating_add(1);
            gap = false;
        } else if (c == ' ' || c == '-') && !gap {
            gap = true;
        } else {
            if is_card_number(&digits) {
                found.push(run.clone());
            }
            digits.clear();
            gap = false;
        }
    }
    found
}

/// The text with dots for identifiers, as long as before.
fn without_identifiers(text: &str) -> String {
    let is_outside = |c: char| !is_of_identifier(c);
    let words = text.split_inclusive(is_outside).map(|word| {
        let inside = word.trim_end_matches(is_outside);
        match is_identifier(inside) {
            true => {
                let behind = word.get(inside.len()..).unwrap_or_default();
                format!("{}{behind}", ".".repeat(inside.len()))
            }
            false => word.to_owned(),
        }
    });
    words.collect()
}

const fn is_of_identifier(c: char) -> bool {
    c.is_ascii_hexdigit() || c == '-'
}

/// 32 or more hexadecimal digits, not all of them decimal.
fn is_identifier(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_hexdigit);
    digits.count() >= 32 && word.contains(|c: char| c.is_ascii_alphabetic())
}

/// A longer run of digits, such as an order number, is none by itself: only a run of a card
/// number's own length counts.
fn is_card_number(digits: &[u32]) -> bool {
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
            let masked = masked(text);
            assert!(!holds_card_number(&masked), "{masked}");
            assert_eq!(masked.len(), text.len());
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
            assert_eq!(masked(text), text);
        }
        assert_eq!(
            masked("å 4111 1111 1111 1111; a4111111111111111bcdef0123456789, x"),
            "å **** **** **** ****; a4111111111111111bcdef0123456789, x"
        );
    }
}
