//! What an order is found by: marks. They are indexed beside the order, so all that may be told by
//! them is decided here, and nothing else of a phone number or a card account is kept in the clear.

use serde::{Deserialize, Serialize};

use super::id::{OrderId, SealedToken, Timestamp};
use super::order::Order;
use super::payment::Payment;

/// So many digits of a phone number or a card are asked for when somebody searches by it.
const ASKED: usize = 4;

/// So many digits of a phone number are kept: enough to tell one customer of a store from another.
const PHONE_KEPT: usize = 6;

/// A look for orders, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// By what.
    pub wanted: Wanted,
    /// Only those placed at or after the first time and before the second.
    pub placed: Option<(Timestamp, Timestamp)>,
    /// At most so many.
    pub limit: usize,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The order of that name.
    Order(OrderId),
    /// Orders with that mark.
    Mark(Mark),
}

/// Something that an order is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Kind and text; equal marks are equal texts.
    pub text: String,
    /// Digits that tell orders with the same mark apart, where they are known. Of a search: what
    /// these digits must end with.
    pub detail: String,
}

/// The end of a phone number. The rest is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneEnd(String);

/// A payment account reference (PAR): the same for a card and for all devices that stand for it. It
/// pays for nothing, but it tells a person; so it is kept sealed, and found by a keyed digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountReference {
    /// The reference, sealed.
    pub sealed: SealedToken,
    /// Its digest under this station's key.
    pub digest: String,
}

impl PhoneEnd {
    /// The end of a phone number that is written in any way; `None` of fewer than four digits, or
    /// where something stands in it that stands in no phone number.
    #[must_use]
    pub fn of(number: &str) -> Option<Self> {
        let is_part = |c: char| c.is_ascii_digit() || " +-/().".contains(c);
        if !number.chars().all(is_part) {
            return None;
        }
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        let kept = digits.len().saturating_sub(PHONE_KEPT);
        (digits.len() >= ASKED).then(|| Self(digits.into_iter().skip(kept).collect()))
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Mark {
    /// By the name that the system that made the order has for the customer.
    #[must_use]
    pub fn customer_reference(reference: &str) -> Self {
        Self::plain("reference", reference)
    }

    /// By the last digits of the customer's phone number.
    #[must_use]
    pub fn phone(phone: &PhoneEnd) -> Self {
        let (detail, last) = split_end(phone.as_str());
        Self {
            detail,
            ..Self::plain("phone", &last)
        }
    }

    /// By a tag that the customer carries.
    #[must_use]
    pub fn tag(tag: &str) -> Self {
        Self::plain("tag", tag)
    }

    /// By the digest of a payment account reference.
    #[must_use]
    pub fn account(digest: &str) -> Self {
        Self::plain("par", digest)
    }

    /// By a masked card number, or only its last four digits; `None` where they are not shown.
    #[must_use]
    pub fn card(masked: &str) -> Option<Self> {
        let (front, last) = split_end(masked);
        let is_shown = last.len() == ASKED && last.chars().all(|c| c.is_ascii_digit());
        let detail = front.chars().take_while(char::is_ascii_digit).collect();
        is_shown.then(|| Self {
            detail,
            ..Self::plain("card", &last)
        })
    }

    /// The marks of an order itself.
    #[must_use]
    pub fn of_order(order: &Order) -> Vec<Self> {
        let reference = order.customer_reference.as_deref();
        let mut marks: Vec<Self> = reference
            .map(Self::customer_reference)
            .into_iter()
            .collect();
        marks.extend(order.phone.as_ref().map(Self::phone));
        marks.extend(order.tags.iter().map(|tag| Self::tag(tag)));
        marks
    }

    /// The marks that a payment gives to its order.
    #[must_use]
    pub fn of_payment(payment: &Payment) -> Vec<Self> {
        let card = payment.card.as_ref();
        let masked = card.and_then(|card| card.masked_pan.as_ref());
        let mut marks: Vec<Self> = masked
            .and_then(|masked| Self::card(masked.as_str()))
            .into_iter()
            .collect();
        let account = payment.par.as_ref();
        marks.extend(account.map(|par| Self::account(&par.digest)));
        marks
    }

    fn plain(kind: &str, text: &str) -> Self {
        Self {
            text: format!("{kind} {text}"),
            detail: String::new(),
        }
    }
}

/// What stands before the last four characters, and these.
fn split_end(text: &str) -> (String, String) {
    let front = text.chars().count().saturating_sub(ASKED);
    (
        text.chars().take(front).collect(),
        text.chars().skip(front).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_phone_number_only_its_end_is_kept() {
        for (number, kept) in [
            ("+47 912 34 567", Some("234567")),
            ("(0)49/30-123456.7", Some("234567")),
            ("4567", Some("4567")),
            ("567", None),
            ("ask at 4567", None),
            ("", None),
        ] {
            let end = PhoneEnd::of(number);
            assert_eq!(end.as_ref().map(PhoneEnd::as_str), kept, "{number}");
        }
    }

    #[test]
    fn marks_tell_kinds_apart_and_keep_what_was_shown() {
        let phone = Mark::phone(&PhoneEnd::of("91234567").unwrap());
        assert_eq!((&*phone.text, &*phone.detail), ("phone 4567", "23"));
        for (masked, mark) in [
            ("411111******1111", Some(("card 1111", "411111"))),
            ("1111", Some(("card 1111", ""))),
            ("************1111", Some(("card 1111", ""))),
            ("411111******", None),
            ("111", None),
        ] {
            let found = Mark::card(masked);
            let found = found.as_ref().map(|it| (&*it.text, &*it.detail));
            assert_eq!(found, mark, "{masked}");
        }
        assert_ne!(
            Mark::tag("1111").text,
            Mark::customer_reference("1111").text
        );
    }
}
