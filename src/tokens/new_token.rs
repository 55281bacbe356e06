//! What an operator asks for when making a token, before anything of it is believed.

use super::asked_limits::AskedLimits;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A request for a token. Everything is text as it was written, so that all mistakes can be told
/// at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({
    "environment": "prod", "name": "poster-bot", "owner": "marketing",
    "scopes": ["write:generate", "read:generations"],
    "expires_in": "30d", "max_images": 4, "rate": "60/min", "daily_budget": "5.00"
}))]
pub struct NewToken {
    /// The environment whose limits, account and key it uses.
    pub environment: String,
    /// What people call it, 1 to 128 characters.
    pub name: String,
    /// Who answers for it; tokens of one owner share their generations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it may do, as in `write:generate` or `read:*`; at least one.
    pub scopes: Vec<String>,
    /// When it expires, as in `30d` from now; the environment's `token_lifetime` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<String>,
    /// Free words of its makers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Says that no budget of its own shall limit what it spends; asked for in production, where nothing else
    /// would limit it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_budget: bool,
    /// Its own limits.
    #[serde(flatten)]
    pub limits: AskedLimits,
}
