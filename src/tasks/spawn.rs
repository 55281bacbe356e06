//! The only place that spawns.

use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

/// Spawns work and owns it until it ends; clones share the same work.
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

impl Tasks {
    /// Spawns work that is waited for at shutdown and never cut off while time remains.
    pub fn spawn_tracked<F>(&self, name: &'static str, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.finishing.spawn(work.instrument(tracing::debug_span!("task", task.name = name)))
    }

    /// Spawns work that is dropped when the gateway stops.
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
    /// longer than the pause is not made up for.
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
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                work().await;
            }
        });
    }

    /// Runs `work` on a thread that may block.
    pub fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        self.0.finishing.spawn_blocking(work)
    }

    /// Starts a thread of its own, which must end by itself.
    pub fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
    }

    /// Waits until all work that must end by itself has ended.
    pub async fn finished(&self) {
        self.0.finishing.close();
        self.0.finishing.wait().await;
    }

    /// Tells standing work to end, and waits for it.
    pub async fn stop(&self) {
        self.0.stop.cancel();
        self.0.standing.close();
        self.0.standing.wait().await;
    }
}
