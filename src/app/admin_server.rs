//! Operators are served to the very end: who drains must be able to say so.

use crate::tasks::Tasks;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long answers to operators may still take when everything else has ended.
const GRACE: Duration = Duration::from_secs(1);

/// The control plane's own work, which no call waits for and which waits for no call.
///
/// Its tasks are its own, so that draining calls does not end them.
#[derive(Debug, Clone, Default)]
pub(super) struct AdminServer {
    /// What serves operators.
    pub(super) tasks: Tasks,
    /// Tells the control plane to stop accepting.
    pub(super) closing: CancellationToken,
}

impl AdminServer {
    /// Stops accepting operators, and lets answers at hand go out.
    ///
    /// After a second they are cut off.
    pub(super) async fn see_off(&self) {
        self.closing.cancel();
        if timeout(GRACE, self.tasks.finished()).await.is_err() {
            tracing::debug!("answers to operators were cut off");
        }
        self.tasks.stop().await;
    }
}
