//! From facts to findings.

use super::{
    budgets, case::Case, environments, facts::Facts, finding::Finding, keys, lifetime, routes,
    scopes,
};
use crate::config::Settings;

/// Returns everything that could be less, gravest first; the same facts make the same findings.
///
/// Nothing is read or changed here. Findings of equal weight are in order of kind and subject.
pub fn judge(facts: &Facts, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for token in &facts.tokens {
        let environment = settings.environments.get(&token.token.environment).map(AsRef::as_ref);
        let case = Case { facts, settings, token: &token.token, seen: token, environment };
        findings.extend(judge_token(&case));
    }
    findings.extend(environments::wildcards(facts, settings));
    findings.extend(keys::ages(facts, &settings.review));
    findings.extend(keys::shared(facts, settings));
    findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.kind.cmp(&b.kind))
            .then_with(|| a.subject.id.cmp(&b.subject.id))
    });
    findings
}

/// Returns what is found about one token.
///
/// Of a token that nobody uses it is only told what still matters then: that it is idle, has a wildcard, an
/// old secret or old routes.
fn judge_token(case: &Case<'_>) -> Vec<Finding> {
    let idle = lifetime::idle(case);
    let is_idle = idle.is_some();
    let in_use = [
        scopes::unused(case),
        lifetime::expiring(case),
        budgets::oversized(case),
        budgets::missing(case),
    ];
    let in_use = in_use.into_iter().flatten().filter(|_| !is_idle);
    let always =
        [idle, scopes::production_wildcard(case), lifetime::old_secret(case), routes::legacy(case)];
    always.into_iter().flatten().chain(in_use).map(|finding| case.weigh(finding)).collect()
}
