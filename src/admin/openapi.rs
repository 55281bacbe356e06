//! The description of the admin API, made from its handlers.

use super::{
    audit, backup, described_roles::describe_roles, keys, operators, paths::endpoints, queue,
    review, settings, system, tokens, usage,
};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ideogate admin API",
        description = "The control plane, on the Unix socket `<data.dir>/admin.sock`, and for \
                       operators with a token on the admin listener. `x-role` is the least role \
                       that each endpoint takes; users of the socket are admins. Errors are \
                       problem documents (RFC 9457) of type `application/problem+json`.",
    ),
    paths(
        tokens::create::create, tokens::list::list, tokens::show::show,
        tokens::state::disable, tokens::state::enable, tokens::state::revoke,
        tokens::rotate::rotate, tokens::rotate::finish, tokens::prune::prune, tokens::reduce::reduce,
        tokens::update::update,
        review::show::show,
        queue::status::status, queue::release::release, queue::pause::show,
        queue::pause::pause, queue::pause::resume,
        usage::report::report, usage::balance::list, usage::balance::set,
        usage::write_off::write_off, usage::write_off::undo,
        audit::search::search, audit::show::show, audit::tail::tail,
        audit::persons::list, audit::persons::find, audit::persons::forget,
        settings::environments::list, settings::environments::show,
        settings::routes::list, settings::routes::show, settings::accounts::list,
        settings::effective::list, settings::reload::reload,
        system::health::healthz, system::health::readyz, system::metrics::metrics,
        system::status::status, system::description::describe,
        audit::checkpoint::key, audit::checkpoint::checkpoint,
        audit::export::export, audit::export::note,
        audit::archive::show, audit::archive::start,
        operators::create::create, operators::list::list, operators::show::show,
        operators::me::me, operators::role::set, operators::rotate::rotate,
        operators::state::disable, operators::state::enable, operators::state::revoke,
        keys::list::list, keys::verify::verify, keys::rotate::rotate,
        backup::make::make, backup::kept::kept,
    ),
    tags(
        (name = "tokens", description = "What apps are given"),
        (name = "queue", description = "Who waits, who works"),
        (name = "usage", description = "What was spent, what is left"),
        (name = "audit", description = "Who did what"),
        (name = "settings", description = "What was set"),
        (name = "system", description = "How the gateway is"),
        (name = "operators", description = "Who may do what here"),
        (name = "backup", description = "The database of one moment, in a file"),
        (name = "keys", description = "Ideogram's keys, by their last four characters"),
    ),
)]
struct Description;

/// Returns the description of the admin API, made from its handlers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut description = Description::openapi();
    describe_roles(&mut description, &endpoints());
    description
}
