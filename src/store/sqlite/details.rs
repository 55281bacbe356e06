//! Conditions on what only the bytes of a record say, or the last outcome of its call.

use crate::{
    domain::{ErrorCode, GENERATION_PENDING},
    store::RecordQuery,
};
use rusqlite::types::Value;

/// Whose token it was: the record says it, and of older calls the table of calls.
const OWNER: &str = "coalesce(json_extract(CAST(r.bytes AS TEXT), '$.body.owner'),
    json_extract(CAST(r.bytes AS TEXT), '$.body.of.owner'),
    (SELECT c.owner FROM calls c WHERE c.call = r.call)) = ?";

/// Which route it was: an answer that was given again has it as its resource alone.
const ROUTE: &str = "coalesce(json_extract(CAST(r.bytes AS TEXT), '$.body.route'),
    json_extract(CAST(r.bytes AS TEXT), '$.body.of.route'),
    (SELECT c.route FROM calls c WHERE c.call = r.call),
    CASE WHEN kind = 'outcome' THEN json_extract(CAST(r.bytes AS TEXT), '$.resource') END) = ?";

/// Returns the conditions of a query, each with its values.
pub(super) fn conditions(query: &RecordQuery) -> Vec<(String, Vec<Value>)> {
    let mut found = Vec::new();
    if let Some(owner) = &query.owner {
        found.push((OWNER.to_owned(), vec![owner.to_string().into()]));
    }
    if let Some(route) = &query.route {
        found.push((ROUTE.to_owned(), vec![route.as_str().to_owned().into()]));
    }
    if let Some(code) = query.code {
        let text = Value::from(code.as_str().to_owned());
        found.push((format!("{} = ?", told("code", query.up_to_seq)), vec![text]));
    }
    if let Some(status) = query.status {
        found.push(of_status(status, query.up_to_seq));
    }
    if query.goes_on {
        let reason = last_outcome(
            "coalesce(json_extract(CAST(o.bytes AS TEXT), '$.body.reason'), '')",
            "",
            query.up_to_seq,
        );
        let goes_on = format!("kind = 'intent' AND coalesce({reason}, ?) = ?");
        let pending = || Value::from(GENERATION_PENDING.to_owned());
        found.push((goes_on, vec![pending(), pending()]));
    }
    found
}

/// What a client was told: summaries say only the code, which means a status.
fn of_status(status: u16, up_to: Option<u64>) -> (String, Vec<Value>) {
    let codes = ErrorCode::ALL.iter().filter(|code| code.status() == status);
    let codes: Vec<_> = codes.map(|code| Value::from(code.as_str().to_owned())).collect();
    let listed = vec!["?"; codes.len()].join(", ");
    let own = told("status", up_to);
    let condition = format!(
        "({own} = ? OR (kind = 'summary'
           AND json_extract(CAST(r.bytes AS TEXT), '$.body.code') IN ({listed})))"
    );
    (condition, std::iter::once(Value::from(i64::from(status))).chain(codes).collect())
}

/// Returns the expression for a field that a record has itself, or the last outcome of its call that has it.
fn told(field: &str, up_to: Option<u64>) -> String {
    let extracted = format!("json_extract(CAST(o.bytes AS TEXT), '$.body.{field}')");
    let last = last_outcome(&extracted, &format!("AND {extracted} IS NOT NULL"), up_to);
    format!(
        "CASE WHEN kind IN ('intent', 'attempt', 'outcome') AND call IS NOT NULL THEN {last}
         ELSE json_extract(CAST(r.bytes AS TEXT), '$.body.{field}') END"
    )
}

// Of what was on record at a number, if one is given: the pages of an export must not change while they
// are read. Only the number is put into the text, never what somebody sent.
fn last_outcome(what: &str, more: &str, up_to: Option<u64>) -> String {
    let by = up_to.map(|seq| format!("AND o.seq <= {seq}")).unwrap_or_default();
    format!(
        "(SELECT {what} FROM audit_records o WHERE o.call = r.call AND o.kind = 'outcome' {more} {by}
          ORDER BY o.seq DESC LIMIT 1)"
    )
}
