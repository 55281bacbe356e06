//! What is searched for in the record.

use crate::{
    admin::{
        naming::code,
        problem::Problem,
        role::Names,
        span::{Span, mistake},
        state::AdminState,
    },
    domain::{CallId, Outcome, RequestId},
    store::RecordQuery,
    tokens::RequestError,
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

const USUAL_LIMIT: usize = 200;
const MOST: usize = 1000;

/// What goes on, and has no outcome of its own to ask for.
const PENDING: &str = "pending";

/// The parameters of a search; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
// A filter that is mistyped must not be passed over: more would be found than was asked for.
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditSearch {
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
    /// The id of the request at the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The id of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The most entries of one answer, 1 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Only the newest so many of what matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<u64>,
    /// Whether to read segments too, for what left the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// Where the last answer ended: its `Ideogate-Next-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// Where to look for an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditShow {
    /// Whether to read segments too, for what left the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

impl AuditSearch {
    /// Returns the query for the entries, or all mistakes; what is named must be known.
    pub(super) async fn query(
        &self,
        state: &AdminState,
        names: Names,
    ) -> Result<RecordQuery, Problem> {
        let (mut mistakes, now) = (Vec::new(), state.clock.now());
        let (since, until) = (self.since.as_deref(), self.until.as_deref());
        let Span { since, until } = Span::read(since, until, now, &mut mistakes);
        let environment = state.environment(self.environment.as_deref(), &mut mistakes).await?;
        let owner = state.owner(self.owner.as_deref(), &mut mistakes).await?;
        let route = state.route(self.route.as_deref(), &mut mistakes).await?;
        let code = code(self.code.as_deref(), &mut mistakes);
        if self.status.is_some_and(|status| !(100..=599).contains(&status)) {
            mistakes.push(mistake("status", "is a number from 100 to 599"));
        }
        let outcomes = outcomes(self.result.as_deref(), &mut mistakes);
        if self.limit.is_some_and(|limit| !(1..=MOST).contains(&limit)) {
            mistakes.push(mistake("limit", "is a number from 1 to 1000"));
        }
        if self.last.is_some() && self.after.is_some() {
            mistakes.push(mistake("last", "cannot be said together with after"));
        }
        if !mistakes.is_empty() {
            return Err(Problem::invalid(mistakes));
        }
        // Behind the mistakes: a name that is not there is a 404, and scripts tell it from what was written wrongly.
        let token = state.token_on_record(self.token.as_deref(), environment.as_ref()).await?;
        Ok(RecordQuery {
            after_seq: self.after,
            since,
            until,
            environment,
            token,
            person: state.person_on_record(self.user.as_deref(), names).await?,
            owner,
            route,
            code,
            status: self.status,
            goes_on: self.result.as_deref() == Some(PENDING),
            request: self.request(state).await?,
            call: self.call(state).await?,
            outcomes,
            limit: Some(self.limit.unwrap_or(USUAL_LIMIT)),
            ..RecordQuery::default()
        })
    }
}

impl AuditSearch {
    /// Says whether segments are to be read too.
    pub(super) fn is_archived(&self) -> bool {
        self.archived == Some(true)
    }

    /// Returns the request; it must be on record, but in segments nobody can look it up at once.
    async fn request(&self, state: &AdminState) -> Result<Option<RequestId>, Problem> {
        let id = self.request_id.as_deref();
        if self.is_archived() {
            return Ok(id.map(RequestId::from_stored));
        }
        state.request_on_record(id).await
    }

    /// Returns the call, as the request is returned.
    async fn call(&self, state: &AdminState) -> Result<Option<CallId>, Problem> {
        let id = self.call.as_deref();
        if self.is_archived() {
            return Ok(id.map(CallId::from_stored));
        }
        state.call_on_record(id).await
    }
}

fn outcomes(result: Option<&str>, mistakes: &mut Vec<RequestError>) -> Vec<Outcome> {
    match result {
        None | Some(PENDING) => Vec::new(),
        Some("success") => vec![Outcome::Success],
        Some("failure") => vec![Outcome::Refused, Outcome::Failed, Outcome::Unknown],
        Some("refused") => vec![Outcome::Refused],
        Some("failed") => vec![Outcome::Failed],
        Some("unknown") => vec![Outcome::Unknown],
        Some(_) => {
            let problem = "is one of success, failure, pending, refused, failed, unknown";
            mistakes.push(mistake("result", problem));
            Vec::new()
        }
    }
}
