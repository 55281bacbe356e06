//! `GET /api/openapi.json`

use super::{health, metrics};
use crate::admin::{audit, peer::Caller, queue, settings, tokens, usage};
use axum::Json;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ideogate admin API",
        description = "The control plane, on the Unix socket `<data.dir>/admin.sock`. Errors are \
                       problem documents (RFC 9457) of type `application/problem+json`.",
    ),
    paths(
        tokens::create::create, tokens::list::list, tokens::show::show,
        tokens::state::disable, tokens::state::enable, tokens::state::revoke,
        tokens::rotate::rotate, tokens::rotate::finish, tokens::reduce::reduce,
        queue::status::status, queue::release::release, queue::pause::show,
        queue::pause::pause, queue::pause::resume,
        usage::report::report, usage::balance::list, usage::balance::set,
        usage::write_off::write_off,
        audit::search::search, audit::show::show, audit::tail::tail,
        settings::environments::list, settings::environments::show,
        settings::routes::list, settings::routes::show, settings::accounts::list,
        health::healthz, health::readyz, metrics::metrics, describe,
    ),
    tags(
        (name = "tokens", description = "What apps are given"),
        (name = "queue", description = "Who waits, who works"),
        (name = "usage", description = "What was spent, what is left"),
        (name = "audit", description = "Who did what"),
        (name = "settings", description = "What was set"),
        (name = "system", description = "How the gateway is"),
    ),
)]
struct Description;

/// Returns the description of the admin API, made from its handlers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Describes this API
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "openapi", tag = "system",
    responses((status = 200, description = "An OpenAPI document"))
)]
pub async fn describe(_by: Caller) -> Json<utoipa::openapi::OpenApi> {
    Json(openapi())
}
