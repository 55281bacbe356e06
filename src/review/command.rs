//! Commands as they can be typed.
//!
//! Nobody runs them here: a review only proposes.

use crate::domain::{ScopeGrant, TokenId};
use std::time::Duration;

/// A day.
const DAY: Duration = Duration::from_hours(24);

/// Returns `ideogate token VERB ID …`.
///
/// The words are put in as they are: the caller quotes what a shell would touch.
pub(super) fn token(verb: &str, id: &TokenId, rest: &[String]) -> String {
    let mut command = format!("ideogate token {verb} {id}");
    for word in rest {
        command.push(' ');
        command.push_str(word);
    }
    command
}

/// Returns a scope as a shell leaves it alone.
///
/// A `*` stands in single quotes.
pub(super) fn scope(grant: ScopeGrant) -> String {
    let text = grant.to_string();
    if text.contains('*') { format!("'{text}'") } else { text }
}

/// Returns a span as one number and its unit.
///
/// The largest of days, hours, minutes and seconds that divides it.
pub(super) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let steps = [(DAY.as_secs(), "d"), (3600, "h"), (60, "m")];
    let step = steps.iter().find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size));
    step.map_or_else(|| format!("{seconds}s"), |(size, unit)| format!("{}{unit}", seconds / size))
}

/// Returns a span in whole days, in words.
///
/// Less than a day is told in hours.
pub(super) fn days(span: Duration) -> String {
    let days = span.as_secs() / DAY.as_secs();
    match days {
        0 => format!("{} hours", span.as_secs() / 3600),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
