//! What an operator asks for when making a token, before anything of it is believed.

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
    /// The most spend in a UTC day, in dollars, as in `5.00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_budget: Option<String>,
    /// The most spend in a UTC month, in dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_budget: Option<String>,
    /// The most images one call may ask for, 1 to 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_images: Option<u32>,
    /// The most places it may hold at once, 1 or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_places: Option<u32>,
    /// The most requests, as in `60/min`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// The longest wait in the queue, as in `60s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_timeout: Option<String>,
    /// The models it may name; none means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// The rendering speeds it may name; none means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub speeds: Vec<String>,
    /// The hosts that may receive webhooks; none means none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub webhook_hosts: Vec<String>,
    /// The hosts that `image_urls` may point to; none means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_hosts: Vec<String>,
    /// The addresses it may be used from, as in `10.0.0.0/8`; none means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cidrs: Vec<String>,
    /// Free words of its makers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestError {
    /// The field it is about.
    #[schema(value_type = String)]
    pub field: Box<str>,
    /// What is wrong, and what would be right.
    #[schema(value_type = String)]
    pub problem: Box<str>,
}
