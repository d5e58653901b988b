//! Money: an integer of minor units with its currency. Signs are expressed by verbs.

use core::fmt;

pub use iso_currency::Currency;

/// An amount of money, in minor units (øre, cents) of an ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Money {
    /// Minor units.
    pub minor: u64,
    /// ISO 4217 currency.
    pub currency: Currency,
}

impl Money {
    /// `minor` minor units of `currency`.
    #[must_use]
    pub const fn new(minor: u64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether this is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum; `None` when the currencies differ or the sum does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let minor = self.minor.checked_add(other.minor)?;
        Some(Self { minor, ..self })
    }

    /// The difference; `None` when the currencies differ or it would be negative.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let minor = self.minor.checked_sub(other.minor)?;
        Some(Self { minor, ..self })
    }
}

/// For people: `800.00 NOK`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = u32::from(self.currency.exponent().unwrap_or(0));
        let unit = 10_u64.checked_pow(exponent).unwrap_or(1);
        let major = self.minor.checked_div(unit).unwrap_or(0);
        let rest = self.minor.checked_rem(unit).unwrap_or(0);
        if exponent == 0 {
            return write!(f, "{major} {}", self.currency.code());
        }
        let width = usize::try_from(exponent).unwrap_or(0);
        write!(f, "{major}.{rest:0width$} {}", self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn amounts_print_with_their_exponent() {
        assert_eq!(Money::new(80_005, Currency::NOK).to_string(), "800.05 NOK");
        assert_eq!(Money::new(800, Currency::JPY).to_string(), "800 JPY");
    }

    #[test]
    fn sums_refuse_other_currencies_and_overflow() {
        let one = Money::new(1, Currency::NOK);
        assert_eq!(one.checked_add(Money::new(1, Currency::EUR)), None);
        assert_eq!(one.checked_add(Money::new(u64::MAX, Currency::NOK)), None);
        assert_eq!(one.checked_sub(Money::new(2, Currency::NOK)), None);
    }
}
