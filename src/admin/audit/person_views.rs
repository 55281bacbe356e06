//! End users, as operators ask for them and see them.

use crate::{
    domain::Timestamp,
    persons::{Forgotten, KnownPerson},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which end users to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonSearch {
    /// Where the last answer ended: its last `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The most of one answer, 1 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// An end user, and what was done on their behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonView {
    /// The id that stands for them on record.
    #[schema(example = "usr_01kb3v7e4m9q2x8c5t6w1y0z3a")]
    pub user: String,
    /// Who it is, as the app said; absent where `persons.key` does not open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When the first record about them was made.
    #[schema(value_type = String)]
    pub since: Timestamp,
    /// When the last call on their behalf was opened; `null` if there was none.
    #[schema(value_type = Option<String>)]
    pub last_at: Option<Timestamp>,
    /// Calls on their behalf.
    pub calls: u64,
}

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonAsked {
    /// The name as the app says it, or the id `usr_…`.
    pub user: String,
}

/// The id that stands for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonFound {
    /// The id.
    pub user: String,
}

/// Whom to forget, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonToForget {
    /// The name as the app says it, or the id `usr_…`.
    pub user: String,
    /// Words for whoever reads the record, without the name; at most 500 characters.
    #[schema(example = "asked to, ticket 4711")]
    pub reason: String,
}

/// Somebody is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForgottenView {
    /// The id that records go on naming; absent for somebody whom only records of an older version name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String)]
    pub forgotten_at: Timestamp,
    /// Calls that stay on record under that id.
    pub calls: u64,
    /// Whether the database's log is rid of the name's row too. If not, somebody is reading it, and
    /// it is tried again until it is.
    pub log_cleared: bool,
    /// Records of an older version that hold the name itself. They stay as they are until they leave with
    /// the part of the record that they are in.
    pub named_in_records: u64,
}

impl From<KnownPerson> for PersonView {
    fn from(known: KnownPerson) -> Self {
        let KnownPerson { id, name, since, last_at, calls } = known;
        let name = name.map(|name| name.as_str().to_owned());
        Self { user: id.to_string(), name, since, last_at, calls }
    }
}

impl From<Forgotten> for ForgottenView {
    fn from(forgotten: Forgotten) -> Self {
        let Forgotten { user, at, calls, log_cleared, named_in_records } = forgotten;
        let user = user.map(|user| user.to_string());
        Self { user, forgotten_at: at, calls, log_cleared, named_in_records }
    }
}
