//! Reads requests, and refuses what cannot be read with a problem document.

use super::{
    caller::Caller, plain_words::plain, problem::Problem, refused::AdminRejection,
    state::AdminState,
};
use crate::web::ReceiveError;
use axum::{
    Json,
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Path, Query, Request,
        rejection::{self, BytesRejection, QueryRejection},
    },
};
use http::{HeaderValue, header::CONTENT_TYPE, request::Parts};
use serde::de::DeserializeOwned;

/// A JSON body.
#[derive(Debug)]
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<AdminState> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AdminState) -> Result<Self, Problem> {
        let caller = caller(&request);
        let value = read(request, state).await?;
        still_let_in(caller, state)?;
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
        let caller = caller(&request);
        let value = if request.headers().contains_key(CONTENT_TYPE) {
            read::<Option<T>>(request, state).await?
        } else {
            nothing(request, state).await?;
            None
        };
        still_let_in(caller, state)?;
        Ok(Self(value.unwrap_or_default()))
    }
}

/// A body that does not say what it is must be none.
async fn nothing(request: Request, state: &AdminState) -> Result<(), Problem> {
    let bytes = received(request, state).await?;
    if bytes.is_empty() { Ok(()) } else { Err(Problem::not_json()) }
}

async fn read<T: DeserializeOwned>(request: Request, state: &AdminState) -> Result<T, Problem> {
    if !request.headers().get(CONTENT_TYPE).is_some_and(is_json) {
        return Err(Problem::not_json());
    }
    // Not by axum's `Json`, which takes whatever ends in `+json`, and words its refusals itself.
    let bytes = received(request, state).await?;
    let value = Json::from_bytes(&bytes).map(|Json(value)| value);
    value.map_err(|error| Problem::malformed(format!("the body: {}", plain(&error.body_text()))))
}

/// Receives a body within the limits that the router set.
async fn received(request: Request, state: &AdminState) -> Result<Bytes, Problem> {
    use BytesRejection::FailedToBufferBody;
    use rejection::FailedToBufferBody::LengthLimitError;
    Bytes::from_request(request, state).await.map_err(|failed| match failed {
        FailedToBufferBody(LengthLimitError(_)) => Problem::too_large(),
        failed => {
            let why = ReceiveError::broken(&failed, state.settings.now().door.body_idle_timeout);
            Problem::fault(&why.problem())
        }
    })
}

fn caller(request: &Request) -> Option<Caller> {
    request.extensions().get().cloned()
}

/// Whoever was let in may have been shut out while their body was on its way.
fn still_let_in(caller: Option<Caller>, state: &AdminState) -> Result<(), Problem> {
    let Some(Caller { pass: Some(pass), .. }) = caller else { return Ok(()) };
    match state.operators.recheck(&pass) {
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
