//! Standing work: files that change, a reload that is asked for, keys that Ideogram rejects.
//!
//! The work ends with the process.

use super::{
    Keys,
    check_source::CheckRequest,
    managed_slot::{ManagedSlot, PendingKey, SlotKey},
};
use std::sync::Arc;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at},
};

impl Keys {
    /// Watches all sources from now on; `reload` changes when all files are to be read again.
    ///
    /// To be called once, after the keys were taken up. A file is looked at every `look_every`, without a
    /// notification of the system.
    pub fn watch(&self, reload: &watch::Receiver<u64>) {
        for kept in self.kept().iter() {
            self.watch_slot(kept, reload.clone());
        }
    }

    /// Watches the sources of one slot from now on.
    pub(super) fn watch_slot(&self, kept: &Arc<ManagedSlot>, reload: watch::Receiver<u64>) {
        let (keys, own) = (self.clone(), Arc::clone(kept));
        self.0
            .tasks
            .spawn_background("key files", async move { keys.watch_files(own, reload).await });
        let (keys, own) = (self.clone(), Arc::clone(kept));
        self.0.tasks.spawn_background("key rejections", async move {
            loop {
                own.slot.rejection().await;
                keys.replace_rejected(&own).await;
            }
        });
    }

    /// Stages the next key first, then looks at changes again and again.
    async fn watch_files(self, kept: Arc<ManagedSlot>, mut reload: watch::Receiver<u64>) {
        self.look(&kept, SlotKey::Next, &CheckRequest::CHANGED).await;
        let pause = self.0.settings.look_every;
        let mut ticks = interval_at(Instant::now() + pause, pause);
        // A look that took long is not made up for by several at once.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.look_at_changes(&kept).await,
                asked = reload.changed() => match asked {
                    Ok(()) => self.look_at_all(&kept).await,
                    Err(_) => return,
                },
            }
        }
    }

    /// Looks at the files that changed, and at a key that is to be tried again.
    async fn look_at_changes(&self, kept: &Arc<ManagedSlot>) {
        for place in [SlotKey::Current, SlotKey::Next] {
            if kept.changed(place) {
                self.look(kept, place, &CheckRequest::CHANGED).await;
            }
        }
        self.try_again(kept).await;
    }

    /// Looks at both sources, whether they changed or not.
    async fn look_at_all(&self, kept: &Arc<ManagedSlot>) {
        for place in [SlotKey::Current, SlotKey::Next] {
            self.look(kept, place, &CheckRequest::RELOAD).await;
        }
    }

    /// Preflights a key again of which nothing clear was heard.
    ///
    /// It is taken as it was read: its file may hold another by now, which is noticed as a change.
    async fn try_again(&self, kept: &Arc<ManagedSlot>) {
        let due = |waiting: &PendingKey| waiting.due <= Instant::now();
        let found = kept
            .seen()
            .waiting
            .as_ref()
            .filter(|waiting| due(waiting))
            .map(|waiting| (waiting.place, Arc::clone(&waiting.key)));
        if let Some((place, key)) = found {
            // Another look may be under way, and two preflights for one place could overtake each other.
            let _looking = kept.looking.acquire().await;
            self.preflight(kept, place, key, &CheckRequest::CHANGED).await;
        }
    }
}
