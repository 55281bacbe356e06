//! What went wrong, as RFC 9457 wants it told.

use super::note::RefusalNote;
use crate::{
    domain::{ErrorCode, Role},
    store::{JournalError, StoreError},
    tokens::RequestError,
    web::{self, abbreviate},
};
use axum::response::{IntoResponse, Response};
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::{Deserialize, Serialize};
use std::{error::Error, time::Duration};
use utoipa::ToSchema;

const OPERATOR_TOKEN_MISSING: &str = "operator_token_missing";
const INTERNAL_ERROR: &str = "A fault of the gateway";
const AUDIT_FULL: &str = "audit_full";
const OPERATOR_TOKEN_INVALID: &str = "operator_token_invalid";

/// A problem document (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem, as a URN that ends with the code.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "urn:ideogate:problem:request_invalid")]
    pub kind: Box<str>,
    /// The kind of problem in words.
    #[schema(value_type = String)]
    pub title: Box<str>,
    /// The HTTP status.
    pub status: u16,
    /// The stable code of the problem.
    #[schema(value_type = String, example = "request_invalid")]
    pub code: Box<str>,
    /// What is wrong this time, and what to do about it.
    #[schema(value_type = String)]
    pub detail: Box<str>,
    /// Everything that is wrong with the request, where more than one thing can be.
    #[serde(default, skip_serializing_if = "<[RequestError]>::is_empty")]
    #[schema(value_type = Vec<RequestError>)]
    pub mistakes: Box<[RequestError]>,
    /// The least role that may do it, where the operator's is too small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub role: Option<Box<str>>,
    /// In how many seconds it may be tried again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// What only the record learns.
    #[serde(skip)]
    pub(super) note: Option<Box<RefusalNote>>,
}

impl Problem {
    /// Returns what there is to say where there is no note.
    ///
    /// The kinds of things that can be unknown or in the way are many and grow, so they share a code;
    /// the reason names the kind.
    fn usual_note(&self) -> RefusalNote {
        let own = ErrorCode::find(&self.code).filter(|code| code.status() == self.status);
        let code = own.unwrap_or(match self.status {
            _ if &*self.code == AUDIT_FULL => ErrorCode::AuditUnavailable,
            404 => ErrorCode::NameUnknown,
            409 => ErrorCode::StateConflict,
            500.. => ErrorCode::InternalError,
            _ => ErrorCode::RequestInvalid,
        });
        let reason = match own {
            Some(_) => self.title.clone(),
            None => format!("{}: {}", self.code, self.title).into(),
        };
        RefusalNote { code, reason, by: None }
    }

    /// The content type of a problem document.
    pub(super) const CONTENT_TYPE: &str = "application/problem+json";

    fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<Box<str>>) -> Self {
        Self {
            kind: format!("urn:ideogate:problem:{code}").into(),
            title: title.into(),
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into(),
            mistakes: Box::default(),
            role: None,
            retry_after: None,
            note: None,
        }
    }

    /// The request cannot be read.
    pub(super) fn malformed(detail: impl Into<Box<str>>) -> Self {
        let title = "The request cannot be read";
        Self::new(StatusCode::BAD_REQUEST, "malformed_request", title, detail)
    }

    /// The code of settings that hold mistakes.
    pub const SETTINGS_INVALID: &str = "settings_invalid";

    /// The settings that were to be put in force hold mistakes; `said` names all of them as `config check` does.
    pub(super) fn settings_invalid(said: String, mistakes: Vec<RequestError>) -> Self {
        let title = "The settings hold mistakes, and nothing was changed";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mistakes = mistakes.into();
        Self { mistakes, ..Self::new(status, Self::SETTINGS_INVALID, title, said) }
    }

    /// The request can be read and is wrong in these ways.
    pub(super) fn invalid(mistakes: Vec<RequestError>) -> Self {
        let lines: Vec<_> =
            mistakes.iter().map(|one| format!("{}: {}", one.field, one.problem)).collect();
        let title = "What was asked for is not possible";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mistakes = mistakes.into();
        Self { mistakes, ..Self::new(status, "request_invalid", title, lines.join("; ")) }
    }

    /// Over TCP only operators may ask this, and there are none.
    pub(super) fn operators_missing() -> Self {
        let detail = "there are no operators yet, so this listener answers only /healthz, /readyz \
                      and /metrics; use the socket: `ideogate --admin <data.dir>/admin.sock …` on \
                      the machine or in the container that the gateway runs in; `ideogate operator \
                      create` there makes the first operator";
        Self::new(StatusCode::FORBIDDEN, "operators_missing", "Use the socket", detail)
    }

    /// No operator token was presented.
    pub(super) fn operator_token_missing() -> Self {
        let detail = "send an operator token as `Authorization: Bearer ido_…`; the command line \
                      takes it from IDEOGATE_OPERATOR_TOKEN or from the file that \
                      IDEOGATE_OPERATOR_TOKEN_FILE names, and needs none on the socket";
        let (code, title) = (OPERATOR_TOKEN_MISSING, "An operator token is missing");
        Self::new(StatusCode::UNAUTHORIZED, code, title, detail)
    }

    /// What was presented opens nothing; why, is between the admins and the record.
    pub(super) fn operator_token_invalid() -> Self {
        let detail = "it may be mistyped, expired, disabled, revoked, or no operator's at all; the \
                      record tells which, to whoever may open the socket";
        let (code, title) = (OPERATOR_TOKEN_INVALID, "The operator token is not valid");
        Self::new(StatusCode::UNAUTHORIZED, code, title, detail)
    }

    /// The operator's role is too small.
    pub(super) fn role_missing(least: Role, role: Role) -> Self {
        let detail = format!("this takes the role {least}, and the operator token has {role}");
        let title = "The operator may not do this";
        let problem = Self::new(StatusCode::FORBIDDEN, "role_missing", title, detail);
        Self { role: Some(least.as_str().into()), ..problem }
    }

    /// Too many attempts from there failed.
    pub(super) fn too_many_attempts(retry_after: Duration) -> Self {
        let seconds = u32::try_from(retry_after.as_secs()).unwrap_or(u32::MAX);
        let detail = format!(
            "too many attempts from this address failed, and this one opens nothing either: mend the \
             token, and try again in {seconds} s; a valid token is let in at any time"
        );
        let title = "Too many failed attempts";
        let status = StatusCode::TOO_MANY_REQUESTS;
        let problem = Self::new(status, "too_many_attempts", title, detail);
        Self { retry_after: Some(seconds), ..problem }
    }

    /// A page of another origin asks for a change.
    pub(super) fn origin_denied() -> Self {
        let detail = "a browser says that a page of another origin asks for this change";
        let title = "Pages of other origins change nothing here";
        Self::new(StatusCode::FORBIDDEN, "origin_denied", title, detail)
    }

    /// The request names another host.
    pub(super) fn host_unknown() -> Self {
        let detail = "name this host in the settings: `admin_hosts` under [listen]";
        let title = "The request is for another host";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "host_unknown", title, detail)
    }

    /// The listener itself refused the request, or the connection.
    pub(super) fn fault(problem: &web::ClientError) -> Self {
        let code = problem.code();
        let title = match code {
            ErrorCode::TooManyConnections => "There are too many connections",
            ErrorCode::BodyTimeout => "The request did not arrive in time",
            ErrorCode::InternalError => INTERNAL_ERROR,
            _ => "The request cannot be read",
        };
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::new(status, code.as_str(), title, problem.message())
    }

    /// There is nothing of that name.
    pub(super) fn unknown(what: &str, name: &str) -> Self {
        let detail = format!("there is no {what} '{}'", abbreviate(name));
        let title = "There is nothing of that name";
        Self::new(StatusCode::NOT_FOUND, &format!("{what}_unknown"), title, detail)
    }

    /// Nobody is known by that. It is not repeated, and nobody of a similar name is told.
    pub(super) fn person_unknown() -> Self {
        Self::unknown_as("person", "nobody is known by that name or id".to_owned())
    }

    /// There is nothing of that name, in words of its own.
    pub(super) fn unknown_as(what: &str, detail: String) -> Self {
        Self { detail: detail.into(), ..Self::unknown(what, "") }
    }

    /// There is nothing of that name; something of a similar one was probably meant.
    pub(super) fn unknown_but(what: &str, name: &str, near: Option<&str>) -> Self {
        let problem = Self::unknown(what, name);
        let Some(near) = near else { return problem };
        let detail = format!("{}; did you mean '{near}'?", problem.detail);
        Self { detail: detail.into(), ..problem }
    }

    /// Several things have that name.
    pub(super) fn ambiguous(what: &str, name: &str, ids: &[&str]) -> Self {
        let count = ids.len();
        let detail =
            format!("{count} {what}s are called '{name}': give the id, one of {}", ids.join(", "));
        Self::conflict("name_ambiguous", detail)
    }

    /// A secret was given where the name of its holder is wanted.
    pub(super) fn secret_for_name(what: &str) -> Self {
        let problem = "that is a token itself: give its id or its name; if others may have seen it, \
                       it must be rotated or revoked";
        Self::invalid(vec![RequestError { field: what.into(), problem: problem.into() }])
    }

    /// Nothing is on record under that id.
    pub(super) fn not_on_record(what: &str, prefix: &str, id: &str) -> Self {
        let problem = Self::unknown(what, id);
        let why = if id.starts_with(prefix) {
            "refusals are a moment behind, and those of a flood are only counted".to_owned()
        } else {
            format!("the id of a {what} starts with {prefix}")
        };
        let detail = format!("no {what} '{}' is on record: {why}", abbreviate(id));
        Self { detail: detail.into(), ..problem }
    }

    /// There is no such path.
    pub(super) fn path_unknown() -> Self {
        let detail = "GET /api/openapi.json lists the paths there are";
        Self::new(StatusCode::NOT_FOUND, "path_unknown", "There is no such path", detail)
    }

    /// The path has other methods.
    pub(super) fn method_not_allowed() -> Self {
        let detail = "GET /api/openapi.json lists the methods of each path";
        let title = "The path does not have this method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", title, detail)
    }

    /// The body is not JSON.
    pub(super) fn not_json() -> Self {
        let detail = "send the body as JSON, with `content-type: application/json`";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "unsupported_media_type", "The body is not JSON", detail)
    }

    /// The body is larger than any request is.
    pub(super) fn too_large() -> Self {
        let (status, title) = (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large");
        Self::new(status, "body_too_large", title, "a body has 64 KiB at most")
    }

    /// The state of things does not allow it.
    pub(super) fn conflict(code: &str, detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, "The state of things does not allow it", detail)
    }

    /// Keys of the gateway's own were asked for over the network.
    pub(super) fn keys_stay_here() -> Self {
        let detail = "a backup with private keys is made on the socket alone: run `ideogate backup \
                      --with-keys` on the machine or in the container that the gateway runs in";
        Self::new(StatusCode::FORBIDDEN, "keys_stay_here", "Keys leave by the socket alone", detail)
    }

    /// A backup needs more room on the disk than there is.
    pub(super) fn backup_no_room(cause: &(dyn Error + 'static)) -> Self {
        let title = "The disk has no room for a copy";
        let detail = cause.to_string();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "backup_no_room", title, detail)
    }

    /// The change cannot be put on record, so it was not made.
    pub(super) fn audit_unavailable(cause: &JournalError) -> Self {
        if let JournalError::Full(_) = cause {
            return Self::audit_full();
        }
        log("audit_unavailable", cause);
        let detail = "the change could not be put on record, so it was not made; see the log";
        let title = "The record cannot be written";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "audit_unavailable", title, detail)
    }

    /// The record has no room for a change of this kind.
    fn audit_full() -> Self {
        let detail = "the database is as large as `data.max_size` lets it become, so the change was not \
                      made; what takes rights away still works. Move older records into segments with \
                      `ideogate audit archive`, or raise `data.max_size` and restart";
        let title = "The record is full";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, AUDIT_FULL, title, detail)
    }

    /// The database cannot be read.
    pub(super) fn store_unavailable(cause: &StoreError) -> Self {
        log("store_unavailable", cause);
        let detail = "the database could not be read; see the log";
        let title = "The database cannot be used";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", title, detail)
    }

    /// The gateway is stopping.
    pub(super) fn stopping() -> Self {
        let (status, title) = (StatusCode::SERVICE_UNAVAILABLE, "The gateway is stopping");
        Self::new(status, "draining", title, "try again when it is back")
    }

    /// A fault of the gateway; the cause goes to the log.
    pub(super) fn internal(cause: &(dyn Error + 'static)) -> Self {
        log("internal_error", cause);
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "internal_error", INTERNAL_ERROR, "see the log")
    }
}

impl Problem {
    /// Returns what a client is asked for, as RFC 6750 wants it told.
    fn challenge(&self) -> Option<HeaderValue> {
        let challenge = match &*self.code {
            OPERATOR_TOKEN_MISSING => r#"Bearer realm="ideogate admin""#,
            OPERATOR_TOKEN_INVALID => r#"Bearer realm="ideogate admin", error="invalid_token""#,
            _ => return None,
        };
        Some(HeaderValue::from_static(challenge))
    }
}

fn log(code: &str, cause: &(dyn Error + 'static)) {
    tracing::error!(code, error = cause, "an admin request failed");
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = HeaderValue::from_static(Self::CONTENT_TYPE);
        let (challenge, retry_after) = (self.challenge(), self.retry_after);
        let note = self.note.as_deref().cloned().unwrap_or_else(|| self.usual_note());
        let mut response = (status, [(CONTENT_TYPE, kind)], axum::Json(self)).into_response();
        response.extensions_mut().insert(note);
        if let Some(challenge) = challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
