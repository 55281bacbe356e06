//! Listens, and serves connections.

use super::{call, wire::SimulatedWire};
use crate::simulator::vendor::Vendor;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{future::Future, pin::pin, sync::Arc, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// How long to wait when no connection can be accepted, as when there are too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves connections until `shutdown`, and drops those that are still open then.
///
/// An error of `accept` is waited out and never ends it.
pub(in crate::simulator) async fn listen(
    vendor: Arc<Vendor>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let stop = CancellationToken::new();
    // Connections run in tasks of their own and end with this future, also where that is dropped.
    let _guard = stop.clone().drop_guard();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (stop, connection) = (stop.clone(), connection(Arc::clone(&vendor), stream));
        vendor.tasks.spawn_background("simulator connection", async move {
            stop.run_until_cancelled(connection).await.unwrap_or_default();
        });
    }
}

/// Serves one connection to its end, and notes if that came within a request.
async fn connection(vendor: Arc<Vendor>, stream: TcpStream) {
    stream.set_nodelay(true).ok();
    let number = vendor.log.connect();
    let (wire, orders) = SimulatedWire::new(stream);
    let service = service_fn(|request| {
        call::answer(Arc::clone(&vendor), Arc::clone(&orders), number, request)
    });
    let served = http1::Builder::new()
        // An idle connection stays open as long as the client likes: who closes first is what tests decide.
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(wire), service)
        .await;
    if let Err(problem) = served {
        tracing::debug!(%problem, "a connection to the simulator ended early");
    }
    if !orders.is_idle() {
        vendor.log.note_broken();
    }
}
