//! `GET /api/v1/routes` and `GET /api/v1/routes/{name}`

use crate::{
    admin::{problem::Problem, request::PathSegment, role::MayView, state::AdminState},
    config::nearest,
    domain::{Asynchronous, BodyKind, Cost, ModelRule, PlacesRule, Route},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An entry of the route table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent column of the table")]
pub struct RouteView {
    /// Its name, as in `v3.generate`.
    pub name: String,
    /// The HTTP method.
    pub method: String,
    /// The path, with `{parameters}`.
    pub path: String,
    /// The scope a token needs; `null` where none is needed.
    pub scope: Option<String>,
    /// Whether a token with any `write:` scope may use it without that one, for what it made itself.
    pub own_with_write: bool,
    /// The body kinds taken: `json`, `multipart`.
    pub bodies: Vec<String>,
    /// The largest body, in bytes.
    pub body_cap: u64,
    /// Where the number of images is found.
    pub places: String,
    /// `free`, `per_output` or `per_input`.
    pub cost: String,
    /// The query parameters that are passed on.
    pub query: Vec<String>,
    /// The model, or the field that names it.
    pub model: Option<String>,
    /// Whether a price quote can be asked for.
    pub quote: bool,
    /// `never`, `always`, or the field that decides.
    pub asynchronous: String,
    /// Ideogram wants it no longer used.
    pub deprecated: bool,
    /// Held against Ideogram's own description.
    pub verified: bool,
    /// Whether it may be called at all.
    pub enabled: bool,
}

impl RouteView {
    /// Returns the route as operators see it.
    pub fn from_route(route: &Route) -> Self {
        Self {
            name: route.name.to_string(),
            method: route.method.to_string(),
            path: route.path.to_string(),
            scope: route.scope.map(|scope| scope.to_string()),
            own_with_write: route.is_polling(),
            bodies: route.bodies.iter().map(|kind| body_kind(*kind).to_owned()).collect(),
            body_cap: route.body_cap,
            places: places(&route.places),
            cost: cost(route.cost).to_owned(),
            query: route.query.iter().map(ToString::to_string).collect(),
            model: model(&route.model),
            quote: route.quote,
            asynchronous: asynchronous(&route.asynchronous),
            deprecated: route.deprecated,
            verified: route.verified,
            enabled: route.enabled,
        }
    }
}

fn body_kind(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "json",
        BodyKind::Multipart => "multipart",
    }
}

fn places(rule: &PlacesRule) -> String {
    match rule {
        PlacesRule::None => "none".to_owned(),
        PlacesRule::Fixed(count) => count.to_string(),
        PlacesRule::Field { name, inside: None, default } => format!("{name}, or {default}"),
        PlacesRule::Field { name, inside: Some(inside), default } => {
            format!("{name} in {inside}, or {default}")
        }
    }
}

fn cost(cost: Cost) -> &'static str {
    match cost {
        Cost::Free => "free",
        Cost::PerOutput => "per_output",
        Cost::PerInput => "per_input",
    }
}

fn model(rule: &ModelRule) -> Option<String> {
    match rule {
        ModelRule::None => None,
        ModelRule::Fixed(model) => Some(model.to_string()),
        ModelRule::Field { name, default } => Some(format!("{name}, or {default}")),
    }
}

fn asynchronous(rule: &Asynchronous) -> String {
    match rule {
        Asynchronous::Never => "never".to_owned(),
        Asynchronous::Always => "always".to_owned(),
        Asynchronous::Field(name) => name.to_string(),
    }
}

/// Lists the routes
#[utoipa::path(
    get, path = "/api/v1/routes", operation_id = "list_routes", tag = "settings",
    responses((status = 200, description = "The route table", body = Vec<RouteView>))
)]
pub async fn list(State(state): State<AdminState>, _by: MayView) -> Json<Vec<RouteView>> {
    Json(
        state
            .settings
            .now()
            .routes
            .routes()
            .iter()
            .map(|route| RouteView::from_route(route))
            .collect(),
    )
}

/// Shows one route
#[utoipa::path(
    get, path = "/api/v1/routes/{name}", operation_id = "show_route", tag = "settings",
    params(("name" = String, Path, description = "The route, as in `v3.generate`")),
    responses(
        (status = 200, description = "The route", body = RouteView),
        (status = 404, description = "There is no such route", body = Problem),
    )
)]
pub async fn show(
    State(state): State<AdminState>,
    _by: MayView,
    PathSegment(asked): PathSegment,
) -> Result<Json<RouteView>, Problem> {
    let name = asked.parse().ok();
    let settings = state.settings.now();
    let found = name.and_then(|name| settings.routes.by_name(&name));
    found.map(|route| Json(RouteView::from_route(route))).ok_or_else(|| {
        let names = settings.routes.routes().iter().map(|route| route.name.as_str());
        Problem::unknown_but("route", &asked, nearest(&asked, names))
    })
}
