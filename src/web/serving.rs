//! What the connections of a listener run in, and how their serving ends.

use crate::tasks::{Tasks, WorkGuard};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
    join,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// How long a request may be under way on a connection that was idle when accepting stopped.
const UNDER_WAY: Duration = Duration::from_millis(100);

/// How long new connections may take to ask, and answers at hand to go out, once accepting stopped.
const GRACE: Duration = Duration::from_secs(1);

/// Runs the connections of a listener, and ends them step by step; clones share the same.
///
/// While it drains, connections are still accepted and every request is answered, but each answer closes its
/// connection, and nobody waits for requests that begin from then on.
#[derive(Debug, Clone)]
pub struct Serving(Arc<ServingParts>);

#[derive(Debug)]
struct ServingParts {
    /// Runs connections that were opened before the drain; some of them may be idle.
    connections: Tasks,
    /// Runs connections that were opened since; each of them asks once.
    late: Tasks,
    /// Where requests count as work that began before the drain.
    requests: Tasks,
    draining: CancellationToken,
    accepting: CancellationToken,
    closing: CancellationToken,
}

impl Serving {
    /// Returns what serves until it is seen off; whoever waits for `requests` waits for those that begin
    /// before it drains.
    pub fn draining_first(requests: Tasks) -> Self {
        Self(Arc::new(ServingParts {
            connections: Tasks::default(),
            late: Tasks::default(),
            requests,
            draining: CancellationToken::new(),
            accepting: CancellationToken::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Returns what serves without draining: when `closing` comes nothing more is accepted, idle
    /// connections close, and requests at hand are finished by `tasks`.
    pub fn until(closing: CancellationToken, tasks: Tasks) -> Self {
        Self(Arc::new(ServingParts {
            connections: tasks.clone(),
            late: tasks.clone(),
            requests: tasks,
            draining: CancellationToken::new(),
            accepting: closing.clone(),
            closing,
        }))
    }

    /// Begins to drain.
    ///
    /// Returns at once. That cannot be taken back.
    pub fn drain(&self) {
        self.0.draining.cancel();
    }

    /// Stops accepting, answers what was asked on the connections that are there, and closes them.
    ///
    /// It takes little more than two seconds at most; who has no answer by then is left behind.
    pub async fn see_off(&self) {
        self.0.accepting.cancel();
        // Whoever just connected was told that it would be served, and its request is on the way. Those that
        // were idle may have begun one more, and cannot be waited for: most of them have not.
        let (late, ()) = join!(timeout(GRACE, self.0.late.finished()), sleep(UNDER_WAY));
        if late.is_err() {
            tracing::debug!("some clients connected and did not ask for anything");
        }
        self.0.closing.cancel();
        let ended = async { join!(self.0.connections.finished(), self.0.late.finished()) };
        if timeout(GRACE, ended).await.is_err() {
            tracing::debug!("some connections had not ended");
        }
    }

    /// Does the same without waiting for anybody.
    pub fn cut_off(&self) {
        self.0.accepting.cancel();
        self.0.closing.cancel();
    }

    /// Waits for what is to be accepted next; `None` once nothing more is.
    pub(super) async fn accepting<T>(&self, accepted: impl Future<Output = T>) -> Option<T> {
        self.0.accepting.run_until_cancelled(accepted).await
    }

    /// Runs a connection, which nothing here cuts off.
    pub(super) fn run(&self, connection: impl Future<Output = ()> + Send + 'static) {
        let tasks = if self.is_draining() { &self.0.late } else { &self.0.connections };
        let run: JoinHandle<()> = tasks.spawn_tracked("connection", connection);
        // Nobody waits for it here; its tasks do at the end.
        drop(run);
    }

    /// Counts a request that begins as work until the guard is dropped; not so while it drains.
    pub(super) fn request_begins(&self) -> Option<WorkGuard> {
        (!self.is_draining()).then(|| self.0.requests.count_as_work())
    }

    /// Says whether answers close their connections.
    pub(super) fn is_draining(&self) -> bool {
        self.0.draining.is_cancelled()
    }

    /// Waits until connections are to close.
    pub(super) async fn closing(&self) {
        self.0.closing.cancelled().await;
    }
}
