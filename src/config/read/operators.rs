//! `[operators]`

use crate::config::{
    section::Section,
    settings::OperatorSettings,
    values::{span, whole},
};
use std::time::Duration;

/// Reads `[operators]`.
///
/// A token lives a minute at least.
pub(super) fn operators(mut section: Section<'_>) -> Option<OperatorSettings> {
    let attempts_per_minute = section.read("attempts_per_minute", whole(1, 10_000));
    let token_lifetime = section.read("token_lifetime", span(Duration::from_mins(1)));
    section.end();
    Some(OperatorSettings {
        attempts_per_minute: attempts_per_minute?,
        token_lifetime: token_lifetime?,
    })
}
