//! Scopes that are granted and not needed.
//!
//! A call that was refused for lack of money or places needs its scope all the same.

use super::{
    case::Case,
    command,
    finding::{Finding, FindingKind, FindingSubject, Severity},
};
use crate::domain::{RouteName, Scope, ScopeGrant, ScopeSet};
use std::collections::BTreeSet;

/// Returns what a token has and did not use, if it has such.
///
/// What was watched too short and used nothing is not told of. The command keeps all that was used.
pub(super) fn unused(case: &Case<'_>) -> Option<Finding> {
    let granted = &case.token.scopes;
    let used = used(case);
    let kept = needed(granted, &used);
    let unused: Vec<_> = Scope::ALL
        .iter()
        .filter(|scope| granted.allows(**scope) && !kept.allows(**scope))
        .copied()
        .collect();
    if unused.is_empty() {
        return None;
    }
    let is_young = !case.facts.is_watched_long(case.token);
    if kept.is_empty() && is_young {
        return None;
    }
    let grave = unused.iter().any(|scope| is_grave(*scope));
    let severity = if grave { Severity::Medium } else { Severity::Low };
    let items: Vec<_> = unused.iter().map(ToString::to_string).collect();
    let words = format!("granted and not used: {}", items.join(" "));
    let id = &case.token.id;
    let (remedy, command) = if kept.is_empty() {
        let remedy = "It uses no scope at all: disable it, and revoke it when nobody misses it.";
        (remedy, command::token("disable", id, &[]))
    } else {
        let remedy = if unused.contains(&Scope::ReadGenerations) && kept.polls_own() {
            "Take away what it does not use; it goes on polling what it makes, for that comes with \
             its write: scopes."
        } else {
            "Take away what it does not use; what it still needs can be given with another token."
        };
        (remedy, command::token("reduce", id, &difference(granted, &kept)))
    };
    Some(Finding {
        severity: case.if_watched_long(severity),
        kind: FindingKind::UnusedScopes,
        subject: FindingSubject::token(case.token),
        evidence: case.evidence(items, &words),
        remedy: remedy.to_owned(),
        command: Some(command),
    })
}

/// Returns that a token of production has a wildcard, if it does.
///
/// Proposed are the scopes that it used, or all that it may use now, by name.
pub(super) fn production_wildcard(case: &Case<'_>) -> Option<Finding> {
    let granted = &case.token.scopes;
    let wildcards: Vec<_> = granted.grants().filter(|grant| is_wildcard(*grant)).collect();
    if wildcards.is_empty() || !case.is_production() {
        return None;
    }
    let spends = wildcards.contains(&ScopeGrant::WriteAll);
    let named = named(case, granted);
    let scopes: Vec<_> = named.grants().flat_map(keep).collect();
    let items: Vec<_> = wildcards.iter().map(ToString::to_string).collect();
    let words = format!("has {} in production", items.join(" and "));
    Some(Finding {
        severity: if spends { Severity::High } else { Severity::Medium },
        kind: FindingKind::ProductionWildcard,
        subject: FindingSubject::token(case.token),
        evidence: case.evidence(items, &words),
        remedy: "Name the scopes it needs: a wildcard grants what will be added later, too."
            .to_owned(),
        command: Some(command::token("reduce", &case.token.id, &scopes)),
    })
}

/// Says whether a grant is a wildcard.
pub(super) fn is_wildcard(grant: ScopeGrant) -> bool {
    matches!(grant, ScopeGrant::ReadAll | ScopeGrant::WriteAll)
}

/// Says whether a scope spends, or shows what only few should see.
fn is_grave(scope: Scope) -> bool {
    !scope.in_read_wildcard()
}

/// Returns the scopes that calls needed, sent or refused for other reasons than rights.
fn used(case: &Case<'_>) -> BTreeSet<Scope> {
    let routes = &case.settings.routes;
    let scope_of = |name: &RouteName| routes.by_name(name).and_then(|route| route.scope);
    let sent = case.seen.used.iter().filter_map(|used| {
        if used.is_quote { Some(Scope::ReadQuotes) } else { scope_of(&used.route) }
    });
    let tried = case.seen.refused.iter().filter_map(|refused| scope_of(&refused.route));
    sent.chain(tried).collect()
}

/// Returns the least that allows all that was used.
///
/// `write:limited` cannot be divided: it stays if any of it was used and nothing else allows that.
fn needed(granted: &ScopeSet, used: &BTreeSet<Scope>) -> ScopeSet {
    let mut kept: BTreeSet<ScopeGrant> = BTreeSet::new();
    for grant in granted.grants() {
        let included = || Scope::ALL.iter().copied().filter(|scope| grant.includes(*scope));
        match grant {
            ScopeGrant::One(_) if included().all(|scope| used.contains(&scope)) => {
                kept.insert(grant);
            }
            ScopeGrant::One(_) => {}
            ScopeGrant::ReadAll | ScopeGrant::WriteAll
                if included().all(|scope| used.contains(&scope)) =>
            {
                kept.insert(grant);
            }
            ScopeGrant::ReadAll | ScopeGrant::WriteAll => {
                kept.extend(included().filter(|scope| used.contains(scope)).map(ScopeGrant::One));
            }
            ScopeGrant::WriteLimited => {
                let only_here = |scope: &Scope| granted.allows_only_limited(*scope);
                if used.iter().filter(|scope| grant.includes(**scope)).any(only_here) {
                    kept.insert(grant);
                }
            }
        }
    }
    // Prices that are asked of the gateway itself leave no record. Who may make the call may ask for
    // its price anyhow; who may make none may be asking all day.
    let may_call =
        kept.iter().any(|grant| !matches!(grant, ScopeGrant::One(s) if s.in_read_wildcard()));
    if granted.allows(Scope::ReadQuotes) && !may_call && !kept.contains(&ScopeGrant::ReadAll) {
        kept.insert(ScopeGrant::One(Scope::ReadQuotes));
    }
    kept.into_iter().collect()
}

/// Returns the grants with wildcards written out: what was used of them, or all if nothing was.
fn named(case: &Case<'_>, granted: &ScopeSet) -> ScopeSet {
    let used = used(case);
    let ceiling = case.environment.map(|environment| &environment.scopes);
    let is_open = |scope: &Scope| ceiling.is_none_or(|ceiling| ceiling.allows(*scope));
    let others = granted.grants().filter(|grant| !is_wildcard(*grant));
    let included = |grant: ScopeGrant| {
        Scope::ALL.iter().copied().filter(move |scope| is_wildcard(grant) && grant.includes(*scope))
    };
    let needed = granted.grants().flat_map(included).filter(|scope| used.contains(scope));
    let narrow: ScopeSet = others.chain(needed.map(ScopeGrant::One)).collect();
    if !narrow.is_empty() {
        return narrow;
    }
    granted.grants().flat_map(included).filter(is_open).map(ScopeGrant::One).collect()
}

/// Returns the arguments that lead from one to the other, the shorter way.
///
/// Scopes by name are taken away one by one; where there is a wildcard, those that stay are named.
fn difference(granted: &ScopeSet, kept: &ScopeSet) -> Vec<String> {
    let all_by_name = granted.grants().all(|grant| matches!(grant, ScopeGrant::One(_)));
    if !all_by_name {
        return kept.grants().flat_map(keep).collect();
    }
    let gone = granted.grants().filter(|grant| !kept.grants().any(|kept| kept == *grant));
    gone.flat_map(|grant| ["--without".to_owned(), command::scope(grant)]).collect()
}

/// Returns the arguments that keep a grant.
fn keep(grant: ScopeGrant) -> [String; 2] {
    ["--scope".to_owned(), command::scope(grant)]
}
