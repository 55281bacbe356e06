//! What the control plane serves, path by path.

use super::{
    audit, backup,
    endpoints::{Endpoint, Endpoints},
    keys, operators, queue, review, settings, system, tokens, usage,
};

/// Returns what the control plane serves, and the least role for each.
pub fn endpoints() -> Vec<Endpoint> {
    all().into_parts().1
}

/// Returns every endpoint with its handler.
pub(super) fn all() -> Endpoints {
    token_paths()
        .and(queue_paths())
        .and(usage_paths())
        .and(audit_paths())
        .and(settings_paths())
        .and(system_paths())
        .and(operator_paths())
        .and(key_paths())
        .and(backup_paths())
}

fn token_paths() -> Endpoints {
    Endpoints::default()
        .get("/api/v1/tokens", tokens::list::list)
        .post("/api/v1/tokens", tokens::create::create)
        .post("/api/v1/tokens/prune", tokens::prune::prune)
        .get("/api/v1/tokens/{id}", tokens::show::show)
        .post("/api/v1/tokens/{id}/disable", tokens::state::disable)
        .post("/api/v1/tokens/{id}/enable", tokens::state::enable)
        .post("/api/v1/tokens/{id}/revoke", tokens::state::revoke)
        .post("/api/v1/tokens/{id}/rotate", tokens::rotate::rotate)
        .post("/api/v1/tokens/{id}/rotate/finish", tokens::rotate::finish)
        .post("/api/v1/tokens/{id}/reduce", tokens::reduce::reduce)
        .post("/api/v1/tokens/{id}/update", tokens::update::update)
        .get("/api/v1/review", review::show::show)
}

fn queue_paths() -> Endpoints {
    Endpoints::default()
        .get("/api/v1/queue", queue::status::status)
        .post("/api/v1/queue/release/{call}", queue::release::release)
        .get("/api/v1/pause", queue::pause::show)
        .post("/api/v1/pause", queue::pause::pause)
        .post("/api/v1/resume", queue::pause::resume)
}

fn usage_paths() -> Endpoints {
    Endpoints::default()
        .get("/api/v1/usage", usage::report::report)
        .get("/api/v1/usage/balances", usage::balance::list)
        .post("/api/v1/usage/balances/{account}", usage::balance::set)
        .post("/api/v1/usage/write-off/{call}", usage::write_off::write_off)
        .post("/api/v1/usage/write-off/{call}/undo", usage::write_off::undo)
}

fn audit_paths() -> Endpoints {
    Endpoints::default()
        .large("/api/v1/audit", audit::search::search)
        .get("/api/v1/audit/tail", audit::tail::tail)
        .get("/api/v1/audit/key", audit::checkpoint::key)
        .get("/api/v1/audit/checkpoint", audit::checkpoint::checkpoint)
        .large("/api/v1/audit/export", audit::export::export)
        .get("/api/v1/audit/export/{name}", audit::export::note)
        .get("/api/v1/audit/persons", audit::persons::list)
        .post("/api/v1/audit/persons/find", audit::persons::find)
        .post("/api/v1/audit/persons/forget", audit::persons::forget)
        .get("/api/v1/audit/archive", audit::archive::show)
        .post("/api/v1/audit/archive", audit::archive::start)
        .get("/api/v1/audit/{id}", audit::show::show)
}

fn settings_paths() -> Endpoints {
    Endpoints::default()
        .get("/api/v1/environments", settings::environments::list)
        .get("/api/v1/environments/{name}", settings::environments::show)
        .get("/api/v1/routes", settings::routes::list)
        .get("/api/v1/routes/{name}", settings::routes::show)
        .get("/api/v1/accounts", settings::accounts::list)
        .get("/api/v1/settings", settings::effective::list)
        .post("/api/v1/config/reload", settings::reload::reload)
}

fn system_paths() -> Endpoints {
    Endpoints::default()
        .large("/api/openapi.json", system::description::describe)
        .get("/api/v1/status", system::status::status)
        .probe("/healthz", system::health::healthz)
        .probe("/readyz", system::health::readyz)
        .open("/metrics", system::metrics::metrics)
}

fn operator_paths() -> Endpoints {
    Endpoints::default()
        .get("/api/v1/operators", operators::list::list)
        .post("/api/v1/operators", operators::create::create)
        .get("/api/v1/operators/me", operators::me::me)
        .get("/api/v1/operators/{id}", operators::show::show)
        .post("/api/v1/operators/{id}/role", operators::role::set)
        .post("/api/v1/operators/{id}/rotate", operators::rotate::rotate)
        .post("/api/v1/operators/{id}/disable", operators::state::disable)
        .post("/api/v1/operators/{id}/enable", operators::state::enable)
        .post("/api/v1/operators/{id}/revoke", operators::state::revoke)
}

fn key_paths() -> Endpoints {
    Endpoints::default()
        .get("/api/v1/keys", keys::list::list)
        .post("/api/v1/keys/verify", keys::verify::verify)
        .post("/api/v1/keys/rotate", keys::rotate::rotate)
}

fn backup_paths() -> Endpoints {
    Endpoints::default()
        .post("/api/v1/backup", backup::make::make)
        .post("/api/v1/backup/{name}/kept", backup::kept::kept)
}
