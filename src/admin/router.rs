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
    middleware::{from_fn, from_fn_with_state, map_response},
    response::Response,
};
use http::{
    HeaderMap, HeaderValue,
    header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
};
use std::sync::Arc;

/// Returns the control plane. The listener puts a [`super::AdminPeer`] into each request; without one
/// nothing but health and metrics is answered.
pub fn router(state: AdminState) -> Router {
    let hosts: Arc<[Box<str>]> = state.settings.listen.admin_hosts.clone().into();
    let (router, listed) = paths::all().into_parts();
    let open = listed.iter().filter(|endpoint| endpoint.role.is_none());
    let open = open.map(|endpoint| endpoint.path).collect();
    let gate = AccessCheck { state: state.clone(), open };
    router
        .fallback(async || Problem::path_unknown())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(state.clone())
        .layer(Extension(Arc::new(openapi())))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(gate, known_only))
        .layer(from_fn(own_pages_only))
        .layer(from_fn_with_state(hosts, known_host))
        .layer(from_fn_with_state(state, on_record))
        .layer(map_response(unkept))
}

/// Nothing of the control plane is to be kept by anybody in between: a secret may be in it.
async fn unkept(mut response: Response) -> Response {
    keep_by_nobody(response.headers_mut());
    response
}

/// Says so.
pub(super) fn keep_by_nobody(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}
