//! The two faces of the gateway, put on their listeners.
//!
//! Each listener has limits of its own, so that clients cannot use up the connections of operators.

use super::{admin_server::AdminServer, control_server::control_face, services::Services};
use crate::{
    admin::{self, AdminState, ExportNotes},
    config::Doubts,
    proxy::{self, Gateway, GatewayParts, PictureShelf},
    rate_limit::{Attempts, RateLimits},
    web::{self, ClientError, ConnectionLimits, LeavesFiles, Port, Wording},
};
use std::sync::Arc;
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;

/// Serves clients on a port until it closes.
///
/// Returns at once.
pub(super) fn serve_clients(
    rooms: &Services,
    listener: Port,
    pictures: Option<Arc<dyn PictureShelf>>,
    closing: &CancellationToken,
) {
    let face = proxy::router(gateway(rooms, pictures));
    let (tasks, stop) = (rooms.tasks.clone(), closing.clone());
    let limits = web_door(rooms, ("proxy", LeavesFiles::Most), ClientError::told);
    rooms.tasks.spawn_background("proxy", web::serve(listener, face, limits, tasks, stop));
}

/// Serves operators on a port and on the socket until their closing.
///
/// The socket leaves no files to others, so that operators on this machine are served when clients are turned
/// away.
pub(super) fn serve_operators(
    rooms: &Services,
    (network, local): (Port, UnixListener),
    doubts: Doubts,
    operators: &AdminServer,
) {
    let face = control_face(admin_state(rooms, doubts, operators));
    let (tasks, stop) = (operators.tasks.clone(), operators.closing.clone());
    let limits = web_door(rooms, ("admin", LeavesFiles::Some), admin::told);
    let serving = web::serve(network, face.clone(), limits, tasks, stop);
    operators.tasks.spawn_background("admin", serving);
    let (tasks, stop) = (operators.tasks.clone(), operators.closing.clone());
    let limits = web_door(rooms, ("socket", LeavesFiles::None), admin::told);
    operators.tasks.spawn_background("socket", web::serve(local, face, limits, tasks, stop));
}

/// Returns the limits of a listener; `name` is what metrics call it.
fn web_door(
    rooms: &Services,
    (name, files): (&'static str, LeavesFiles),
    wording: Wording,
) -> Arc<web::ListenerState> {
    let limits = ConnectionLimits::new(&rooms.settings.door, files);
    web::ListenerState::worded(name, limits, Arc::clone(&rooms.metrics), wording)
}

/// Returns the data plane.
fn gateway(rooms: &Services, pictures: Option<Arc<dyn PictureShelf>>) -> Gateway {
    Gateway::new(GatewayParts {
        settings: Arc::clone(&rooms.settings),
        tokens: rooms.tokens.clone(),
        accounts: rooms.accounts.clone(),
        admission: rooms.admission.clone(),
        rate_limits: RateLimits::default(),
        poll_limits: RateLimits::default(),
        ledger: rooms.ledger.clone(),
        spool: Arc::clone(&rooms.spool),
        calls: rooms.calls.clone(),
        refusals: Arc::clone(&rooms.refusals),
        journal: rooms.journal.clone(),
        reader: rooms.reader.clone(),
        tasks: rooms.tasks.clone(),
        clock: Arc::clone(&rooms.clock),
        metrics: Arc::clone(&rooms.metrics),
        pictures,
        webhooks: rooms.webhooks.clone(),
    })
}

/// Returns what the control plane works with.
fn admin_state(rooms: &Services, doubts: Doubts, operators: &AdminServer) -> AdminState {
    AdminState {
        tokens: rooms.tokens.clone(),
        admission: rooms.admission.clone(),
        ledger: rooms.ledger.clone(),
        reader: rooms.reader.clone(),
        journal: rooms.journal.clone(),
        settings: Arc::clone(&rooms.settings),
        clock: Arc::clone(&rooms.clock),
        tasks: operators.tasks.clone(),
        closing: operators.closing.clone(),
        calls: rooms.calls.clone(),
        accounts: rooms.accounts.clone(),
        spool: Arc::clone(&rooms.spool),
        metrics: Arc::clone(&rooms.metrics),
        doubts: Arc::new(doubts),
        notary: Arc::clone(&rooms.notary),
        exports: ExportNotes::default(),
        operators: rooms.operators.clone(),
        attempts: Arc::new(Attempts::new(
            Arc::clone(&rooms.clock),
            rooms.settings.operators.attempts_per_minute,
        )),
        refusals: Arc::clone(&rooms.refusals),
        keys: rooms.keys.clone(),
    }
}
