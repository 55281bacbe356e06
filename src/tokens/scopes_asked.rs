//! The scopes of a token after a request: replaced first, then added, then taken.

use super::{mistakes::RequestErrors, token_update::TokenUpdate};
use crate::domain::{Scope, ScopeGrant, ScopeSet};
use std::fmt::Display;

/// Returns the scopes that there are after the request, and notes what is wrong with it.
pub(super) fn scopes_after(
    mistakes: &mut RequestErrors,
    old: &ScopeSet,
    asked: &TokenUpdate,
) -> ScopeSet {
    let kept = read(mistakes, "scopes", &asked.scopes);
    let added = read(mistakes, "add_scopes", &asked.add_scopes);
    let mut left = if asked.scopes.is_empty() { old.clone() } else { kept };
    if !added.is_empty() {
        left = left.grants().chain(added.grants()).collect();
    }
    let gone = read(mistakes, "without", &asked.without);
    for grant in gone.grants() {
        left = without(mistakes, &left, grant);
    }
    let asks = !(asked.scopes.is_empty() && asked.without.is_empty());
    if asks && left.is_empty() {
        mistakes.note("scopes", "nothing would be left; disable or revoke the token instead");
    }
    left
}

/// Reads scopes, one by one.
pub(super) fn read(mistakes: &mut RequestErrors, field: &str, texts: &[String]) -> ScopeSet {
    texts.iter().filter_map(|text| mistakes.take(field, text.parse::<ScopeGrant>())).collect()
}

/// Returns the scopes without what `gone` includes; a wildcard of which something goes is written out.
fn without(mistakes: &mut RequestErrors, from: &ScopeSet, gone: ScopeGrant) -> ScopeSet {
    let goes = |scope: &Scope| match gone {
        ScopeGrant::WriteLimited => false,
        gone => gone.includes(*scope),
    };
    if !from.grants().any(|grant| grant == gone)
        && !Scope::ALL.iter().any(|s| goes(s) && from.allows(*s))
    {
        let problem = format_args!("'{gone}' is not granted; there are: {}", list(from.grants()));
        mistakes.note("without", problem);
    }
    let mut left = Vec::new();
    for grant in from.grants() {
        let included = || Scope::ALL.iter().copied().filter(|scope| grant.includes(*scope));
        if grant == gone {
        } else if !included().any(|scope| goes(&scope)) {
            left.push(grant);
        } else if grant != ScopeGrant::WriteLimited {
            left.extend(included().filter(|scope| !goes(scope)).map(ScopeGrant::One));
        } else if gone != ScopeGrant::WriteAll {
            let problem = format_args!("'write:limited' cannot be had without '{gone}'");
            mistakes.note("without", problem);
        }
    }
    left.into_iter().collect()
}

/// Returns items as they are listed in a sentence.
pub(super) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
