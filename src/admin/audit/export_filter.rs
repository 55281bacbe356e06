//! What is to be exported.

use super::filter::AuditSearch;
use crate::admin::{problem::Problem, span::mistake};
use crate::store::RecordQuery;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

/// What to export, and how; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
// A filter that is mistyped must not be passed over: more would leave the house than was meant.
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditExport {
    /// `jsonl`, one sealed record a line, or `csv`, one entry a row.
    #[param(value_type = Option<String>)]
    pub format: ExportFormat,
    /// From when on: RFC 3339, a UTC day from its beginning, or how long ago, as in `1h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Until when: RFC 3339, that moment not included, a UTC day to its end, or how long ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The environment, also one that is no longer set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The token's id, or its name where that is unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The end user, by id `usr_…` or by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The owner that tokens had when the calls were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The code that the client was told, where the gateway answered itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The status that the client was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `success`, `failure` or `pending`, or an outcome: `refused`, `failed`, `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Whether to begin with record 1, in segments; not for JSON lines that something narrows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Sealed records as JSON lines, which can be held against checkpoints.
    #[default]
    Jsonl,
    /// Folded entries as a table for spreadsheets.
    Csv,
}

impl AuditExport {
    /// Says whether it begins with record 1, or what is wrong with that: a part of the records is made from
    /// the database alone.
    pub(super) fn begins_in_segments(&self, narrowed: &Value) -> Result<bool, Problem> {
        if self.archived != Some(true) {
            return Ok(false);
        }
        if self.format == ExportFormat::Csv || narrowed.as_object().is_some_and(Map::is_empty) {
            return Ok(true);
        }
        let problem = "is not for JSON lines that something narrows: take a table, or all records";
        Err(Problem::invalid(vec![mistake("archived", problem)]))
    }

    pub(super) fn search(&self) -> AuditSearch {
        AuditSearch {
            since: self.since.clone(),
            until: self.until.clone(),
            environment: self.environment.clone(),
            token: self.token.clone(),
            user: self.user.clone(),
            owner: self.owner.clone(),
            route: self.route.clone(),
            code: self.code.clone(),
            status: self.status,
            result: self.result.clone(),
            ..AuditSearch::default()
        }
    }

    /// Returns what narrows the export, with moments and names as they were understood.
    pub(super) fn narrowed(&self, query: &RecordQuery) -> Value {
        let moments = [("since", query.since), ("until", query.until)];
        let moments = moments.into_iter().filter_map(|(name, at)| Some((name, json!(at?))));
        let words = [
            ("environment", query.environment.as_ref().map(|name| json!(name))),
            ("token", query.token.as_ref().map(|id| json!(id))),
            // By id, whatever was typed: this goes on record.
            ("user", query.person.as_ref().map(|id| json!(id))),
            ("owner", query.owner.as_ref().map(|owner| json!(owner))),
            ("route", query.route.as_ref().map(|route| json!(route))),
            ("code", query.code.map(|code| json!(code))),
            ("status", query.status.map(|status| json!(status))),
            ("result", self.result.as_ref().map(|result| json!(result))),
        ];
        let words = words.into_iter().filter_map(|(name, word)| Some((name, word?)));
        let all = moments.chain(words).map(|(name, value)| (name.to_owned(), value));
        Value::Object(all.collect::<Map<_, _>>())
    }
}
