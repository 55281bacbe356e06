//! Routes that Ideogram wants no longer used.

use super::{
    case::{Case, day},
    facts::UsedRoute,
    finding::{Finding, FindingKind, FindingSubject, Severity},
};

/// How the routes of the API before v1 are named.
const BEFORE_V1: &str = "legacy.";

/// Returns that a token uses such routes, if it does.
///
/// Such are the routes without a version, and those that the table marks as deprecated.
pub(super) fn legacy(case: &Case<'_>) -> Option<Finding> {
    let routes = &case.settings.routes;
    let is_deprecated =
        |used: &UsedRoute| routes.by_name(&used.route).is_some_and(|route| route.deprecated);
    let is_legacy =
        |used: &&UsedRoute| used.route.as_str().starts_with(BEFORE_V1) || is_deprecated(used);
    let found: Vec<_> = case.seen.used.iter().filter(is_legacy).collect();
    if found.is_empty() {
        return None;
    }
    let told = |used: &&UsedRoute| {
        format!("{} {} times, last on {}", used.route, used.calls, day(used.last_at))
    };
    let words = format!("calls {}", found.iter().map(told).collect::<Vec<_>>().join(", "));
    let items = found.iter().map(|used| used.route.to_string()).collect();
    Some(Finding {
        severity: Severity::Low,
        kind: FindingKind::LegacyRoute,
        subject: FindingSubject::token(case.token),
        evidence: case.evidence(items, &words),
        remedy: "Move the app to a newer route (`ideogate route list`), then switch these off: \
                 `disable` under [routes]."
            .to_owned(),
        command: None,
    })
}
