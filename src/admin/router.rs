//! The paths of the control plane.

use super::{
    access_check::{AccessCheck, known_only},
    host::known_host,
    on_record::on_record,
    openapi::openapi,
    origin::own_pages_only,
    paths,
    problem::Problem,
    state::AdminState,
};
use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};
use http::{
    HeaderName, HeaderValue,
    header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
};
use std::sync::Arc;
use tower_http::{set_header::SetResponseHeaderLayer, timeout::RequestBodyTimeoutLayer};
use utoipa::openapi::OpenApi;

/// Nothing of the control plane is to be kept by anybody in between: a secret may be in it.
pub(super) const KEPT_BY_NOBODY: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// The most bytes that a body has.
const MOST_BYTES: usize = 64 * 1024;

/// Returns the control plane. The listener puts a [`super::AdminPeer`] into each request; without one
/// nothing but health and metrics is answered.
pub fn router(state: AdminState) -> Router {
    // Neither changes while the gateway runs.
    let settings = state.settings.now();
    let hosts: Arc<[Box<str>]> = settings.listen.admin_hosts.clone().into();
    let idle = settings.door.body_idle_timeout;
    let (router, listed) = paths::all().into_parts();
    let open = listed.iter().filter(|endpoint| endpoint.role.is_none());
    let open = open.map(|endpoint| endpoint.path).collect();
    let gate = AccessCheck { state: state.clone(), open };
    // A layer is asked before all that stand above it. So the host comes first: a page whose name was pointed
    // here must not even use up attempts. And `on_record` is around them, or what they refuse would be on no
    // record.
    let router = router
        .fallback(async || Problem::path_unknown())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(state.clone())
        // The function, not what it returns: the description is large, and seldom asked for.
        .layer(Extension(openapi as fn() -> OpenApi))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(RequestBodyTimeoutLayer::new(idle))
        .layer(from_fn_with_state(gate, known_only))
        .layer(from_fn(own_pages_only))
        .layer(from_fn_with_state(hosts, known_host))
        .layer(from_fn_with_state(state, on_record));
    KEPT_BY_NOBODY.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::overriding(name, value))
    })
}
