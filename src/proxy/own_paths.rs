//! The paths of the data plane that are ours and not Ideogram's.

use super::{
    Gateway, incoming_request::IncomingRequest, known, rejection::Rejection, whoami::WhoAmI,
};
use crate::{
    audit::{self, Entry},
    config::EnvironmentSettings,
    domain::{ErrorCode, RequestId, Token, TokenId},
    store::{JournalHealth, Reader, StoreError},
    tokens::PresentedToken,
    web::{self, Body, ERRORS_PATH, error_page, header},
};
use http::{HeaderValue, Method, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

const SIMULATOR: &str = "/_ideogate/simulator";

/// Says whether a path is ours.
pub(super) fn is_own(path: &str) -> bool {
    path.starts_with("/_ideogate/") || matches!(path, "/healthz" | "/readyz" | "/health")
}

/// Answers a request for one of our own paths.
pub(super) async fn answer(
    gateway: &Gateway,
    knock: &IncomingRequest,
) -> Result<Response<Body>, Rejection> {
    let is_read = knock.method == Method::GET || knock.method == Method::HEAD;
    // Some balancers ask with OPTIONS unless told otherwise.
    let is_probed = knock.method == Method::OPTIONS && web::is_probe(knock.uri.path());
    if !is_read && !is_probed {
        return Err(Rejection::wrong_method(&[Method::GET]));
    }
    let mut response = found(gateway, knock, knock.uri.path()).await?;
    header::set_request_id(response.headers_mut(), &knock.request);
    Ok(response)
}

async fn found(
    gateway: &Gateway,
    knock: &IncomingRequest,
    path: &str,
) -> Result<Response<Body>, Rejection> {
    if let Some(rest) = below(path, SIMULATOR)
        && let Some(shelf) = &gateway.pictures
    {
        return Ok(shelf.picture(rest, knock.uri.query()).await);
    }
    if below(path, ERRORS_PATH).is_some() {
        return Ok(error_page(path, &knock.headers, &knock.request));
    }
    match path {
        "/healthz" => Ok(json_answer(StatusCode::OK, &json!({"status": "ok"}))),
        "/readyz" => Ok(ready(gateway)),
        "/health" => who_am_i(gateway, knock),
        "/_ideogate/whoami" => who_am_i_at_length(gateway, knock),
        _ => match path.strip_prefix("/_ideogate/calls/") {
            Some(call) => entry(gateway, knock, call).await,
            None => Err(unknown(format!("{path} is not a path of this gateway"))),
        },
    }
}

/// Returns what follows `root` in a path that is `root` itself or below it.
fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    path.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn unknown(message: String) -> Rejection {
    Rejection::new(ErrorCode::RouteUnknown, message)
}

/// Says whether calls are admitted: not while draining, nor while the record cannot be written.
fn ready(gateway: &Gateway) -> Response<Body> {
    let problem = match &*gateway.journal.health().borrow() {
        JournalHealth::Failed(_) => Some("audit_unavailable"),
        JournalHealth::Good if gateway.is_draining() => Some("draining"),
        JournalHealth::Good => None,
    };
    match problem {
        None => json_answer(StatusCode::OK, &json!({"status": "ready"})),
        Some(code) => json_answer(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({"status": "not ready", "code": code}),
        ),
    }
}

fn who_am_i(gateway: &Gateway, knock: &IncomingRequest) -> Result<Response<Body>, Rejection> {
    let PresentedToken { token, .. } = known::token(gateway, knock)?;
    let environment = gateway.environment(&token.environment);
    Ok(json_answer(StatusCode::OK, &identity(gateway, &token, environment)))
}

fn who_am_i_at_length(
    gateway: &Gateway,
    knock: &IncomingRequest,
) -> Result<Response<Body>, Rejection> {
    let presented = known::token(gateway, knock)?;
    Ok(json_answer(StatusCode::OK, &json!(WhoAmI::of(gateway, &presented))))
}

fn identity(gateway: &Gateway, token: &Token, environment: Option<&EnvironmentSettings>) -> Value {
    let available = environment
        .is_some_and(|environment| gateway.calls.has_key(&environment.account, &token.environment));
    json!({
        "token_id": token.id,
        "name": token.name,
        "owner": token.owner,
        "environment": token.environment,
        "available": available,
        "scopes": token.scopes,
        "limits": token.limits,
        "expires_at": token.expires_at,
    })
}

/// Shows the audit entry of a call, or of a request, to the token that made it, but for the letters of our key in it.
async fn entry(
    gateway: &Gateway,
    knock: &IncomingRequest,
    call: &str,
) -> Result<Response<Body>, Rejection> {
    let PresentedToken { token, .. } = known::token(gateway, knock)?;
    let (reader, id) = (gateway.reader.clone(), call.to_owned());
    // Answers tell their request; a call's own name is known to those who were told of it.
    let found = gateway.tasks.run_blocking(move || look_up(&reader, &id, &token.id)).await;
    let Ok(Ok(found)) = found else {
        return Err(Rejection::new(ErrorCode::StoreUnavailable, "the record cannot be read"));
    };
    let Some(mut entry) = found else {
        let message = format!("no call {} of this token", web::shown(call));
        return Err(Rejection::new(ErrorCode::CallUnknown, message).because("no such call"));
    };
    entry.metadata.key_version = None;
    Ok(json_answer(StatusCode::OK, &json!(entry)))
}

fn look_up(reader: &Reader, id: &str, token: &TokenId) -> Result<Option<Entry>, StoreError> {
    if let Some(found) = audit::find(reader, id, Some(token))? {
        return Ok(Some(found));
    }
    let request = RequestId::from_stored(id);
    Ok(audit::counted_in(reader, &request, Some(token))?.into_iter().next())
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::full(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
