//! What of a record is kept in columns beside its bytes, so that it can be searched.
//!
//! The chain's hash covers the bytes and not the columns, which somebody could change without
//! breaking it; that they still say the same is for `verify` to compare.

use crate::domain::{
    AuditRecord, CallId, EnvironmentName, Outcome, PersonId, RecordBody, RequestId, TokenId,
};

/// The searchable columns of a record; a function of the record alone, so that `verify` can
/// compare. Attempts and outcomes of a call with an intent name neither its token nor its
/// environment; a search finds them through that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns<'a> {
    /// The kind, as in `intent`.
    pub kind: &'a str,
    /// When it happened, in microseconds since the Unix epoch.
    pub at: i64,
    /// The call it belongs to.
    pub call: Option<&'a str>,
    /// The request it belongs to.
    pub request: Option<&'a str>,
    /// The environment it names.
    pub environment: Option<&'a str>,
    /// The token it names.
    pub token: Option<&'a str>,
    /// What was done.
    pub action: &'a str,
    /// The outcome it tells of. Intents, attempts and changes have none, and refusals and their
    /// summaries are always `refused`.
    pub outcome: Option<&'a str>,
    /// The end user it is about.
    pub person: Option<&'a str>,
}

impl<'a> Columns<'a> {
    /// Returns the columns of `record`. Of changes, only those of a token fill the columns of a
    /// token and of its environment.
    pub fn from_record(record: &'a AuditRecord) -> Self {
        let (environment, token, outcome) = match &record.body {
            RecordBody::Intent(intent) => (Some(&intent.environment), Some(&intent.token), None),
            RecordBody::Outcome(outcome) => {
                // Of a call it is found through its intent; without one it stands for itself.
                let token = record.call.is_none().then(|| record.principal.token()).flatten();
                let of = outcome.of.as_deref();
                let token = of.map(|of| &of.token).or(token);
                (of.map(|of| &of.environment), token, Some(outcome.outcome))
            }
            RecordBody::Refusal(refusal) => {
                (refusal.environment.as_ref(), refusal.token.as_ref(), Some(Outcome::Refused))
            }
            RecordBody::Summary(_) => (None, record.principal.token(), Some(Outcome::Refused)),
            RecordBody::Attempt(_) | RecordBody::Admin(_) => (None, None, None),
        };
        let (token, environment) = match record.changed_token() {
            Some((token, environment)) => (Some(token), environment),
            None => (token.map(TokenId::as_str), environment.map(EnvironmentName::as_str)),
        };
        Self {
            kind: record.body.kind(),
            at: record.at.as_micros(),
            call: record.call.as_ref().map(CallId::as_str),
            request: record.request.as_ref().map(RequestId::as_str),
            environment,
            token,
            action: &record.action,
            outcome: outcome.map(Outcome::as_str),
            person: record.body.person().map(PersonId::as_str),
        }
    }

    /// Returns the name of the first column in which `self` and `other` differ. The order is that
    /// of the fields; a value that is absent differs from one that is empty.
    pub fn first_difference(&self, other: &Self) -> Option<&'static str> {
        let differences = [
            (self.kind != other.kind, "kind"),
            (self.at != other.at, "at"),
            (self.call != other.call, "call"),
            (self.request != other.request, "request"),
            (self.environment != other.environment, "environment"),
            (self.token != other.token, "token"),
            (self.action != other.action, "action"),
            (self.outcome != other.outcome, "outcome"),
            (self.person != other.person, "person"),
        ];
        differences.into_iter().find_map(|(differs, name)| differs.then_some(name))
    }
}

/// A row of the record as it lies in the database: nothing about it is trusted. The hashes may have
/// any length, the number may be below zero, and the bytes need not be JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// The sequence number.
    pub seq: i64,
    /// The hash of the record before, as stored.
    pub prev_hash: Vec<u8>,
    /// The hash, as stored.
    pub hash: Vec<u8>,
    /// The canonical JSON, as stored.
    pub bytes: Vec<u8>,
    /// Column `kind`.
    pub kind: String,
    /// Column `at`.
    pub at: i64,
    /// Column `call`.
    pub call: Option<String>,
    /// Column `request`.
    pub request: Option<String>,
    /// Column `environment`.
    pub environment: Option<String>,
    /// Column `token`.
    pub token: Option<String>,
    /// Column `action`.
    pub action: String,
    /// Column `outcome`.
    pub outcome: Option<String>,
    /// Column `person`.
    pub person: Option<String>,
}

impl RawRecord {
    /// Returns the columns as stored.
    pub fn columns(&self) -> Columns<'_> {
        Columns {
            kind: &self.kind,
            at: self.at,
            call: self.call.as_deref(),
            request: self.request.as_deref(),
            environment: self.environment.as_deref(),
            token: self.token.as_deref(),
            action: &self.action,
            outcome: self.outcome.as_deref(),
            person: self.person.as_deref(),
        }
    }
}
