//! Moments as operators write them.

use crate::{domain::Timestamp, tokens::Mistake};
use serde_json::from_value;

/// Reads a moment: RFC 3339, a UTC day, or how long ago; notes what it cannot read.
pub(super) fn moment(
    field: &str,
    text: Option<&str>,
    now: Timestamp,
    mistakes: &mut Vec<Mistake>,
) -> Option<Timestamp> {
    let text = text?;
    let ago = || humantime::parse_duration(text).ok().map(|span| now.minus(span));
    let exact = |text: String| from_value(text.into()).ok();
    let moment =
        ago().or_else(|| exact(text.into())).or_else(|| exact(format!("{text}T00:00:00Z")));
    if moment.is_none() {
        let problem =
            format!("'{text}' is neither like 2026-01-31T12:00:00Z or 2026-01-31 nor like 1h");
        mistakes.push(mistake(field, &problem));
    }
    moment
}

/// Returns a mistake about a field.
pub(super) fn mistake(field: &str, problem: &str) -> Mistake {
    Mistake { field: field.into(), problem: problem.into() }
}
