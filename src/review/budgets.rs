//! Budgets that would stop nobody in time.

use super::{
    case::Case,
    command,
    finding::{Finding, FindingKind, FindingSubject, Severity},
};
use crate::{
    domain::Usd,
    tokens::{NO_LIMIT, is_unlimited},
};
use std::time::Duration;

/// A cent, in millionths of a dollar.
const CENT: i64 = 10_000;
/// A day, by which spending is added up.
const DAY: Duration = Duration::from_hours(24);
/// The most days of a month.
const MONTH_DAYS: u64 = 31;
/// What a budget is proposed to be, in times of what was used.
const ROOM: u32 = 3;

/// What a token spends, as far as was seen.
struct TokenSpend {
    /// The most on one day.
    day: Usd,
    /// A month at the rate that was seen, and never less than what was spent.
    month: Usd,
}

/// Returns that a token's budget is far above what it spends, if so.
///
/// Far is `budget_factor` times, rounded up to cents. Proposed is three times what it spends, or less if that
/// would be found again.
pub(super) fn oversized(case: &Case<'_>) -> Option<Finding> {
    let spend = TokenSpend::from_case(case)?;
    let limits = &case.token.limits;
    let factor = case.settings.review.budget_factor;
    let budgets = [
        ("--daily-budget", "a day", limits.daily_budget, spend.day),
        ("--monthly-budget", "a month", limits.monthly_budget, spend.month),
    ];
    let (mut words, mut rest) = (Vec::new(), Vec::new());
    for (flag, period, budget, spent) in budgets {
        let Some(budget) = budget.filter(|budget| *budget > in_cents(spent.times(factor))) else {
            continue;
        };
        words.push(format!("may spend ${budget} {period} and spent ${spent} at most"));
        rest.extend([flag.to_owned(), proposal(spent, factor).to_string()]);
    }
    if words.is_empty() {
        return None;
    }
    Some(Finding {
        severity: case.if_watched_long(Severity::Medium),
        kind: FindingKind::OversizedBudget,
        subject: FindingSubject::token(case.token),
        evidence: case.evidence(Vec::new(), &words.join(", ")),
        remedy: "Lower it to a few times what it uses: a budget is what a leaked secret costs."
            .to_owned(),
        command: Some(command::token("reduce", &case.token.id, &rest)),
    })
}

/// Returns that nothing limits what a token may spend, if so: whether or not it has spent yet.
///
/// Without any spending no amount is proposed.
pub(super) fn missing(case: &Case<'_>) -> Option<Finding> {
    if !is_unlimited(case.token, case.settings) {
        return None;
    }
    let (severity, words, command) = match TokenSpend::from_case(case) {
        Some(spend) => {
            let words = format!("spent up to ${} a day, and {NO_LIMIT}", spend.day);
            let rest = ["--daily-budget".to_owned(), proposal(spend.day, ROOM).to_string()];
            let command = command::token("reduce", &case.token.id, &rest);
            (Severity::Medium, words, Some(command))
        }
        // What it needs is not known yet, so no amount is proposed.
        None => (Severity::Low, NO_LIMIT.to_owned(), None),
    };
    Some(Finding {
        severity: case.if_watched_long(severity),
        kind: FindingKind::MissingBudget,
        subject: FindingSubject::token(case.token),
        evidence: case.evidence(Vec::new(), &words),
        remedy: "Give it a budget of a few times what it uses: it is what a leaked secret costs."
            .to_owned(),
        command,
    })
}

impl TokenSpend {
    /// Returns what it spends; `None` when that is nothing, or no money.
    /// The simulator's spending is no money.
    fn from_case(case: &Case<'_>) -> Option<Self> {
        let (day, total) = (case.seen.dearest_day(), case.seen.total());
        if day == Usd::ZERO || !case.is_real() {
            return None;
        }
        let watched = case.facts.now.since(case.facts.watched_since(case.token));
        let days = i64::try_from((watched.as_secs() / DAY.as_secs()).clamp(1, MONTH_DAYS));
        let days = days.unwrap_or(1);
        // A month of days like those that were seen.
        let month = total.as_micros().saturating_mul(31) / days;
        Some(Self { day, month: Usd::from_micros(month).max(total).max(day) })
    }
}

/// Returns a few times the amount, never above what would be found again.
fn proposal(spent: Usd, factor: u32) -> Usd {
    in_cents(spent.times(ROOM.min(factor)))
}

/// Returns the amount in whole cents, rounded up.
fn in_cents(amount: Usd) -> Usd {
    let micros = amount.as_micros();
    let cents = micros.div_euclid(CENT) + i64::from(micros.rem_euclid(CENT) > 0);
    Usd::from_micros(cents.saturating_mul(CENT))
}
