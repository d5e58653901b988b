//! What may be known of a card outside the codec. A full card number is not among it.

use alloc::string::String;
use core::fmt;

/// A card number as it may be shown and stored: at most the first six and the last four digits,
/// `*` for the rest. No card number has more than 19 digits; of a longer one the middle is left out.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(from = "String", into = "String")
)]
pub struct MaskedPan {
    /// Digits and stars.
    text: [u8; MOST_DIGITS],
    length: u8,
}

/// Of a card number (ISO/IEC 7812).
const MOST_DIGITS: usize = 19;

impl MaskedPan {
    /// Masks `digits` (a card number, or one that the terminal has masked with any other
    /// character already). Of fewer than 13 characters nothing but the last four is shown.
    #[must_use]
    pub fn of(digits: &str) -> Self {
        let digits = digits.as_bytes();
        Self::of_each(digits.len(), |at| digits.get(at).copied())
    }

    /// The same, of so many characters. Those that stay hidden are not asked for.
    #[must_use]
    pub(crate) fn of_each(count: usize, character: impl Fn(usize) -> Option<u8>) -> Self {
        let head = if count < 13 { 0 } else { 6 };
        let length = count.min(MOST_DIGITS);
        let tail_from = length.saturating_sub(4).max(head);
        let left_out = count.saturating_sub(length);
        let mut text = [b'*'; MOST_DIGITS];
        for (at, shown) in text.iter_mut().enumerate().take(length) {
            let from = match at {
                _ if at < head => at,
                _ if at >= tail_from => at.saturating_add(left_out),
                _ => continue,
            };
            if let Some(digit @ b'0'..=b'9') = character(from) {
                *shown = digit;
            }
        }
        Self {
            text,
            length: u8::try_from(length).unwrap_or(0),
        }
    }

    /// The masked number, such as `471111******1112`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = self.text.get(..usize::from(self.length));
        core::str::from_utf8(text.unwrap_or_default()).unwrap_or_default()
    }
}

impl fmt::Debug for MaskedPan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<MaskedPan> for String {
    fn from(pan: MaskedPan) -> Self {
        Self::from(pan.as_str())
    }
}

/// Reading one back masks it once more, so that no stored or sent text can smuggle a number in.
impl From<String> for MaskedPan {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

/// A reusable reference to a card, in the clear, as the terminal or the processor gave it.
///
/// It is a secret: it does not print and cannot be serialized. The station seals it (see `vault` in
/// crate posd) before it meets the domain or the journal.
#[derive(Clone, PartialEq, Eq)]
pub struct CardToken(String);

impl CardToken {
    /// Wraps the token's text; binary tokens are written as lower-case hex by the codec.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the vault and for the simulator.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardToken(..)")
    }
}

/// How the card was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum EntryMode {
    /// Magnetic stripe.
    MagneticStripe,
    /// Contact chip.
    Chip,
    /// Contactless.
    Contactless,
}

/// What a receipt says about the card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Card {
    /// Masked number, where the terminal told it.
    pub masked_pan: Option<MaskedPan>,
    /// Brand as printed by the terminal, such as `VISA`.
    pub brand: Option<String>,
    /// How it was read, where the terminal told it.
    pub entry_mode: Option<EntryMode>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn numbers_are_masked_whatever_their_shape() {
        for (given, shown) in [
            ("4711110000001112", "471111******1112"),
            ("559883EEEEEE8074", "559883******8074"),
            ("4711111112", "******1112"),
            ("12", "12"),
            ("", ""),
            ("123456789012345678901234", "123456*********1234"),
        ] {
            assert_eq!(MaskedPan::of(given).as_str(), shown);
            assert_eq!(MaskedPan::of(shown).as_str(), shown);
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let token = CardToken::new("deadbeef".into());
        assert!(!format!("{token:?}").contains("deadbeef"));
    }
}
