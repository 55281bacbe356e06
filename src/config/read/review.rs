//! `[review]`

use crate::config::{
    names::known_environment,
    review::Review,
    section::Section,
    values::{list, span, whole},
};
use std::time::Duration;

/// Reads `[review]`; `environments` are those that there are.
///
/// Spans of time that something is looked back at are at least a day. An environment that is named and not
/// there is a mistake.
pub(super) fn read(mut section: Section<'_>, environments: &[Box<str>]) -> Option<Review> {
    let day = Duration::from_hours(24);
    let window = section.read("window", span(day));
    let idle_after = section.read("idle_after", span(day));
    let expiring_within = section.read("expiring_within", span(Duration::ZERO));
    let key_max_age = section.read("key_max_age", span(day));
    let budget_factor = section.read("budget_factor", whole(1, 1_000_000));
    let production = section.read("production", list(|node| known_environment(node, environments)));
    section.end();
    Some(Review {
        window: window?,
        idle_after: idle_after?,
        expiring_within: expiring_within?,
        key_max_age: key_max_age?,
        budget_factor: budget_factor?,
        production: production?,
    })
}
