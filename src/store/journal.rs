//! The way in: bundles that are durable when they are acknowledged.

use super::{
    JournalError, SealedRecord, SendWarrant,
    job::{Durability, Job, Message, OnFailure},
};
use crate::domain::{
    AddressDetail, AssertedPerson, AuditRecord, Bundle, Claim, Effect, GrowthLimit, OpenCall,
    ReadUse,
};
use parking_lot::{Mutex, RwLock};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};
use tokio::sync::{broadcast, oneshot, watch};

/// Appended records that may wait to be committed. They take memory only, of which a flood of
/// refusals must not take all.
pub(super) const MOST_APPENDED: usize = 4096;

/// How long the last drop waits for the writer to end. After that the process goes on without it:
/// what was acknowledged is durable in any case.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether the journal can commit. It changes with a commit that fails, with the end of an outage, with
/// the room in the database, and with the end of the writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalHealth {
    /// It can.
    Good,
    /// It can, but for calls, for this reason: they are refused until there is room again.
    Full(Box<str>),
    /// It cannot, for this reason; it keeps trying, and admission must stop until it can. Once the
    /// journal is closed it stays so.
    Failed(Box<str>),
}

impl JournalHealth {
    /// Says whether changes are committed, whatever becomes of calls.
    pub fn takes_changes(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }
}

/// A record was not taken: too many wait already, or the journal is closed. It must be counted. The
/// record comes back whole, so that nothing of it is lost before it is counted.
#[derive(Debug, thiserror::Error)]
#[error("too many records wait to be written")]
pub struct NotAppended(pub Box<AuditRecord>);

/// The only way to write durable state. Clones share one writer, which ends with the last of them.
///
/// Bundles go in in the order in which they are given. Several that wait are committed together,
/// with one sync of the disk for all of them. Any thread may give; only the methods that are
/// `async` wait, and they wait for the disk.
#[derive(Clone)]
pub struct Journal(Arc<JournalInner>);

struct JournalInner {
    /// `None` only while the last clone is dropped.
    inbox: Option<mpsc::Sender<Message>>,
    // A lock for the type alone: a receiver is not `Sync`, and clones are used by all threads.
    ended: Mutex<mpsc::Receiver<()>>,
    health: watch::Receiver<JournalHealth>,
    committed: broadcast::Sender<Arc<SealedRecord>>,
    appended: Arc<AtomicUsize>,
    /// How much of addresses goes on record.
    addresses: RwLock<AddressDetail>,
}

/// The ends of the channels that the journal holds; the writer holds the others.
pub(super) struct JournalEnds {
    pub(super) inbox: mpsc::Sender<Message>,
    pub(super) ended: mpsc::Receiver<()>,
    pub(super) health: watch::Receiver<JournalHealth>,
    pub(super) committed: broadcast::Sender<Arc<SealedRecord>>,
    pub(super) appended: Arc<AtomicUsize>,
}

impl Journal {
    pub(super) fn new(ends: JournalEnds) -> Self {
        let JournalEnds { inbox, ended, health, committed, appended } = ends;
        let ended = Mutex::new(ended);
        let inbox = Some(inbox);
        let addresses = RwLock::default();
        Self(Arc::new(JournalInner { inbox, ended, health, committed, appended, addresses }))
    }

    /// Sets how much of addresses goes on record from the next record on; all of them until then.
    /// It is here and not where records are made, so that none can be forgotten.
    pub fn keep_addresses(&self, detail: AddressDetail) {
        *self.0.addresses.write() = detail;
    }

    fn with_kept_addresses(&self, mut bundle: Bundle) -> Bundle {
        let detail = *self.0.addresses.read();
        bundle.records.iter_mut().for_each(|record| record.keep_addresses(detail));
        bundle
    }

    /// Puts a call on record before it is sent, and returns the right to send it once. Takes an
    /// idempotency key with it if there is one: a key that is taken rejects the whole, nothing is
    /// recorded, and there is no warrant.
    ///
    /// Of the end user nothing is written but the id that stands for them.
    ///
    /// Await it in work that is not cut off: a warrant that nobody takes leaves its call open until
    /// the next start. The intent is durable before the warrant exists, so that no call is sent
    /// that a crash could forget. Dropped while it waits, it takes nothing back.
    pub async fn commit_intent(
        &self,
        intent: AuditRecord,
        call: OpenCall,
        claim: Option<Claim>,
        person: Option<AssertedPerson>,
    ) -> Result<SendWarrant, JournalError> {
        let warrant = SendWarrant::new(call.call.clone());
        let bundle = Bundle::record(intent).about(person);
        let mut bundle = bundle.with(Effect::OpenCall(Box::new(call)));
        bundle.effects.extend(claim.map(|claim| Effect::Claim(Box::new(claim))));
        self.commit(bundle).await?;
        Ok(warrant)
    }

    /// Commits a bundle; it is durable when this returns. Fails at once while the database fails, and
    /// with [`JournalError::Full`] where it has no room for what this one tells of.
    ///
    /// A bundle that contradicts what is stored is rejected alone, records and effects, whatever
    /// else is in its transaction. Dropping the future does not take back what was handed over: it
    /// is committed all the same, and nobody is told.
    pub async fn commit(&self, bundle: Bundle) -> Result<(), JournalError> {
        // The writer would decline it too, but only after the try that it may be in the middle of.
        match &*self.0.health.borrow() {
            JournalHealth::Failed(reason) => return Err(JournalError::Unavailable(reason.clone())),
            JournalHealth::Full(reason) if bundle.growth_limit() == GrowthLimit::Calls => {
                return Err(JournalError::Full(reason.clone()));
            }
            JournalHealth::Full(_) | JournalHealth::Good => {}
        }
        self.submit(bundle, OnFailure::Reject).await.map(drop)
    }

    /// Puts a call on record that could not cost anything, and counts it. It is durable when this returns, and
    /// before that nothing of its answer may be shown.
    pub async fn commit_read(
        &self,
        record: AuditRecord,
        read: ReadUse,
        person: Option<AssertedPerson>,
    ) -> Result<(), JournalError> {
        let bundle = Bundle::record(record).with(Effect::CountRead(Box::new(read)));
        self.commit(bundle.about(person)).await
    }

    /// Says whether a call could be put on record just now, for calls that leave no record before they are
    /// sent. Fails with what an intent would fail with at once.
    pub fn may_begin(&self) -> Result<(), JournalError> {
        match &*self.0.health.borrow() {
            JournalHealth::Good => Ok(()),
            JournalHealth::Full(reason) => Err(JournalError::Full(reason.clone())),
            JournalHealth::Failed(reason) => Err(JournalError::Unavailable(reason.clone())),
        }
    }

    /// Commits what became of a call that was sent, or keeps it where a crash cannot reach it.
    ///
    /// Fails with [`JournalError::Unavailable`] only if the spill file failed too; the bundle is then
    /// in the log and in memory, and still retried.
    ///
    /// The bundle is taken during an outage too, since what it tells of has happened. One that
    /// contradicts what is stored leaves its records without effects, and fails with
    /// [`JournalError::Rejected`]. Dropping the future does not take the bundle back.
    pub async fn commit_sent(&self, bundle: Bundle) -> Result<Durability, JournalError> {
        self.submit(bundle, OnFailure::Spill).await
    }

    /// Appends a record without waiting for the disk, about an end user if one is given; for refusals. Never
    /// blocks, and takes records during an outage up to the bound of those that may wait, and none while they
    /// have no room in the database. Records that were not committed yet are lost with the process.
    pub fn append(
        &self,
        record: AuditRecord,
        person: Option<AssertedPerson>,
    ) -> Result<(), NotAppended> {
        let not_in = |mut bundle: Bundle| NotAppended(Box::new(bundle.records.swap_remove(0)));
        self.append_bundle(Bundle::record(record).about(person)).map_err(not_in)
    }

    /// Notes changes without waiting for the disk. They are lost when there is no room for them or
    /// the process dies: only for what errs on the safe side when it is missing. They share the
    /// room of appended records. Nobody learns whether they were committed; to wait for them, use
    /// [`flush`](Self::flush).
    pub fn note(&self, effects: Vec<Effect>) {
        let bundle = Bundle { effects, ..Bundle::default() };
        if self.append_bundle(bundle).is_err() {
            tracing::debug!("a note found no room in the journal");
        }
    }

    fn append_bundle(&self, bundle: Bundle) -> Result<(), Bundle> {
        // Whoever appends counts it instead, so that a flood in a full database takes no memory either.
        let is_full = matches!(&*self.0.health.borrow(), JournalHealth::Full(_));
        if is_full && bundle.growth_limit() == GrowthLimit::Calls {
            return Err(bundle);
        }
        let room = |waiting| (waiting < MOST_APPENDED).then_some(waiting + 1);
        let appended = &self.0.appended;
        // Counted before it is sent: the writer may count it off at once, and the number would wrap
        // below zero. `Relaxed`, since it bounds how many wait and guards no other memory.
        if appended.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_err() {
            return Err(bundle);
        }
        let bundle = self.with_kept_addresses(bundle);
        let job = Job { bundle, duty: OnFailure::Buffer, reply: None };
        if let Err(Message::Write(job)) = self.send(Message::Write(job)) {
            // The thread is gone, and nobody else would count it off.
            appended.fetch_sub(1, Ordering::Relaxed);
            return Err(job.bundle);
        }
        Ok(())
    }

    /// Waits until everything given so far, appended records too, is committed. Fails with
    /// [`JournalError::Unavailable`] while the database fails, and with [`JournalError::Full`] while
    /// appended records find no room; what was appended is then kept and tried again.
    pub async fn flush(&self) -> Result<(), JournalError> {
        self.submit(Bundle::default(), OnFailure::Reject).await.map(drop)
    }

    /// Moves what lies beside the database's own file into it, after all that was given so far, and
    /// says whether it could: it cannot while somebody reads for long. Nothing of what was removed is
    /// in that file then.
    pub async fn clear_log(&self) -> Result<bool, JournalError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::ClearLog(reply)).map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Returns whether the journal can commit, and each change of it. A receiver sees the present
    /// state at once, and may miss one that lasted only for a moment.
    pub fn health(&self) -> watch::Receiver<JournalHealth> {
        self.0.health.clone()
    }

    /// Returns every record that is committed from now on, in the chain's order.
    ///
    /// A receiver that is too slow loses the oldest and is told how many. What is seen is durable,
    /// and is sent before whoever committed it is answered.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<SealedRecord>> {
        self.0.committed.subscribe()
    }

    /// Commits what was given so far, closes the database and ends the writer. Returns at once if
    /// it is closed already. From then on all that is given is refused, and whoever still waited is
    /// told [`JournalError::Closed`].
    pub(super) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.send(Message::Close(reply)).is_ok() {
            closed.await.ok();
        }
    }

    async fn submit(&self, bundle: Bundle, duty: OnFailure) -> Result<Durability, JournalError> {
        let (reply, answer) = oneshot::channel();
        let bundle = self.with_kept_addresses(bundle);
        let job = Job { bundle, duty, reply: Some(reply) };
        self.send(Message::Write(job)).map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    fn send(&self, message: Message) -> Result<(), Message> {
        let Some(inbox) = &self.0.inbox else { return Err(message) };
        inbox.send(message).map_err(|refused| refused.0)
    }
}

fn closed() -> JournalError {
    JournalError::Closed
}

impl Drop for JournalInner {
    /// Lets the writer finish, so that whoever opens the folder next finds it closed. Blocks the
    /// thread that drops the last clone, for [`PATIENCE`] at most.
    fn drop(&mut self) {
        // Hung up first: the writer ends when nobody can give it work, and would otherwise be
        // waited for until patience ends.
        self.inbox = None;
        let ended = self.ended.get_mut();
        // Ends with an error either way: the writer hangs up, or patience does.
        ended.recv_timeout(PATIENCE).ok();
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("health", &*self.0.health.borrow()).finish_non_exhaustive()
    }
}
