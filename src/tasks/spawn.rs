//! The only place that spawns.

use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tracing::Instrument;

/// Spawns work and owns it until it ends; clones share the same work.
///
/// Work is in one of two classes. What must end by itself is waited for and never cut off from
/// here; what stands is dropped at its next await when the gateway stops. Spawning needs a runtime
/// around it.
#[derive(Debug, Clone, Default)]
pub struct Tasks(Arc<TasksInner>);

#[derive(Debug, Default)]
struct TasksInner {
    /// Work that must end by itself: sent calls, commits.
    finishing: TaskTracker,
    /// Work that ends when it is told: listeners, pollers, housekeeping.
    standing: TaskTracker,
    stop: CancellationToken,
}

/// Counts as work that must end by itself, until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct WorkGuard {
    _counted: TaskTrackerToken,
}

impl Tasks {
    /// Spawns work that is waited for at shutdown and never cut off while time remains. Dropping
    /// the handle does not stop it. A panic ends this work alone, and the handle tells of it.
    pub fn spawn_tracked<F>(&self, name: &'static str, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.finishing.spawn(work.instrument(tracing::debug_span!("task", task.name = name)))
    }

    /// Spawns work that is dropped when the gateway stops. It may be cut off at any of its awaits,
    /// so it must leave nothing half done there.
    pub fn spawn_background<F>(&self, name: &'static str, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = self.0.stop.clone();
        let span = tracing::debug_span!("task", task.name = name);
        let work = async move { stop.run_until_cancelled(work).await.unwrap_or_default() };
        self.0.standing.spawn(work.instrument(span));
    }

    /// Does `work` at once and then again each time a pause is over, until the gateway stops. What takes
    /// longer than the pause is not made up for. What is done at one time is never done twice at
    /// once. The gateway's stop may cut it off at any await.
    pub fn every<F>(
        &self,
        name: &'static str,
        pause: Duration,
        mut work: impl FnMut() -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        self.spawn_background(name, async move {
            let mut ticks = interval(pause);
            // The default would make up for what was missed, one right after the other.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                work().await;
            }
        });
    }

    /// Runs `work` on a thread that may block. It is waited for at shutdown, and nothing can cut it
    /// off. Dropping the handle does not stop it.
    pub fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        self.0.finishing.spawn_blocking(work)
    }

    /// Starts a thread of its own, which must end by itself. Nobody waits for it at shutdown:
    /// whoever starts it must know when it is done. Fails if the system gives no thread.
    pub fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
    }

    /// Counts something as work that must end by itself though it was not spawned here, until the guard is
    /// dropped.
    pub fn count_as_work(&self) -> WorkGuard {
        WorkGuard { _counted: self.0.finishing.token() }
    }

    /// Waits until all work that must end by itself has ended. Work that is spawned meanwhile is
    /// waited for too.
    pub async fn finished(&self) {
        // A tracker that was not closed is never done waiting. Closed, it still takes new work.
        self.0.finishing.close();
        self.0.finishing.wait().await;
    }

    /// Tells standing work to end, and waits for it. It can be called again, and then waits for
    /// what is left.
    pub async fn stop(&self) {
        self.0.stop.cancel();
        self.0.standing.close();
        self.0.standing.wait().await;
    }
}
