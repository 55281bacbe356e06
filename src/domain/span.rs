//! Spans of time as the settings write them.

use std::time::Duration;

const UNITS: [(u128, &str); 5] = [
    (24 * 60 * 60 * NANOS, "d"),
    (60 * 60 * NANOS, "h"),
    (60 * NANOS, "m"),
    (NANOS, "s"),
    (1_000_000, "ms"),
];
const NANOS: u128 = 1_000_000_000;
/// A larger number than this is hard to read, unless it is of days.
const MOST_OF_A_UNIT: u128 = 120;

/// Returns a span of time as the settings write it and read it: `90d`, `36h`, `75s` or `1h 1m 5s`. It
/// is never told in months or years, whose lengths differ. What is less than a millisecond is left out.
pub fn written_span(span: Duration) -> String {
    let whole = span.as_nanos();
    let exact = UNITS.iter().find(|(unit, _)| whole >= *unit && whole.is_multiple_of(*unit));
    match exact {
        Some((unit, name)) if whole / unit < MOST_OF_A_UNIT || *name == "d" => {
            format!("{}{name}", whole / unit)
        }
        _ => unit_by_unit(whole),
    }
}

fn unit_by_unit(mut rest: u128) -> String {
    let mut parts = Vec::new();
    for (unit, name) in UNITS {
        if rest >= unit {
            parts.push(format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_comes_out_as_it_was_written() {
        for text in ["90d", "366d", "7d", "36h", "75s", "15s", "2m", "1d", "10m", "250ms", "0s"] {
            assert_eq!(written_span(humantime::parse_duration(text).unwrap()), text);
        }
    }

    #[test]
    fn an_odd_span_is_told_unit_by_unit_and_can_be_read_again() {
        let odd = Duration::from_millis(90 * 24 * 3_600_000 + 3_661_005);
        assert_eq!(written_span(odd), "90d 1h 1m 1s 5ms");
        assert_eq!(humantime::parse_duration(&written_span(odd)).unwrap(), odd);
        assert_eq!(written_span(Duration::from_secs(3_601)), "1h 1s");
        assert_eq!(written_span(Duration::from_nanos(5)), "0s");
    }
}
