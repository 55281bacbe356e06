//! What is to be exported.

use super::filter::AuditSearch;
use crate::store::RecordQuery;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

/// What to export, and how; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditExport {
    /// `jsonl`, one sealed record a line, or `csv`, one entry a row.
    #[param(value_type = Option<String>)]
    pub format: ExportFormat,
    /// From when on: RFC 3339, or how long ago, as in `1h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Until when, that moment not included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The token's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// `success` or `failure`, or an outcome: `refused`, `failed`, `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
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
    pub(super) fn search(&self) -> AuditSearch {
        AuditSearch {
            since: self.since.clone(),
            until: self.until.clone(),
            environment: self.environment.clone(),
            token: self.token.clone(),
            result: self.result.clone(),
            ..AuditSearch::default()
        }
    }

    /// Returns what narrows the export, with moments as they were understood.
    pub(super) fn narrowed(&self, query: &RecordQuery) -> Value {
        let moments = [("since", query.since), ("until", query.until)];
        let moments = moments.into_iter().filter_map(|(name, at)| Some((name, json!(at?))));
        let words =
            [("environment", &self.environment), ("token", &self.token), ("result", &self.result)];
        let words =
            words.into_iter().filter_map(|(name, word)| Some((name, json!(word.as_ref()?))));
        let all = moments.chain(words).map(|(name, value)| (name.to_owned(), value));
        Value::Object(all.collect::<Map<_, _>>())
    }
}
