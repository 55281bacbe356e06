//! A review for people: gravest first, each with what to do.

use crate::{
    admin::ReviewView,
    cli::{
        number::counted,
        output::{Output, OutputError},
    },
    review::{Finding, FindingKind, Severity},
};

/// Prints the findings by severity, and how many there are.
///
/// A severity without findings is left out.
pub(super) fn show(screen: Output, review: &ReviewView) -> Result<(), OutputError> {
    for severity in Severity::ALL {
        let own: Vec<_> =
            review.findings.iter().filter(|finding| finding.severity == severity).collect();
        if own.is_empty() {
            continue;
        }
        screen.line(format!("{} ({})", severity.as_str().to_uppercase(), own.len()))?;
        own.into_iter().try_for_each(|finding| one(screen, finding))?;
        screen.line("")?;
    }
    screen.line(summary(review))
}

/// Prints one finding: what, why, what to do.
fn one(screen: Output, finding: &Finding) -> Result<(), OutputError> {
    let subject = &finding.subject;
    let name = subject.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let is_their_name = subject.environments.join("+") == subject.id;
    let environments = subject.environments.join(", ");
    let at = if is_their_name { String::new() } else { format!(" in {environments}") };
    screen.line(format!("  {}: {}{name}{at}", title(finding.kind), subject.id))?;
    screen.line(format!("    {}", finding.evidence.words))?;
    screen.line(format!("    {}", finding.remedy))?;
    match &finding.command {
        Some(command) => screen.line(format!("    $ {command}")),
        None => Ok(()),
    }
}

/// Returns a kind in words.
fn title(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::UnusedScopes => "unused scopes",
        FindingKind::IdleToken => "idle token",
        FindingKind::ExpiringToken => "token ends soon",
        FindingKind::OversizedBudget => "budget far above use",
        FindingKind::MissingBudget => "no budget",
        FindingKind::ProductionWildcard => "wildcard in production",
        FindingKind::OldSecretInUse => "old secret in use",
        FindingKind::KeyAge => "old key",
        FindingKind::SharedKey => "shared key",
        FindingKind::LegacyRoute => "legacy routes in use",
    }
}

/// Returns how many there are of each severity.
fn summary(review: &ReviewView) -> String {
    let counts = review.counts;
    let all = [
        (counts.high, Severity::High),
        (counts.medium, Severity::Medium),
        (counts.low, Severity::Low),
        (counts.info, Severity::Info),
    ];
    let told: Vec<_> = all
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    let found = if told.is_empty() { "nothing found".to_owned() } else { told.join(", ") };
    let since: String = review.since.to_string().chars().take(10).collect();
    let tokens = counted(review.tokens as u64, "token");
    format!("{tokens} reviewed, uses since {since}: {found}")
}
