//! A review for people: gravest first, each with what to do.

use crate::{
    admin::ReviewView,
    cli::screen::{OutputError, Screen},
    review::{Finding, Kind, Severity},
};

/// Prints the findings by severity, and how many there are.
pub(super) fn show(screen: Screen, review: &ReviewView) -> Result<(), OutputError> {
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

fn one(screen: Screen, finding: &Finding) -> Result<(), OutputError> {
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

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::UnusedScopes => "unused scopes",
        Kind::IdleToken => "idle token",
        Kind::ExpiringToken => "token ends soon",
        Kind::OversizedBudget => "budget far above use",
        Kind::MissingBudget => "no budget",
        Kind::ProductionWildcard => "wildcard in production",
        Kind::OldSecretInUse => "old secret in use",
        Kind::KeyAge => "old key",
        Kind::SharedKey => "shared key",
        Kind::LegacyRoute => "legacy routes in use",
    }
}

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
    let plural = if review.tokens == 1 { "" } else { "s" };
    let since: String = review.since.to_string().chars().take(10).collect();
    format!("{} token{plural} reviewed, uses since {since}: {found}", review.tokens)
}
