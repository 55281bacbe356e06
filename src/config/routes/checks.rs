//! What must hold for a route beside the columns by themselves.
//!
//! They hold for shipped and for added routes alike.

use crate::{
    config::{section::Notes, tree::join},
    domain::{BodyKind, DeniedPath, PlacesRule, Route, Scope, WebhookRule},
};
use http::Method;
use std::collections::HashMap;

/// Notes what is wrong with routes by themselves and among each other; `closed` are the paths that
/// no file can open.
///
/// Refused is a route that could spend with a reading scope, open a path that was shipped closed, or answer
/// for the same operation as another.
pub(super) fn check(routes: &[Route], closed: &[&DeniedPath], notes: &Notes) {
    for route in routes {
        check_scope(route, notes);
        check_query(route, notes);
        check_body(route, notes);
        check_denied(route, closed, notes);
    }
    check_twins(routes, notes);
}

/// Returns the path of a column in the route file.
fn column(route: &Route, key: &str) -> String {
    join(&join("routes", route.name.as_str()), key)
}

// Reading scopes never spend: what is billed needs a scope that says so.
/// Notes a billed route without a scope that may spend, and one without any scope that is no `GET`.
fn check_scope(route: &Route, notes: &Notes) {
    // Training is billed, too, though `write:*` does not hold it: whoever grants it has to name it.
    let spends = |scope: Scope| scope.in_write_wildcard() || scope == Scope::TrainModels;
    if route.is_billable() && !route.scope.is_some_and(spends) {
        let problem = "must be a write: scope or train:models, for Ideogram bills this route";
        notes.complain(&column(route, "scope"), problem);
    } else if route.scope.is_none() && route.method != Method::GET {
        notes.complain(&column(route, "scope"), "\"none\" is for GET only");
    }
}

/// Notes a route that would let `dry_run` through, and a webhook parameter that its query does not have.
fn check_query(route: &Route, notes: &Notes) {
    if route.query.iter().any(|name| &**name == "dry_run") {
        let problem = "must not hold dry_run: the gateway writes it itself where quote = true";
        notes.complain(&column(route, "query"), problem);
    }
    if let WebhookRule::Query(name) = &route.webhook
        && !route.query.contains(name)
    {
        notes.complain(&column(route, "webhook_query"), "must be one of the route's query");
    }
}

/// Notes columns about a body that contradict each other.
fn check_body(route: &Route, notes: &Notes) {
    let has_field = matches!(route.places, PlacesRule::Field { .. });
    if has_field && route.bodies.is_empty() {
        notes.complain(&column(route, "places"), "names a field, but the route takes no body");
    }
    if route.method == Method::GET && !route.bodies.is_empty() {
        notes.complain(&column(route, "bodies"), "must be empty, for GET has no body");
    }
    let is_twice = |kind: BodyKind| route.bodies.iter().filter(|body| **body == kind).count() > 1;
    if is_twice(BodyKind::Json) || is_twice(BodyKind::Multipart) {
        notes.complain(&column(route, "bodies"), "must hold each kind once");
    }
}

/// Notes a route that opens a path which was shipped closed. Paths that the operator's own file closes are
/// not asked about.
fn check_denied(route: &Route, closed: &[&DeniedPath], notes: &Notes) {
    if let Some(denied) = closed.iter().find(|denied| denied.covers(route.path.as_str())) {
        let problem = format!("is closed by name: {}: {}", denied.path, denied.reason);
        notes.complain(&column(route, "path"), problem);
    }
}

/// Notes two routes of one method and shape of path: which of them a call is would be a matter of order.
fn check_twins(routes: &[Route], notes: &Notes) {
    let mut first: HashMap<(&Method, String), &Route> = HashMap::new();
    for route in routes {
        let place = (&route.method, route.path.shape());
        if let Some(other) = first.insert(place, route) {
            let problem = format!("is the same operation as {}", other.name);
            notes.complain(&column(route, "path"), problem);
        }
    }
}
