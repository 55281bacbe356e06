//! Rates as they are written.

/// Reads how many requests a minute there may be, as in `60/min` or `2/s`; `None` for anything else, and for
/// none at all.
pub fn read_rate(text: &str) -> Option<u32> {
    let (count, per) = text.split_once('/')?;
    let count: u32 = count.trim().parse().ok()?;
    let per_minute = match per {
        "min" | "minute" => Some(count),
        "s" | "second" => count.checked_mul(60),
        _ => None,
    };
    per_minute.filter(|count| *count > 0)
}
