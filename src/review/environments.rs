//! Limits of production that limit nothing.

use super::{
    facts::Facts,
    finding::{Evidence, Finding, FindingKind, FindingSubject, Severity},
    scopes::is_wildcard,
};
use crate::{
    config::Settings,
    domain::{EnvironmentName, ScopeGrant},
};

/// Returns the environments of production that allow wildcards.
///
/// The tokens of these environments are judged by themselves.
pub(super) fn wildcards(facts: &Facts, settings: &Settings) -> Vec<Finding> {
    let production = settings.review.production.iter();
    production.filter_map(|name| wildcard(facts, settings, name)).collect()
}

/// Returns the finding for one environment, if it allows any.
fn wildcard(facts: &Facts, settings: &Settings, name: &EnvironmentName) -> Option<Finding> {
    let environment = settings.environments.get(name)?;
    let found: Vec<_> = environment.scopes.grants().filter(|grant| is_wildcard(*grant)).collect();
    if found.is_empty() {
        return None;
    }
    let items: Vec<_> = found.iter().map(ToString::to_string).collect();
    let words = format!("its limit (`scopes`) allows {}", items.join(" and "));
    let watched_since = facts.since.max(facts.record_begins.unwrap_or(facts.now));
    let spends = found.contains(&ScopeGrant::WriteAll);
    Some(Finding {
        severity: if spends { Severity::Medium } else { Severity::Low },
        kind: FindingKind::ProductionWildcard,
        subject: FindingSubject::environment(name),
        evidence: Evidence { watched_since, calls: 0, last_used_at: None, items, words },
        remedy: format!("Name the scopes in the settings: `scopes` under [environments.{name}]."),
        command: None,
    })
}
