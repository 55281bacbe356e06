//! Moments and spans as people say them.
//!
//! All times are UTC.

use super::number::counted;
use crate::domain::Timestamp;
use std::time::Duration;

/// The units that spans are told in, with their seconds.
const STEPS: [(u64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];

/// Returns a moment as `2026-01-31 12:00:00Z`.
///
/// Fractions of seconds are cut off.
pub(super) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..19).map_or(text.clone(), |seconds| seconds.replace('T', " ") + "Z")
}

/// Returns a moment with its distance from now, as `2026-01-31 12:00:00Z (in 30 days)`.
///
/// The distance is in whole units of the largest that fits, rounded down.
pub(super) fn from_now(at: Timestamp, now: Timestamp) -> String {
    let distance = if at > now {
        format!("in {}", span(at.since(now)))
    } else {
        format!("{} ago", span(now.since(at)))
    };
    format!("{} ({distance})", moment(at))
}

/// Returns a span in its largest unit.
fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let step = STEPS.iter().find(|(size, _)| seconds >= *size).unwrap_or(&STEPS[3]);
    let count = seconds / step.0;
    counted(count, step.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_with_its_distance() {
        let now = Timestamp::from_micros(1_700_000_000_123_456);
        let day = Duration::from_hours(24);
        assert_eq!(from_now(now.plus(day * 30), now), "2023-12-14 22:13:20Z (in 30 days)");
        assert_eq!(from_now(now.minus(day / 24), now), "2023-11-14 21:13:20Z (1 hour ago)");
        assert_eq!(from_now(now, now), "2023-11-14 22:13:20Z (0 seconds ago)");
    }
}
