//! Reads requests, and refuses what cannot be read with a problem document.

use super::{
    caller::Caller, plain_words::plain, problem::Problem, refused::AdminRejection,
    state::AdminState,
};
use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::QueryRejection},
};
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE, request::Parts};
use serde::de::DeserializeOwned;

const MOST_BYTES: usize = 64 * 1024;

/// A JSON body.
#[derive(Debug)]
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<AdminState> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AdminState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let value = read(&parts.headers, body).await?;
        still_let_in(&parts, state)?;
        Ok(Self(value))
    }
}

/// Says whether a content type is that of JSON.
pub(super) fn is_json(kind: &HeaderValue) -> bool {
    let essence = kind.to_str().ok().and_then(|kind| kind.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// A JSON body that may be left out, or be `null`.
#[derive(Debug)]
pub(super) struct MaybeJson<T>(pub(super) T);

impl<T: DeserializeOwned + Default> FromRequest<AdminState> for MaybeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AdminState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let value = if parts.headers.contains_key(CONTENT_TYPE) {
            read::<Option<T>>(&parts.headers, body).await?
        } else {
            nothing(body).await?;
            None
        };
        still_let_in(&parts, state)?;
        Ok(Self(value.unwrap_or_default()))
    }
}

/// A body that does not say what it is must be none.
async fn nothing(body: Body) -> Result<(), Problem> {
    let bytes = to_bytes(body, MOST_BYTES).await.map_err(|_| Problem::too_large())?;
    if bytes.is_empty() { Ok(()) } else { Err(Problem::not_json()) }
}

async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Problem> {
    if !headers.get(CONTENT_TYPE).is_some_and(is_json) {
        return Err(Problem::not_json());
    }
    let bytes = to_bytes(body, MOST_BYTES).await;
    let bytes = bytes.map_err(|_| Problem::too_large())?;
    let value = Json::from_bytes(&bytes).map(|Json(value)| value);
    value.map_err(|error| Problem::malformed(format!("the body: {}", plain(&error.body_text()))))
}

/// Whoever was let in may have been shut out while their body was on its way.
fn still_let_in(parts: &Parts, state: &AdminState) -> Result<(), Problem> {
    let Some(Caller { pass: Some(pass), .. }) = parts.extensions.get() else { return Ok(()) };
    match state.operators.recheck(pass) {
        Ok(_) => Ok(()),
        Err(refusal) => Err(AdminRejection::invalid(&refusal).into()),
    }
}

/// The parameters of a query.
#[derive(Debug)]
pub(super) struct QueryParameters<T>(pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let read = Query::try_from_uri(&parts.uri);
        let refuse = |error: QueryRejection| format!("the query: {}", plain(&error.body_text()));
        read.map(|Query(value)| Self(value)).map_err(|error| Problem::malformed(refuse(error)))
    }
}

/// The one variable segment of a path.
#[derive(Debug)]
pub(super) struct PathSegment(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for PathSegment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::from_request_parts(parts, state).await;
        read.map(|Path(name)| Self(name)).map_err(|_| Problem::malformed("the path is not UTF-8"))
    }
}
