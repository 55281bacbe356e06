//! The two faces of the gateway, put on their listeners.
//!
//! Each listener has limits of its own, so that clients cannot use up the connections of operators.

use super::{
    admin_server::AdminServer, control_server::control_face, services::Services, wordings,
};
use crate::{
    admin::{AdminState, ExportNotes, ReloadHandle},
    config::Doubts,
    proxy::{self, Gateway, GatewayParts, PictureShelf},
    rate_limit::{Attempts, RateLimits},
    web::{self, ConnectionLimits, LeavesFiles, Port, Serving, Wording},
};
use std::sync::Arc;
use tokio::net::UnixListener;

/// Serves clients on a port until they are seen off.
///
/// Returns at once.
pub(super) fn serve_clients(
    services: &Services,
    listener: Port,
    pictures: Option<Arc<dyn PictureShelf>>,
    clients: &Serving,
) {
    let face = proxy::router(gateway(services, pictures));
    let limits = web_door(
        services,
        ("proxy", LeavesFiles::Most),
        wordings::for_clients(&services.settings.now().listen),
    );
    services.tasks.spawn_background("proxy", web::serve(listener, face, limits, clients.clone()));
}

/// Serves operators on a port and on the socket until their closing.
///
/// The socket leaves no files to others, so that operators on this machine are served when clients are turned
/// away.
pub(super) fn serve_operators(
    services: &Services,
    (network, local): (Port, UnixListener),
    (doubts, reload): (Doubts, ReloadHandle),
    operators: &AdminServer,
) {
    let face = control_face(admin_state(services, (doubts, reload), operators));
    let serving = Serving::until(operators.closing.clone(), operators.tasks.clone());
    let limits = web_door(services, ("admin", LeavesFiles::Some), wordings::for_operators());
    let served = web::serve(network, face.clone(), limits, serving.clone());
    operators.tasks.spawn_background("admin", served);
    let limits = web_door(services, ("socket", LeavesFiles::None), wordings::for_operators());
    operators.tasks.spawn_background("socket", web::serve(local, face, limits, serving));
}

/// Returns the limits of a listener; `name` is what metrics call it.
fn web_door(
    services: &Services,
    (name, files): (&'static str, LeavesFiles),
    wording: Wording,
) -> Arc<web::ListenerState> {
    let limits = ConnectionLimits::new(&services.settings.now().door, files);
    web::ListenerState::worded(name, limits, Arc::clone(&services.metrics), wording)
}

/// Returns the data plane.
fn gateway(services: &Services, pictures: Option<Arc<dyn PictureShelf>>) -> Gateway {
    Gateway::new(GatewayParts {
        settings: services.settings.clone(),
        tokens: services.tokens.clone(),
        persons: services.persons.clone(),
        accounts: services.accounts.clone(),
        admission: services.admission.clone(),
        rate_limits: RateLimits::default(),
        poll_limits: RateLimits::default(),
        ledger: services.ledger.clone(),
        spool: Arc::clone(&services.spool),
        calls: services.calls.clone(),
        refusals: Arc::clone(&services.refusals),
        journal: services.journal.clone(),
        reader: services.reader.clone(),
        tasks: services.tasks.clone(),
        clock: Arc::clone(&services.clock),
        metrics: Arc::clone(&services.metrics),
        links: wordings::help_links(&services.settings.now().listen),
        pictures,
        webhooks: services.webhooks.clone(),
    })
}

/// Returns what the control plane works with.
fn admin_state(
    services: &Services,
    (doubts, reload): (Doubts, ReloadHandle),
    operators: &AdminServer,
) -> AdminState {
    AdminState {
        tokens: services.tokens.clone(),
        persons: services.persons.clone(),
        admission: services.admission.clone(),
        ledger: services.ledger.clone(),
        reader: services.reader.clone(),
        journal: services.journal.clone(),
        settings: services.settings.clone(),
        clock: Arc::clone(&services.clock),
        tasks: operators.tasks.clone(),
        closing: operators.closing.clone(),
        calls: services.calls.clone(),
        accounts: services.accounts.clone(),
        spool: Arc::clone(&services.spool),
        metrics: Arc::clone(&services.metrics),
        doubts: Arc::new(doubts),
        notary: Arc::clone(&services.notary),
        archive: services.archive.clone(),
        backups: services.backups.clone(),
        exports: ExportNotes::default(),
        operators: services.operators.clone(),
        attempts: Arc::new(Attempts::new(
            Arc::clone(&services.clock),
            services.settings.now().operators.attempts_per_minute,
        )),
        refusals: Arc::clone(&services.refusals),
        keys: services.keys.clone(),
        notifier: services.notifier.clone(),
        reload,
    }
}
