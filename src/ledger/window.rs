//! The spans that budgets are set for: UTC days and months.

use crate::domain::Timestamp;
use jiff::{Timestamp as Instant, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A kind of span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// From midnight to midnight, UTC.
    Day,
    /// From the first of a month to the first of the next, UTC.
    Month,
}

impl Period {
    /// Returns how a budget for it is called, as in "the daily budget".
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "daily",
            Self::Month => "monthly",
        }
    }
}

/// One span of a kind. Two of one kind never overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BudgetWindow {
    /// The kind.
    pub period: Period,
    /// Its first day.
    first: Date,
}

impl BudgetWindow {
    /// Returns the span that `time` falls into.
    pub fn containing(period: Period, time: Timestamp) -> Self {
        let time = Instant::from_microsecond(time.as_micros()).unwrap_or_default();
        let day = time.to_zoned(TimeZone::UTC).date();
        let first = match period {
            Period::Day => day,
            Period::Month => day.first_of_month(),
        };
        Self { period, first }
    }

    /// Returns when the span began.
    pub fn start(&self) -> Timestamp {
        midnight(self.first)
    }

    /// Returns when the span ends, and its budget starts anew.
    pub fn end(&self) -> Timestamp {
        let next = match self.period {
            Period::Day => self.first.checked_add(1.day()),
            Period::Month => self.first.checked_add(1.month()),
        };
        midnight(next.unwrap_or(Date::MAX))
    }
}

fn midnight(day: Date) -> Timestamp {
    let zoned = day.to_zoned(TimeZone::UTC);
    Timestamp::from_micros(zoned.map_or(i64::MAX, |zoned| zoned.timestamp().as_microsecond()))
}
