//! Keeps the pages of other origins from changing anything through an operator's browser.

use super::{problem::Problem, refused::AdminRejection, request::is_json};
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, Method,
    header::{CONTENT_TYPE, HOST, ORIGIN},
};

/// Refuses what could change something and says that it comes from a page of another origin. Clients
/// that are no browsers say nothing about where they come from, and pass.
pub(super) async fn own_pages_only(request: Request, next: Next) -> Response {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if only_reads {
        return next.run(request).await;
    }
    if !is_own(request.headers()) {
        return Problem::from(AdminRejection::origin()).into_response();
    }
    // What a form of any page can send is refused even where no body is looked at.
    if !request.headers().get_all(CONTENT_TYPE).iter().all(is_json) {
        return Problem::not_json().into_response();
    }
    next.run(request).await
}

fn is_own(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    // `same-site` is not enough: another host of the same domain may be anybody's.
    matches!(site, None | Some(b"same-origin" | b"none"))
        && headers.get_all(ORIGIN).iter().all(|origin| {
            let origin = origin.to_str().unwrap_or_default();
            let authority = origin.split_once("://").map(|(_, authority)| authority.as_bytes());
            let host = headers.get(HOST).map(HeaderValue::as_bytes);
            // `Origin: null`, as sandboxed pages send it, has no authority and is nobody's own.
            authority.is_some() && authority == host
        })
}
