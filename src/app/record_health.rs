//! Whether calls can be put on record: admission stops while they cannot, and somebody is told.

use super::services::Services;
use crate::{domain::Timestamp, notify::Notice, store::JournalHealth};
use std::time::Duration;
use tokio::time::timeout;

/// How long it must last until somebody is told: what heals by itself at once needs nobody.
const LASTING: Duration = Duration::from_secs(1);

/// Lets nothing be admitted while the record cannot be written; it starts again by itself.
pub(super) fn stand(services: &Services) {
    let own = services.clone();
    services.tasks.spawn_background("journal health", watch(own));
}

async fn watch(services: Services) {
    let mut health = services.journal.health();
    // A start may find the record full.
    let (mut before, mut told) = (JournalHealth::Good, None::<Timestamp>);
    loop {
        let now = health.borrow_and_update().clone();
        if now != before {
            services.follow_health(&now);
            before = now.clone();
        }
        match (&now, told) {
            (JournalHealth::Good, Some(since)) => {
                services.notifier.tell(&Notice::audit_available_again(since));
                told = None;
            }
            (JournalHealth::Full(reason) | JournalHealth::Failed(reason), None) => {
                let since = services.clock.now();
                let is_good = |health: &JournalHealth| *health == JournalHealth::Good;
                match timeout(LASTING, health.wait_for(is_good)).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(_)) => return,
                    Err(_) => {
                        services.notifier.tell(&Notice::audit_unavailable(reason, since));
                        told = Some(since);
                    }
                }
                // It may be another trouble by now.
                continue;
            }
            _ => {}
        }
        if health.changed().await.is_err() {
            return;
        }
    }
}

impl Services {
    /// Stops or starts admission, and says why.
    fn follow_health(&self, health: &JournalHealth) {
        match health {
            JournalHealth::Good => tracing::info!("calls can be put on record; they are admitted"),
            JournalHealth::Full(reason) => {
                tracing::error!(%reason, "the record is full; no call is admitted");
            }
            JournalHealth::Failed(reason) => {
                tracing::error!(%reason, "audit cannot be written; nothing is admitted");
            }
        }
        self.admission.stop(*health != JournalHealth::Good);
    }
}
