//! Numbers and durations that are typed, and what is wrong with them in words.

use std::{net::SocketAddr, ops::RangeInclusive, time::Duration};

/// Returns a number with what is counted.
///
/// One of a thing is `1 record`, any other number of it `records`.
pub(super) fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// Reads a whole number from 1 on.
///
/// 0 is refused, for nothing would come of it.
pub(super) fn count(text: &str) -> Result<u64, String> {
    within(text, 1..=u64::MAX)
}

/// Reads a number of images.
///
/// Whether so many are allowed is for the gateway to say.
pub(super) fn images(text: &str) -> Result<u32, String> {
    within(text, 0..=u32::MAX)
}

/// Reads a port.
///
/// 0 stands for any free one.
pub(super) fn port(text: &str) -> Result<u16, String> {
    within(text, 0..=u16::MAX)
}

/// Reads an address to listen at.
///
/// No name is looked up.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an address with a port, like 127.0.0.1:8090".to_owned())
}

/// Reads a duration.
///
/// With a unit, as in `3s`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|_| "must be a duration like 500ms, 3s or 1m".to_owned())
}

/// Reads a number within bounds, both of them allowed.
fn within<T>(text: &str, range: RangeInclusive<T>) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let number = text.parse().ok().filter(|number| range.contains(number));
    number
        .ok_or_else(|| format!("must be a whole number from {} to {}", range.start(), range.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_told_by_what_it_must_be() {
        assert_eq!((count("7"), port("0"), images("4")), (Ok(7), Ok(0), Ok(4)));
        assert_eq!(duration("3s"), Ok(Duration::from_secs(3)));
        assert!(duration("soon").unwrap_err().contains("like 500ms"));
        for wrong in ["", "x", "-1", "1.5", "65536"] {
            let told = port(wrong).unwrap_err();
            assert_eq!(told, "must be a whole number from 0 to 65535", "{wrong}");
        }
        assert!(count("0").is_err());
    }
}
