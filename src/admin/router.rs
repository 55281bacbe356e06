//! The paths of the control plane.

use super::{
    audit, host::known_host, peer::operators_only, problem::Problem, queue, settings,
    state::AdminState, system, tokens, usage,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state, map_response},
    response::Response,
    routing::{get, post},
};
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
};
use std::sync::Arc;

/// Returns the control plane. The listener puts a [`super::Peer`] into each request; without one
/// nothing but health and metrics is answered.
pub fn router(state: AdminState) -> Router {
    let hosts: Arc<[Box<str>]> = state.settings.listen.admin_hosts.clone().into();
    Router::new()
        .merge(token_paths())
        .merge(queue_paths())
        .merge(usage_paths())
        .merge(audit_paths())
        .merge(settings_paths())
        .merge(system_paths())
        .fallback(async || Problem::path_unknown())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(state)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(operators_only))
        .layer(from_fn_with_state(hosts, known_host))
        .layer(map_response(unkept))
}

fn token_paths() -> Router<AdminState> {
    Router::new()
        .route("/api/v1/tokens", get(tokens::list::list).post(tokens::create::create))
        .route("/api/v1/tokens/{id}", get(tokens::show::show))
        .route("/api/v1/tokens/{id}/disable", post(tokens::state::disable))
        .route("/api/v1/tokens/{id}/enable", post(tokens::state::enable))
        .route("/api/v1/tokens/{id}/revoke", post(tokens::state::revoke))
        .route("/api/v1/tokens/{id}/rotate", post(tokens::rotate::rotate))
        .route("/api/v1/tokens/{id}/rotate/finish", post(tokens::rotate::finish))
        .route("/api/v1/tokens/{id}/reduce", post(tokens::reduce::reduce))
}

fn queue_paths() -> Router<AdminState> {
    Router::new()
        .route("/api/v1/queue", get(queue::status::status))
        .route("/api/v1/queue/release/{call}", post(queue::release::release))
        .route("/api/v1/pause", get(queue::pause::show).post(queue::pause::pause))
        .route("/api/v1/resume", post(queue::pause::resume))
}

fn usage_paths() -> Router<AdminState> {
    Router::new()
        .route("/api/v1/usage", get(usage::report::report))
        .route("/api/v1/usage/balances", get(usage::balance::list))
        .route("/api/v1/usage/balances/{account}", post(usage::balance::set))
        .route("/api/v1/usage/write-off/{call}", post(usage::write_off::write_off))
}

fn audit_paths() -> Router<AdminState> {
    Router::new()
        .route("/api/v1/audit", get(audit::search::search))
        .route("/api/v1/audit/tail", get(audit::tail::tail))
        .route("/api/v1/audit/{id}", get(audit::show::show))
}

fn settings_paths() -> Router<AdminState> {
    Router::new()
        .route("/api/v1/environments", get(settings::environments::list))
        .route("/api/v1/environments/{name}", get(settings::environments::show))
        .route("/api/v1/routes", get(settings::routes::list))
        .route("/api/v1/routes/{name}", get(settings::routes::show))
        .route("/api/v1/accounts", get(settings::accounts::list))
}

fn system_paths() -> Router<AdminState> {
    Router::new()
        .route("/api/openapi.json", get(system::openapi::describe))
        .route("/healthz", get(system::health::healthz))
        .route("/readyz", get(system::health::readyz))
        .route("/metrics", get(system::metrics::metrics))
}

/// Nothing of the control plane is to be kept by anybody in between: a secret may be in it.
async fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
