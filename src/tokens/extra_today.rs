//! More for one day.

use super::{mistakes::RequestErrors, readings::budget, token_update::TokenUpdate};
use crate::domain::{ExtraBudget, Timestamp, Token, TokenLimits};

/// Returns what a token may spend beyond its daily budget after a request. Of one day it adds up, another day's is
/// forgotten, and without a daily budget there is nothing that it could be more than.
pub(super) fn extra_after(
    mistakes: &mut RequestErrors,
    old: &Token,
    asked: &TokenUpdate,
    limits: &TokenLimits,
    now: Timestamp,
) -> Option<ExtraBudget> {
    let kept = old.extra.filter(|_| limits.daily_budget.is_some());
    let Some(text) = &asked.extra_today else { return kept };
    let more = budget(mistakes, "extra_today", text)?;
    if limits.daily_budget.is_none() {
        mistakes.note("extra_today", "adds to the token's own daily budget, and there is none");
    }
    let amount = old.extra_at(now).unwrap_or_default().plus(more);
    Some(ExtraBudget { day: now.utc_day(), amount })
}
