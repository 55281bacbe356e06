//! What is found.

use crate::domain::{EnvironmentName, Timestamp, Token};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// How much it matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Worth doing.
    Low,
    /// Should be done.
    Medium,
    /// Should be done today.
    High,
}

impl Severity {
    /// All of them, gravest first.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::Info];

    /// Returns the word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Returns the next lower one: what was looked at for a short time only weighs less.
    ///
    /// The lowest stays.
    pub(super) const fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Info => Self::Info,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A token has scopes that it does not use.
    UnusedScopes,
    /// A token is not used at all any more.
    IdleToken,
    /// A token that is used ends soon.
    ExpiringToken,
    /// A token's budget is far above what it spends.
    OversizedBudget,
    /// A token may spend, and no budget of it, its environment or its account limits that.
    MissingBudget,
    /// A token or an environment of production has a wildcard.
    ProductionWildcard,
    /// A token was rotated, and its old secret still comes.
    OldSecretInUse,
    /// A key of Ideogram's is in service for too long.
    KeyAge,
    /// Environments use one key of Ideogram's.
    SharedKey,
    /// A token uses routes that Ideogram wants no longer used.
    LegacyRoute,
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingSubject {
    /// The id of a token, the name of an environment, or `account/version` of a key.
    pub id: String,
    /// What people call a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The environments it touches.
    pub environments: Vec<String>,
}

/// What it is concluded from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Since when was looked: not before the record, or what it is about, began.
    #[schema(value_type = String, format = DateTime)]
    pub watched_since: Timestamp,
    /// Calls of the token in that time.
    pub calls: u64,
    /// When it was last used, as far as the record tells.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// What exactly is meant: scopes, routes, environments.
    pub items: Vec<String>,
    /// All of it in words.
    pub words: String,
}

/// One thing that could be less, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong.
    pub kind: FindingKind,
    /// What it is about.
    pub subject: FindingSubject,
    /// What it is concluded from.
    pub evidence: Evidence,
    /// What to do, as a sentence.
    pub remedy: String,
    /// The command that does it; absent where none can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl FindingSubject {
    /// Returns a token as a subject.
    pub(super) fn token(token: &Token) -> Self {
        Self {
            id: token.id.to_string(),
            name: Some(token.name.to_string()),
            environments: vec![token.environment.to_string()],
        }
    }

    /// Returns an environment as a subject.
    pub(super) fn environment(name: &EnvironmentName) -> Self {
        Self { id: name.to_string(), name: None, environments: vec![name.to_string()] }
    }

    /// Says whether it touches an environment.
    ///
    /// Names are compared whole.
    pub fn is_in(&self, environment: &EnvironmentName) -> bool {
        self.environments.iter().any(|name| name == environment.as_str())
    }
}
