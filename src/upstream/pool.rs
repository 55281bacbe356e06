//! Connections that wait for the next request of the same key.

use super::connection::UpstreamConnection;
use crate::tasks::Tasks;
use parking_lot::{Mutex, MutexGuard};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

/// The most connections that are kept idle. One more is closed.
const MOST_IDLE: usize = 64;

/// How long a connection may take to finish what it was doing before it is kept. One that takes
/// longer is closed.
const SETTLING: Duration = Duration::from_millis(100);

/// Idle connections of one key version; dropping it closes them. It serves reads that cost nothing:
/// what may be billed is never sent on a connection from it.
pub(super) struct Pool {
    idle: Mutex<Idle>,
    keep: Duration,
    tasks: Tasks,
}

#[derive(Default)]
struct Idle {
    connections: Vec<(Instant, UpstreamConnection)>,
    watched: bool,
}

impl Pool {
    /// Returns an empty pool that keeps connections for `keep`.
    pub(super) fn new(keep: Duration, tasks: Tasks) -> Arc<Self> {
        Arc::new(Self { idle: Mutex::default(), keep, tasks })
    }

    /// Takes the connection that was used last, if one is still good. One that was idle for too
    /// long, that hung up or that said something unasked is closed on the way. Never waits, and
    /// makes no connection.
    pub(super) fn take(&self) -> Option<UpstreamConnection> {
        loop {
            let (since, connection) = self.lock().connections.pop()?;
            if since.elapsed() < self.keep && connection.is_good() {
                return Some(connection.pooled());
            }
        }
    }

    /// Keeps a connection whose answer was read to the end. One that is still busy, because the
    /// answer came before the request was out, is closed. Never waits.
    pub(super) fn put(self: &Arc<Self>, mut connection: UpstreamConnection) {
        if connection.is_ready() {
            return self.keep(connection);
        }
        // On several threads the end of an answer is seen here a moment before the connection
        // itself has seen it.
        // Weak: when the key retires meanwhile, its pool goes at once, and this connection with it.
        let pool = Arc::downgrade(self);
        self.tasks.spawn_background("upstream connection settles", async move {
            if let Ok(true) = timeout(SETTLING, connection.becomes_ready()).await
                && let Some(pool) = pool.upgrade()
            {
                pool.keep(connection);
            }
        });
    }

    fn keep(self: &Arc<Self>, connection: UpstreamConnection) {
        let mut idle = self.lock();
        if idle.connections.len() < MOST_IDLE {
            idle.connections.push((Instant::now(), connection));
        }
        // One task for all, and none while nothing is idle. Marked under the lock of the list: the
        // last one could end just as a connection comes, which nobody would close then.
        if !std::mem::replace(&mut idle.watched, true) {
            let watch = watch(Arc::downgrade(self), self.keep);
            self.tasks.spawn_background("upstream connections expire", watch);
        }
    }

    fn close_expired(&self) -> IdleWatch {
        let mut idle = self.lock();
        idle.connections.retain(|(since, _)| since.elapsed() < self.keep);
        idle.watched = !idle.connections.is_empty();
        if idle.watched { IdleWatch::Again } else { IdleWatch::Enough }
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock()
    }
}

enum IdleWatch {
    Again,
    Enough,
}

/// Closes connections that nobody wanted, and ends with the last of them. It holds no pool while it
/// sleeps, so that a dropped one closes its connections at once.
async fn watch(pool: Weak<Pool>, keep: Duration) {
    loop {
        sleep(keep).await;
        // Upgraded anew each time: a pool that is kept alive here would keep a retired key's
        // connections open.
        let Some(pool) = pool.upgrade() else { return };
        if let IdleWatch::Enough = pool.close_expired() {
            return;
        }
    }
}
