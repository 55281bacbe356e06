//! Money in whole millionths of a dollar; never a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, iter::Sum, str::FromStr};

/// An amount in millionths of a US dollar; written `"5.00"`. Sums that would overflow stay at the
/// largest or smallest amount and never wrap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Usd(i64);

/// A text is not an amount of money.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "an amount is written as dollars with up to six decimals, like \"5.00\", and not below zero"
)]
pub struct MoneyError;

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Accepts millionths of a dollar.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns millionths of a dollar.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the sum, or the largest amount there is.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the difference, which may be below zero. Such an amount can be written, but not
    /// read: what comes from outside is never below zero.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Returns the amount `count` times.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(i64::from(count)))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::plus)
    }
}

impl FromStr for Usd {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        // The library's own reading would take a sign as well.
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > 6 {
            return Err(MoneyError);
        }
        let dollars: i64 = whole.parse().map_err(|_| MoneyError)?;
        let micros: i64 = format!("{decimals:0<6}").parse().map_err(|_| MoneyError)?;
        let total = dollars.checked_mul(1_000_000).and_then(|d| d.checked_add(micros));
        total.map(Self).ok_or(MoneyError)
    }
}

impl fmt::Display for Usd {
    /// Writes at least two decimals, and as many more as the amount needs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, micros) =
            (self.0.unsigned_abs() / 1_000_000, self.0.unsigned_abs() % 1_000_000);
        let decimals = format!("{micros:06}");
        let decimals = decimals.trim_end_matches('0');
        write!(f, "{sign}{whole}.{decimals:0<2}")
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
