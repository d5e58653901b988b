//! Packed decimal: two digits per byte, the more significant first.

use alloc::string::String;
use core::fmt;

/// A number of `2 * N` digits as it is on the wire and on the receipt: leading zeros are part of it.
///
/// Other nibbles than digits survive; [`Bcd::number`] then says `None`. Card numbers never become
/// one of these: they have no fixed length.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bcd<const N: usize>([u8; N]);

impl<const N: usize> Bcd<N> {
    /// As on the wire.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// `digits` with zeros to their left; `None` when empty, too long or not digits.
    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Self> {
        if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let mut nibbles = digits.bytes().rev().map(|c| c & 0x0F);
        let mut bytes = [0; N];
        for byte in bytes.iter_mut().rev() {
            let low = nibbles.next().unwrap_or(0);
            let high = nibbles.next().unwrap_or(0);
            *byte = high << 4 | low;
        }
        match nibbles.all(|digit| digit == 0) {
            true => Some(Self(bytes)),
            false => None,
        }
    }

    /// `number` with zeros to its left; `None` when it has more than `2 * N` digits.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        let mut rest = number;
        let mut bytes = [0; N];
        for byte in bytes.iter_mut().rev() {
            let pair = u8::try_from(rest % 100).unwrap_or(0);
            *byte = (pair / 10) << 4 | (pair % 10);
            rest /= 100;
        }
        (rest == 0).then_some(Self(bytes))
    }

    /// As on the wire.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; N] {
        &self.0
    }

    /// Its value; `None` when a nibble is no digit or it does not fit.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        number(&self.0)
    }

    /// Its digits, all of them; nibbles above 9 as letters.
    #[must_use]
    pub fn digits(&self) -> String {
        digits(&self.0)
    }
}

impl<const N: usize> fmt::Debug for Bcd<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits())
    }
}

/// The nibbles of `bytes`, the high one first.
pub fn nibbles(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F])
}

/// The value of packed digits of any length; `None` when a nibble is no digit or it does not fit.
#[must_use]
pub fn number(bytes: &[u8]) -> Option<u64> {
    nibbles(bytes).try_fold(0_u64, |sum, digit| {
        if digit > 9 {
            return None;
        }
        sum.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// Packed digits of any length as text; nibbles above 9 as letters.
#[must_use]
pub fn digits(bytes: &[u8]) -> String {
    nibbles(bytes)
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_filled_on_the_left() {
        let amount = Bcd::<6>::from_number(1234).unwrap();
        assert_eq!(amount.bytes(), &[0, 0, 0, 0, 0x12, 0x34]);
        assert_eq!(Bcd::<6>::from_digits("1234"), Some(amount));
        assert_eq!(amount.number(), Some(1234));
        assert_eq!(amount.digits(), "000000001234");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(Bcd::<2>::from_number(10_000), None);
        assert_eq!(Bcd::<2>::from_digits("10000"), None);
        assert_eq!(Bcd::<2>::from_digits("12a"), None);
        assert_eq!(Bcd::<2>::from_digits(""), None);
        assert_eq!(Bcd::<2>::from_digits("000012"), Bcd::from_number(12));
        assert_eq!(Bcd::<2>::from_bytes([0xFF, 0xFF]).number(), None);
    }
}
