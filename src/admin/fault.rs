//! What the listener answers itself, before the control plane sees the request.

use super::{problem::Problem, router::KEPT_BY_NOBODY};
use crate::{domain::RequestId, web};
use http::{
    HeaderValue, Response,
    header::{CONTENT_TYPE, LINK},
};

/// Words a problem of the listener like all others of the control plane.
pub fn to_response(
    problem: &web::ClientError,
    request: &RequestId,
    links: &web::HelpLinks,
) -> Response<String> {
    let mut response = problem.to_response(request, links);
    let document = serde_json::to_string(&Problem::fault(problem));
    *response.body_mut() = document.unwrap_or_default();
    let headers = response.headers_mut();
    // It tells the gateway's answers from Ideogram's, and only the data plane has both.
    headers.remove(web::header::ERROR_SOURCE);
    // Pages for apps are on the data plane.
    headers.remove(LINK);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(Problem::CONTENT_TYPE));
    // Written here, for these answers pass none of the router's layers.
    headers.extend(KEPT_BY_NOBODY.map(|(name, value)| (Some(name), value)));
    response
}
