//! What an admin asks for, before anything of it is believed.

use crate::domain::{OperatorName, Role};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// The longest life of a secret: a leaked and forgotten one must end.
const LONGEST_LIFE: Duration = Duration::from_hours(366 * 24);

/// A request for an operator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"name": "anna", "role": "operator", "expires_in": "30d"}))]
pub struct NewOperator {
    /// What people call them, as in `anna` or `ci.deploy`; the `userId` of what they do.
    pub name: String,
    /// How much they may do: `viewer`, `operator` or `admin`.
    pub role: String,
    /// How long their token lives, as in `30d`; `[operators] token_lifetime` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<String>,
}

/// A request for a new secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OperatorRotation {
    /// When it expires, as in `30d` from now; `[operators] token_lifetime` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<String>,
}

/// A request for another role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoleChange {
    /// `viewer`, `operator` or `admin`.
    pub role: String,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorRequestError {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it, and what would be right.
    pub problem: String,
}

/// What was asked for, understood.
#[derive(Debug, Clone)]
pub(super) struct OperatorRequest {
    pub(super) name: OperatorName,
    pub(super) role: Role,
    pub(super) lifetime: Duration,
}

impl NewOperator {
    /// Returns what was asked for, or all mistakes.
    pub(super) fn read(
        &self,
        usual: Duration,
    ) -> Result<OperatorRequest, Vec<OperatorRequestError>> {
        let name = self.name.parse::<OperatorName>();
        let name = name.map_err(|error| mistake("name", error.to_string()));
        let role = role(&self.role);
        let lifetime = lifetime(self.expires_in.as_deref(), usual);
        match (name, role, lifetime) {
            (Ok(name), Ok(role), Ok(lifetime)) => Ok(OperatorRequest { name, role, lifetime }),
            (name, role, lifetime) => {
                Err([name.err(), role.err(), lifetime.err()].into_iter().flatten().collect())
            }
        }
    }
}

impl OperatorRotation {
    /// Returns how long the new secret lives.
    pub(super) fn read(&self, usual: Duration) -> Result<Duration, Vec<OperatorRequestError>> {
        lifetime(self.expires_in.as_deref(), usual).map_err(|mistake| vec![mistake])
    }
}

impl RoleChange {
    /// Returns the role.
    pub(super) fn read(&self) -> Result<Role, Vec<OperatorRequestError>> {
        role(&self.role).map_err(|mistake| vec![mistake])
    }
}

fn role(text: &str) -> Result<Role, OperatorRequestError> {
    text.parse().map_err(|error| mistake("role", format!("'{text}' is no role: {error}")))
}

fn lifetime(text: Option<&str>, usual: Duration) -> Result<Duration, OperatorRequestError> {
    let Some(text) = text else { return Ok(usual.min(LONGEST_LIFE)) };
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err(mistake("expires_in", "must be more than nothing".to_owned())),
        Ok(span) if span <= LONGEST_LIFE => Ok(span),
        Ok(_) => {
            Err(mistake("expires_in", "an operator token must expire within 366 days".to_owned()))
        }
        Err(_) => Err(mistake("expires_in", format!("'{text}' is not a span of time like 30d"))),
    }
}

fn mistake(field: &'static str, problem: String) -> OperatorRequestError {
    OperatorRequestError { field, problem }
}

/// Returns the mistake of a name that somebody has already.
pub(super) fn taken(name: &OperatorName, by: &str) -> Vec<OperatorRequestError> {
    let problem = format!(
        "'{name}' is {by} already: give it a new secret with rotate, revoke it first, or take \
         another name"
    );
    vec![mistake("name", problem)]
}
