//! What was used: what can be asked, and what is answered.

use crate::domain::{EnvironmentName, PersonId, RouteName, Timestamp, TokenId, Usd};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is added up into one line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SumKey {
    /// An environment.
    #[default]
    Environment,
    /// A token, by its id.
    Token,
    /// The owner that the token had when the call was made; `none` where it had none.
    Owner,
    /// An end user, by id; `none` for calls that named none.
    User,
    /// A route.
    Route,
    /// A model; `none` for routes that have none, or calls that named none.
    Model,
    /// A UTC day.
    Day,
    /// An hour of a UTC day.
    Hour,
    /// An account.
    Account,
}

/// Which calls to add up; what is absent does not restrict. What is asked for is when calls were
/// opened, not when they ended or were billed. Calls that cannot cost anything are counted by whole
/// hours, so a span that begins within an hour has all of that hour's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// What makes a line.
    pub by: SumKey,
    /// Only calls opened then or later.
    pub since: Timestamp,
    /// Only calls opened before.
    pub until: Option<Timestamp>,
    /// Only calls of this environment.
    pub environment: Option<EnvironmentName>,
    /// Only calls of this token.
    pub token: Option<TokenId>,
    /// Only calls whose token had this owner then.
    pub owner: Option<Box<str>>,
    /// Only calls of this end user.
    pub person: Option<PersonId>,
}

/// What was used under one key on one route. Two uses that differ in any field before the numbers
/// are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The key, as the query asks for it.
    pub key: Box<str>,
    /// The route.
    pub route: RouteName,
    /// Whether the calls took places or money; dry runs and reads take none.
    pub takes: bool,
    /// Calls sent, each on record from before it was sent.
    pub calls: u64,
    /// Calls that could not cost anything, and were only counted.
    pub reads: u64,
    /// Images that are charged. Of a call with several outcomes the largest number counts.
    pub images: u64,
    /// What was charged.
    pub charged: Usd,
    /// What is still reserved for calls whose charge is not known and that did not fail.
    pub reserved: Usd,
}
