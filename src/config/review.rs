//! `[review]`: what an access review takes for too much.

use super::{
    read::known_environment,
    section::Section,
    values::{list, span, whole},
};
use crate::domain::EnvironmentName;
use std::time::Duration;

/// `[review]`: what `ideogate review` takes for too much, too old or too close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// How far back it looks.
    pub window: Duration,
    /// A token that was not used for so long is idle.
    pub idle_after: Duration,
    /// A token that ends sooner than that is told of.
    pub expiring_within: Duration,
    /// A key of Ideogram's that is older is to be exchanged.
    pub key_max_age: Duration,
    /// A budget of more than so many times what was used is too large.
    pub budget_factor: u32,
    /// The environments in which nothing is to be granted by wildcard.
    pub production: Vec<EnvironmentName>,
}

/// Reads `[review]`; `environments` are those that there are.
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
