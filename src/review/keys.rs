//! Ideogram's keys: how old they are, and who shares them.

use super::{
    case::day,
    command,
    facts::{Facts, KeyFacts},
    finding::{Evidence, Finding, FindingKind, FindingSubject, Severity},
};
use crate::{
    config::{Review, Settings},
    domain::EnvironmentName,
};

/// Returns the keys that are in service for too long.
///
/// A key that is twice as old as the limit weighs more.
pub(super) fn ages(facts: &Facts, review: &Review) -> Vec<Finding> {
    let limit = review.key_max_age;
    let is_old = |key: &&KeyFacts| facts.now.since(key.adopted_at) > limit;
    let finding = |key: &KeyFacts| {
        let age = facts.now.since(key.adopted_at);
        let items = names(&key.environments);
        let words = format!(
            "in service since {}, for {}; the limit is {}",
            day(key.adopted_at),
            command::days(age),
            command::days(limit)
        );
        let first = key.environments.first().map(EnvironmentName::as_str).unwrap_or_default();
        Finding {
            severity: if age > limit * 2 { Severity::High } else { Severity::Medium },
            kind: FindingKind::KeyAge,
            subject: FindingSubject {
                id: key.name.clone(),
                name: None,
                environments: items.clone(),
            },
            evidence: of_keys(facts, items, words),
            remedy: "Make a new key at Ideogram, put it where the old one came from, and switch; \
                     revoke the old one there when `ideogate key list` says that nobody uses it."
                .to_owned(),
            command: Some(format!("ideogate key rotate --environment {first}")),
        }
    };
    facts.keys.iter().filter(is_old).map(finding).collect()
}

/// Returns the keys that environments share.
///
/// It weighs more where one of them is production.
pub(super) fn shared(facts: &Facts, settings: &Settings) -> Vec<Finding> {
    let production = &settings.review.production;
    let finding = |group: &Vec<EnvironmentName>| {
        let is_grave = group.iter().any(|name| production.contains(name));
        let items = names(group);
        let words = format!("{} use one key", items.join(", "));
        let own = group.iter().find(|name| production.contains(name)).or_else(|| group.last());
        let own = own.map(EnvironmentName::as_str).unwrap_or_default();
        let remedy = format!(
            "Give each a key of its own: make one at Ideogram for {own}, and give it as {}. Then \
             one can be exchanged or revoked without the others.",
            variable(settings, own)
        );
        Finding {
            severity: if is_grave { Severity::Medium } else { Severity::Low },
            kind: FindingKind::SharedKey,
            subject: FindingSubject {
                id: items.join("+"),
                name: None,
                environments: items.clone(),
            },
            evidence: of_keys(facts, items, words),
            remedy,
            command: None,
        }
    };
    facts.shared_keys.iter().map(finding).collect()
}

/// Returns the evidence, which knows no calls.
fn of_keys(facts: &Facts, items: Vec<String>, words: String) -> Evidence {
    let watched_since = facts.since.max(facts.record_begins.unwrap_or(facts.now));
    Evidence { watched_since, calls: 0, last_used_at: None, items, words }
}

/// Returns the environments as texts.
fn names(environments: &[EnvironmentName]) -> Vec<String> {
    environments.iter().map(ToString::to_string).collect()
}

/// Returns the variable that names the file of an environment's key.
///
/// It is the one that the settings name, or the usual one.
fn variable(settings: &Settings, environment: &str) -> String {
    let stated = settings.key_variables.iter().find(|(name, _)| name.as_str() == environment);
    if let Some((_, stated)) = stated {
        return format!("{stated}_FILE");
    }
    let name = environment.to_ascii_uppercase().replace(['-', '.'], "_");
    format!("IDEOGRAM_API_KEY_{name}_FILE")
}
