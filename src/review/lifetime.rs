//! Tokens nobody uses, tokens that end soon, secrets that should be gone.

use super::{
    case::{Case, day},
    command,
    finding::{Evidence, Finding, FindingKind, FindingSubject, Severity},
};
use crate::domain::Scope;
use std::time::Duration;

/// What ends sooner than that cannot wait.
const URGENT: Duration = Duration::from_hours(48);
/// A day.
const DAY: Duration = Duration::from_hours(24);
/// The longest life that a token may be given.
const LONGEST_LIFE: Duration = Duration::from_hours(366 * 24);

/// Returns that nobody uses a token, if so.
///
/// A token that was never used is idle from the day it was made. It weighs more if it may spend.
pub(super) fn idle(case: &Case<'_>) -> Option<Finding> {
    let (facts, token) = (case.facts, case.token);
    let limit = case.settings.review.idle_after;
    let seen = case.seen.last_seen.unwrap_or(token.created_at).max(token.created_at);
    // Before the record began nobody looked.
    let watched = seen.max(facts.record_begins.unwrap_or(facts.now));
    if facts.now.since(watched) < limit {
        return None;
    }
    let grave =
        Scope::ALL.iter().any(|scope| !scope.in_read_wildcard() && token.scopes.allows(*scope));
    let words = format!("not used for {}", command::days(facts.now.since(watched)));
    Some(Finding {
        severity: if grave { Severity::Medium } else { Severity::Low },
        kind: FindingKind::IdleToken,
        subject: FindingSubject::token(token),
        evidence: case.evidence(Vec::new(), &words),
        remedy: "Disable it, and revoke it when nobody misses it. Price quotes of the gateway \
                 leave no record: ask first if it may be for those."
            .to_owned(),
        command: Some(command::token("disable", &token.id, &[])),
    })
}

/// Returns that a token ends soon, if so.
///
/// The proposed life is long enough not to be found again at once.
pub(super) fn expiring(case: &Case<'_>) -> Option<Finding> {
    let (facts, token, review) = (case.facts, case.token, &case.settings.review);
    let left = token.expires_at.since(facts.now);
    if left >= review.expiring_within {
        return None;
    }
    let is_used = case.seen.calls() > 0;
    let severity = match is_used {
        true if left < URGENT => Severity::High,
        true => Severity::Medium,
        false => Severity::Low,
    };
    let usual = case.environment.map_or(LONGEST_LIFE, |environment| environment.token_lifetime);
    let life = usual.max(review.expiring_within + DAY).min(LONGEST_LIFE);
    let mut rest = vec!["--expires-in".to_owned(), command::span(life)];
    // Two secrets live at once at most: without this, `rotate` is refused.
    if case.seen.old_secret.is_some() {
        rest.push("--drop-old".to_owned());
    }
    let words = format!("ends on {}, in {}", day(token.expires_at), command::days(left));
    Some(Finding {
        severity,
        kind: FindingKind::ExpiringToken,
        subject: FindingSubject::token(token),
        evidence: case.evidence(Vec::new(), &words),
        remedy:
            "Give it a longer life with another secret, and hand that to the app; or let it end."
                .to_owned(),
        command: Some(command::token("rotate", &token.id, &rest)),
    })
}

/// Returns that somebody still uses a secret that was replaced, if so.
///
/// Uses before the new one was made do not count.
pub(super) fn old_secret(case: &Case<'_>) -> Option<Finding> {
    let old = case.seen.old_secret?;
    let last_used = old.last_used.filter(|used| *used > old.replaced_at)?;
    let left = old.ends_at.since(case.facts.now);
    let words = format!(
        "secret {} was replaced on {} and used after it; it ends on {}, in {}",
        old.number,
        day(old.replaced_at),
        day(old.ends_at),
        command::days(left)
    );
    let found = case.evidence(vec![format!("secret {}", old.number)], &words);
    Some(Finding {
        severity: if left < URGENT { Severity::Medium } else { Severity::Low },
        kind: FindingKind::OldSecretInUse,
        subject: FindingSubject::token(case.token),
        evidence: Evidence { last_used_at: Some(last_used), ..found },
        remedy: "Some app does not have the new secret yet: hand it over before the old one ends."
            .to_owned(),
        command: None,
    })
}
