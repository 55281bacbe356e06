//! The paths of the data plane that are ours and not Ideogram's.

use super::{
    Gateway, incoming_request::IncomingRequest, known, proxy_service::Answered,
    rejection::Rejection, whoami::WhoAmI,
};
use crate::{
    audit::{self, Entry},
    config::EnvironmentSettings,
    domain::{ErrorCode, RequestId, Token, TokenId},
    store::{JournalHealth, Reader, StoreError},
    tokens::PresentedToken,
    web::{self, Body, apps_page, error_page},
};
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

/// Where the simulator's pictures are, when it is in this process.
pub(super) const SIMULATOR: &str = "/_ideogate/simulator";

/// Where calls are shown, followed by an id.
pub(super) const CALLS: &str = "/_ideogate/calls/";

/// Says that the process is alive.
pub(super) fn healthz() -> Response<Body> {
    json_answer(StatusCode::OK, &json!({"status": "ok"}))
}

/// Shows a picture of the simulator.
pub(super) async fn picture(gateway: Gateway, incoming: IncomingRequest) -> Answered {
    let path = incoming.uri.path();
    match (path.strip_prefix(SIMULATOR), &gateway.pictures) {
        (Some(rest), Some(shelf)) => Ok(shelf.picture(rest, incoming.uri.query()).await),
        _ => Err(unknown(&incoming)),
    }
}

/// Explains an error, or all of them.
pub(super) fn errors(gateway: &Gateway, incoming: &IncomingRequest) -> Response<Body> {
    let IncomingRequest { uri, headers, request, .. } = incoming;
    error_page(uri.path(), headers, request, &gateway.links)
}

/// Shows the page for those who write apps.
pub(super) fn apps(incoming: &IncomingRequest) -> Response<Body> {
    apps_page(&incoming.headers)
}

/// Refuses a path below ours that is none.
pub(super) fn unknown(incoming: &IncomingRequest) -> Rejection {
    let message = format!("{} is not a path of this gateway", web::abbreviate(incoming.uri.path()));
    // The path may hold anything, and the record is for ever.
    Rejection::new(ErrorCode::RouteUnknown, message).because("unlisted path")
}

/// Says whether calls are admitted: not while draining, nor while the record cannot be written.
pub(super) fn readyz(gateway: &Gateway) -> Response<Body> {
    let problem = match &*gateway.journal.health().borrow() {
        JournalHealth::Full(_) | JournalHealth::Failed(_) => Some("audit_unavailable"),
        JournalHealth::Good if gateway.admission.is_draining() => Some("draining"),
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

/// Tells whoever presents a token what it is, in short.
pub(super) fn who_am_i(gateway: &Gateway, incoming: &IncomingRequest) -> Answered {
    let PresentedToken { token, .. } = known::token(gateway, incoming)?;
    let environment = incoming.settings.environments.get(&token.environment);
    Ok(json_answer(StatusCode::OK, &identity(gateway, &token, environment.map(AsRef::as_ref))))
}

/// Tells whoever presents a token what it is and what it may do.
pub(super) fn who_am_i_at_length(gateway: &Gateway, incoming: &IncomingRequest) -> Answered {
    let presented = known::token(gateway, incoming)?;
    Ok(json_answer(StatusCode::OK, &json!(WhoAmI::new(gateway, &incoming.settings, &presented))))
}

fn identity(gateway: &Gateway, token: &Token, environment: Option<&EnvironmentSettings>) -> Value {
    let enabled = environment.filter(|own| own.enabled);
    let slot = enabled.and_then(|own| gateway.accounts.slot(&own.account, &token.environment));
    json!({
        "token_id": token.id,
        "name": token.name,
        "owner": token.owner,
        "environment": token.environment,
        "available": slot.is_some(),
        "scopes": token.scopes,
        "limits": token.limits,
        "expires_at": token.expires_at,
    })
}

/// Shows the audit entry of a call, or of a request, to the token that made it, but for the letters of our key in it.
pub(super) async fn entry(gateway: Gateway, incoming: IncomingRequest) -> Answered {
    let PresentedToken { token, .. } = known::token(&gateway, &incoming)?;
    let call = incoming.uri.path().strip_prefix(CALLS).unwrap_or_default();
    let (reader, id) = (gateway.reader.clone(), call.to_owned());
    // Answers tell their request; a call's own name is known to those who were told of it.
    let found = gateway.tasks.run_blocking(move || look_up(&reader, &id, &token.id)).await;
    let Ok(Ok(found)) = found else {
        return Err(Rejection::new(ErrorCode::StoreUnavailable, "the record cannot be read"));
    };
    let Some(mut entry) = found else {
        let message = format!("no call {} of this token", web::abbreviate(call));
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
