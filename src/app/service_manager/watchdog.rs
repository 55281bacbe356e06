//! Tells the service manager again and again that the gateway is not stuck.

use super::ServiceManager;
use crate::{admission::Admission, tasks::Tasks};
use std::time::Duration;
use tokio::time::timeout;

impl ServiceManager {
    /// Feeds the manager's watchdog from now on, if there is one, while the gateway is found alive.
    ///
    /// It goes on to the end of the process, so that a drain may take its time.
    pub(in crate::app) fn watch(&self, admission: &Admission) {
        if let Some(limit) = sd_notify::watchdog_enabled().filter(|_| self.listens()) {
            self.feed_every(limit / 2, admission);
        }
    }

    /// Looks whether the gateway lives, once in each `pause`, and tells it.
    fn feed_every(&self, pause: Duration, admission: &Admission) {
        let (manager, admission) = (self.clone(), admission.clone());
        self.tasks.every("watchdog", pause, move || {
            let (manager, admission) = (manager.clone(), admission.clone());
            async move {
                if is_alive(&admission, &manager.tasks, pause).await {
                    manager.alive();
                }
            }
        });
    }
}

/// Says whether the runtime, the locks of the gates and the threads that may block still work.
///
/// The disk is not asked: one that is slow must not end calls that are paid for.
async fn is_alive(admission: &Admission, tasks: &Tasks, patience: Duration) -> bool {
    admission.status();
    timeout(patience, tasks.run_blocking(|| ())).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::{super::notices::ManagerNotice, *};
    use crate::admission::AdmissionOptions;
    use std::sync::mpsc::{channel, sync_channel};

    fn admission() -> Admission {
        Admission::new(AdmissionOptions { accounts: Vec::new(), queue_capacity: 1 })
    }

    #[test]
    fn the_watchdog_is_fed_and_not_by_a_stuck_runtime() {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).max_blocking_threads(1).enable_all().build();
        let runtime = runtime.unwrap();
        let (tell, told) = sync_channel(1);
        let manager = ServiceManager::telling(tell);
        let (block, blocked) = channel::<()>();
        runtime.block_on(async {
            assert!(is_alive(&admission(), &manager.tasks, Duration::from_mins(1)).await);
            let stuck = manager.tasks.run_blocking(move || blocked.recv().ok());
            assert!(!is_alive(&admission(), &manager.tasks, Duration::from_millis(20)).await);
            drop(block);
            stuck.await.unwrap();
            manager.feed_every(Duration::from_millis(1), &admission());
        });
        for _ in 0..3 {
            assert_eq!(told.recv(), Ok(ManagerNotice::Alive));
        }
    }
}
