//! What tells somebody.

use super::{
    Notice, NotifyStanding, Post, PostError,
    message::NotifyMessage,
    queue::{NoticeQueue, Queued, WaitingMessage},
    signature::signature,
};
use crate::{
    config::NotifySecret,
    domain::{Clock, Effect},
    store::{Journal, Reader, StoreError},
    tasks::Tasks,
    telemetry::Metrics,
};
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use http::Uri;
use parking_lot::Mutex;
use std::{fmt, future::pending, sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until},
};

/// Tries at once, so that a receiver that takes its time for one holds up no other.
const MOST_AT_ONCE: usize = 4;

/// How long it is remembered that something was told: longer than any window.
const REMEMBERED: Duration = Duration::from_hours(40 * 24);

/// How often what is older is forgotten.
const FORGET_EVERY: Duration = Duration::from_hours(24);

/// How often it is logged at most that notifications were dropped.
const COMPLAIN_EVERY: Duration = Duration::from_mins(1);

/// Where to tell, and what to sign with.
#[derive(Clone)]
pub struct NotifyTarget {
    /// The address; its path may be a secret.
    pub url: Uri,
    /// What to sign with, one or two.
    pub secrets: Vec<NotifySecret>,
}

/// What a notifier is made of.
#[derive(Debug)]
pub struct NotifyOptions {
    /// Where to tell; nothing is told without it.
    pub target: Option<NotifyTarget>,
    /// Posts.
    pub post: Arc<dyn Post>,
    /// Keeps what was told.
    pub journal: Journal,
    /// Knows what was told.
    pub reader: Reader,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Runs the work.
    pub tasks: Tasks,
}

/// Tells somebody; clones share what waits. To hand something over never waits and never fails.
#[derive(Debug, Clone)]
pub struct Notifier(Arc<NotifierInner>);

#[derive(Debug)]
struct NotifierInner {
    target: watch::Sender<Option<NotifyTarget>>,
    queue: Mutex<NoticeQueue>,
    complained: Mutex<Option<Instant>>,
    wake: Notify,
    post: Arc<dyn Post>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

/// A try that ended: of which message, and how.
type EndedTry = (WaitingMessage, Result<u16, PostError>);

impl Notifier {
    /// Starts the work that tells. Reads what was told before; blocks for that.
    pub fn start(options: NotifyOptions) -> Result<Self, StoreError> {
        let NotifyOptions { target, post, journal, reader, clock, metrics, tasks } = options;
        let mut queue = NoticeQueue::default();
        queue.remember(reader.notified()?);
        let notifier = Self(Arc::new(NotifierInner {
            target: watch::Sender::new(target),
            queue: Mutex::new(queue),
            complained: Mutex::default(),
            wake: Notify::new(),
            post,
            journal,
            clock,
            metrics,
        }));
        let own = notifier.clone();
        tasks.spawn_background("notifications", async move { own.deliver().await });
        let own = notifier.clone();
        tasks.every("forget notifications", FORGET_EVERY, move || {
            own.forget();
            std::future::ready(())
        });
        Ok(notifier)
    }

    /// Has somebody told of it. Without an address nobody is.
    pub fn tell(&self, notice: &Notice) {
        if self.0.target.borrow().is_none() {
            return;
        }
        let message = NotifyMessage::new(notice, self.0.clock.now());
        let kind = message.kind.as_str();
        let queued = self.0.queue.lock().put(message, Instant::now());
        match queued {
            Queued::Waits => self.0.wake.notify_one(),
            Queued::Before => return,
            Queued::Dropped => {
                self.0.metrics.notified(kind, "dropped");
                self.complain();
            }
        }
        self.note_waiting();
    }

    /// Tells somewhere else from now on, or nowhere. What waits goes to the new address.
    pub fn aim(&self, target: Option<NotifyTarget>) {
        self.0.target.send_replace(target);
        self.0.wake.notify_one();
    }

    /// Counts records that went by too fast to be looked at.
    pub(super) fn missed(&self, records: u64) {
        for _ in 0..records {
            self.0.metrics.notified("unread", "dropped");
        }
    }

    /// Returns how it is going; `None` where there is nobody to tell.
    pub fn standing(&self) -> Option<NotifyStanding> {
        self.0.target.borrow().as_ref()?;
        let queue = self.0.queue.lock();
        Some(NotifyStanding { waiting: queue.waiting(), ..queue.standing.clone() })
    }

    /// Returns where to tell, and each change of it.
    pub(super) fn aimed(&self) -> watch::Receiver<Option<NotifyTarget>> {
        self.0.target.subscribe()
    }

    /// Sends what is due, as long as the gateway runs.
    async fn deliver(&self) {
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < MOST_AT_ONCE
                && let Some(one) = self.take()
            {
                under_way.push(self.try_once(one));
            }
            let due = self.due().filter(|_| under_way.len() < MOST_AT_ONCE);
            tokio::select! {
                Some((one, sent)) = under_way.next() => self.ended(one, sent),
                () = self.0.wake.notified() => {}
                () = async { match due { Some(due) => sleep_until(due).await, None => pending().await } } => {}
            }
        }
    }

    /// Returns a message whose try is due; none while there is nobody to tell.
    fn take(&self) -> Option<WaitingMessage> {
        self.0.target.borrow().as_ref()?;
        self.0.queue.lock().take(Instant::now())
    }

    /// Returns when the next try is due; never while there is nobody to tell.
    fn due(&self) -> Option<Instant> {
        self.0.target.borrow().as_ref()?;
        self.0.queue.lock().next_due()
    }

    /// Tries once. The time and the signature are those of the try, for receivers refuse old ones.
    fn try_once(&self, one: WaitingMessage) -> BoxFuture<'static, EndedTry> {
        let Some(target) = self.0.target.borrow().clone() else {
            let nobody = Err(PostError("there is nobody to tell".into()));
            return Box::pin(async move { (one, nobody) });
        };
        let at = self.0.clock.now().as_micros().div_euclid(1_000_000);
        let NotifyMessage { id, body, .. } = &one.message;
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.to_string()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signature(&target.secrets, id, at, body)),
        ];
        let sent = self.0.post.post(&target.url, headers, body.clone());
        Box::pin(async move { (one, sent.await) })
    }

    /// Counts a try, and remembers what was told or is given up.
    fn ended(&self, one: WaitingMessage, sent: Result<u16, PostError>) {
        let (kind, key) = (one.message.kind.as_str(), one.message.once);
        let now = self.0.clock.now();
        let is_over = match sent {
            Ok(200..=299) => {
                let mut queue = self.0.queue.lock();
                queue.under_way -= 1;
                queue.standing.delivered_at = Some(now);
                queue.standing.failing_since = None;
                drop(queue);
                self.0.metrics.notified(kind, "delivered");
                true
            }
            failed => {
                self.0.metrics.notified(kind, "failed");
                self.failed(failed);
                let again = self.0.queue.lock().put_back(one, Instant::now());
                if again.is_none() {
                    tracing::warn!(event = "notify_expired", kind, "a notification is given up");
                    self.0.metrics.notified(kind, "expired");
                }
                again.is_none()
            }
        };
        if let Some(key) = key.filter(|_| is_over) {
            self.0.journal.note(vec![Effect::Notified(key, now)]);
        }
        self.note_waiting();
    }

    /// Logs the first of tries that fail in a row.
    fn failed(&self, sent: Result<u16, PostError>) {
        let mut queue = self.0.queue.lock();
        if queue.standing.failing_since.is_some() {
            return;
        }
        queue.standing.failing_since = Some(self.0.clock.now());
        drop(queue);
        let target = self.0.target.borrow();
        // Its path may be a secret.
        let host = target.as_ref().and_then(|target| target.url.host()).unwrap_or_default();
        match sent {
            Ok(status) => {
                tracing::warn!(event = "notify_failed", host, status, "it is tried again");
            }
            Err(error) => {
                tracing::warn!(event = "notify_failed", host, %error, "it is tried again");
            }
        }
    }

    fn forget(&self) {
        let before = self.0.clock.now().minus(REMEMBERED);
        self.0.journal.note(vec![Effect::ForgetNotified(before)]);
    }

    /// Logs that notifications are dropped, once a minute.
    fn complain(&self) {
        let (mut last, now) = (self.0.complained.lock(), Instant::now());
        if last.is_none_or(|last| now.duration_since(last) >= COMPLAIN_EVERY) {
            *last = Some(now);
            tracing::warn!(
                event = "notify_dropped",
                "too many notifications wait; more are dropped"
            );
        }
    }

    fn note_waiting(&self) {
        self.0.metrics.set_notifications_waiting(self.0.queue.lock().waiting());
    }
}

impl fmt::Debug for NotifyTarget {
    /// Shows the host alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NotifyTarget").field(&self.url.host()).finish()
    }
}
