//! The paths of the data plane that are ours and not Ideogram's.

use super::{Gateway, credentials, knock::Knock, refused::Refused};
use crate::{
    audit,
    config::Environment,
    domain::{CallId, ErrorCode, Token},
    store::{JournalHealth, RecordQuery},
    web::{Body, ERRORS_PATH, Problem, error_page, header},
};
use http::{HeaderValue, Method, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};
use std::sync::Arc;

const SIMULATOR: &str = "/_ideogate/simulator";

/// Answers a request for one of our own paths, or returns `None` for all others.
pub(super) async fn answer(gateway: &Gateway, knock: &Knock) -> Option<Response<Body>> {
    let path = knock.uri.path();
    let own = path.starts_with("/_ideogate/") || matches!(path, "/healthz" | "/readyz" | "/health");
    if !own {
        return None;
    }
    let mut response = if knock.method == Method::GET || knock.method == Method::HEAD {
        found(gateway, knock, path).await
    } else {
        let problem = Problem::new(ErrorCode::MethodNotAllowed, "this path is called with GET");
        problem.allow("GET").into_response(&knock.request)
    };
    header::set_request_id(response.headers_mut(), &knock.request);
    Some(response)
}

async fn found(gateway: &Gateway, knock: &Knock, path: &str) -> Response<Body> {
    if let Some(rest) = path.strip_prefix(SIMULATOR)
        && let Some(shelf) = &gateway.pictures
    {
        return shelf.picture(rest, knock.uri.query()).await;
    }
    if path.starts_with(ERRORS_PATH) {
        return error_page(path, &knock.headers, &knock.request);
    }
    match path {
        "/healthz" => json_answer(StatusCode::OK, &json!({"status": "ok"})),
        "/readyz" => ready(gateway),
        "/health" | "/_ideogate/whoami" => who_am_i(gateway, knock),
        _ => match path.strip_prefix("/_ideogate/calls/") {
            Some(call) => entry(gateway, knock, call).await,
            None => unknown(knock, format!("{path} is not a path of this gateway")),
        },
    }
}

fn unknown(knock: &Knock, message: String) -> Response<Body> {
    Problem::new(ErrorCode::RouteUnknown, message).into_response(&knock.request)
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

/// Returns the token of a request to our own paths.
fn token(gateway: &Gateway, knock: &Knock) -> Result<Arc<Token>, Refused> {
    let presented = credentials::presented(&knock.headers)?;
    gateway.tokens.authenticate(presented).map_err(|refusal| Refused::token(&refusal))
}

fn who_am_i(gateway: &Gateway, knock: &Knock) -> Response<Body> {
    match token(gateway, knock) {
        Ok(token) => {
            let environment = gateway.environment(&token.environment);
            json_answer(StatusCode::OK, &identity(gateway, &token, environment))
        }
        Err(refused) => refused.problem.into_response(&knock.request),
    }
}

fn identity(gateway: &Gateway, token: &Token, environment: Option<&Environment>) -> Value {
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

/// Shows a call's audit entry to the token that made it.
async fn entry(gateway: &Gateway, knock: &Knock, call: &str) -> Response<Body> {
    let token = match token(gateway, knock) {
        Ok(token) => token,
        Err(refused) => return refused.problem.into_response(&knock.request),
    };
    let query = RecordQuery {
        call: Some(CallId::from_stored(call)),
        token: Some(token.id.clone()),
        ..RecordQuery::default()
    };
    let reader = gateway.reader.clone();
    let records = gateway.tasks.block(move || reader.records(&query)).await;
    let Ok(Ok(records)) = records else {
        let problem = Problem::new(ErrorCode::StoreUnavailable, "the record cannot be read");
        return problem.into_response(&knock.request);
    };
    if let Some(entry) = audit::fold(records).into_iter().next() {
        return json_answer(StatusCode::OK, &json!(entry));
    }
    let message = format!("no call {call} of this token");
    Problem::new(ErrorCode::CallUnknown, message).into_response(&knock.request)
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::full(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
