//! What an operator asks for when changing a token, before anything of it is believed.

use super::{asked::Asked, asked_limits::AskedLimits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What of a token becomes another; what is absent stays as it is. Texts as for a new token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"add_scopes": ["write:edit"], "daily_budget": "10.00", "rate": null}))]
pub struct TokenUpdate {
    /// What people call it from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who answers for it from now on; `null` means nobody.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<String>)]
    pub owner: Asked<String>,
    /// Words of its makers; `null` takes one away, and those that are not named stay.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Option<String>>,
    /// All scopes that it has from now on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Scopes that it has besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add_scopes: Vec<String>,
    /// Scopes that go; taken out of a wildcard, the others of it stay by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// How long it lives from now on, as in `30d`; an expired token lives again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<String>,
    /// What it may spend beyond its daily budget in this UTC day, in dollars; said again, it adds up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_today: Option<String>,
    /// Says that no budget of its own shall limit what it spends; asked for in production, where nothing else
    /// would limit it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_budget: bool,
    /// Its own limits.
    #[serde(flatten)]
    pub limits: AskedLimits,
}
