//! The notifications that others make, each with what it tells.

use super::{Notice, NoticeKind};
use crate::domain::{AccountName, EnvironmentName, Timestamp, Token, Usd};
use serde_json::{Map, Value, json};

/// How far a budget is used up. Whose it is comes first in the data: `token_id` and `token_name`,
/// `environment` or `account`.
#[derive(Debug, Clone)]
pub struct SpentBudget {
    /// `token`, `environment` or `account`.
    pub subject: &'static str,
    /// Whose budget it is, as members of the data.
    pub whose: Vec<(&'static str, String)>,
    /// `day` or `month`.
    pub period: &'static str,
    /// How much of it is used: 80 or 100.
    pub percent: u8,
    /// The budget.
    pub limit: Usd,
    /// What counts against it.
    pub spent: Usd,
    /// When its day or month began.
    pub starts_at: Timestamp,
    /// When it starts anew.
    pub resets_at: Timestamp,
}

impl Notice {
    /// A budget is used up to a threshold; told once in its day or month.
    pub fn budget_threshold(budget: &SpentBudget) -> Self {
        let SpentBudget { subject, whose, period, percent, limit, spent, starts_at, resets_at } =
            budget;
        let window = starts_at.to_string();
        let (percent_text, limit_text) = (percent.to_string(), limit.to_string());
        let id = whose.first().map(|(_, id)| id.as_str()).unwrap_or_default();
        let of = [subject, id, period, &*window, &*limit_text, &*percent_text];
        let mut data = object(json!({
            "subject": subject, "period": period, "percent": percent, "limit_usd": limit,
            "spent_usd": spent, "window": window.get(..10), "resets_at": resets_at,
        }));
        data.extend(whose.iter().map(|(key, value)| ((*key).to_owned(), json!(value))));
        Self::once(NoticeKind::BudgetThreshold, &of, Value::Object(data))
    }

    /// What is left on an account fell below its threshold; told once for each balance that was told.
    pub fn balance_low(
        account: &AccountName,
        left: Usd,
        threshold: Usd,
        set_at: Timestamp,
    ) -> Self {
        let data = json!({
            "account": account, "left_usd": left, "threshold_usd": threshold, "exhausted": false,
        });
        let of = [account.as_str(), &set_at.to_string()];
        Self::once(NoticeKind::BalanceLow, &of, data)
    }

    /// Ideogram said that a balance is used up; told once each time that it begins.
    pub fn balance_exhausted(account: &AccountName, since: Timestamp) -> Self {
        let data = json!({"account": account, "since": since, "exhausted": true});
        let of = [account.as_str(), "exhausted", &since.to_string()];
        Self::once(NoticeKind::BalanceLow, &of, data)
    }

    /// A key is in service for too long; told once a month.
    pub fn key_old(
        account: &AccountName,
        environments: &[EnvironmentName],
        version: &str,
        adopted_at: Timestamp,
        (age_days, max_days): (u64, u64),
        now: Timestamp,
    ) -> Self {
        let data = json!({
            "account": account, "environments": environments, "version": version,
            "adopted_at": adopted_at, "age_days": age_days, "max_days": max_days,
        });
        let (adopted, month) = (adopted_at.to_string(), now.to_string());
        let month = month.get(..7).unwrap_or_default();
        Self::once(NoticeKind::KeyOld, &[account.as_str(), version, &adopted, month], data)
    }

    /// A token ends soon; told once for each end that it is given.
    pub fn token_expiring(token: &Token) -> Self {
        let mut data = object(json!({
            "token_id": token.id, "name": token.name, "environment": token.environment,
            "expires_at": token.expires_at,
        }));
        data.extend(token.owner.as_ref().map(|owner| ("owner".to_owned(), json!(owner))));
        let of = [token.id.as_str(), &token.expires_at.to_string()];
        Self::once(NoticeKind::TokenExpiring, &of, Value::Object(data))
    }

    /// The database fills: so much of what calls may fill is used.
    pub fn database_fills(bytes: u64, max_size: u64, percent: u64) -> Self {
        let data = json!({
            "what": "database", "database_bytes": bytes, "max_bytes": max_size, "percent": percent,
        });
        Self::each_time(NoticeKind::DiskLow, data)
    }

    /// The disk of the data folder fills.
    pub fn disk_fills(free: u64, least: u64) -> Self {
        let data = json!({"what": "disk", "free_bytes": free, "least_bytes": least});
        Self::each_time(NoticeKind::DiskLow, data)
    }

    /// Calls cannot be put on record since then.
    pub fn audit_unavailable(reason: &str, since: Timestamp) -> Self {
        let data = json!({"reason": reason, "since": since, "recovered": false});
        Self::each_time(NoticeKind::AuditUnavailable, data)
    }

    /// Calls can be put on record again.
    pub fn audit_available_again(since: Timestamp) -> Self {
        let data = json!({"since": since, "recovered": true});
        Self::each_time(NoticeKind::AuditUnavailable, data)
    }

    /// The end of the record was not signed or not kept; the number is that of the last one that was.
    pub fn checkpoint_failed(reason: &str, last_signed: u64) -> Self {
        let data = json!({"reason": reason, "last_signed": last_signed});
        Self::each_time(NoticeKind::CheckpointFailed, data)
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
