//! A slot with where its keys come from, and what was seen there.
//!
//! A slot is what environments of one source share: they switch together.

use crate::{
    accounts::{AccountLink, KeyHealth, KeySlot, ServingKey},
    config::{KeySource, WatchedFile},
    domain::{AccountName, EnvironmentName, Timestamp},
};
use parking_lot::{Mutex, MutexGuard};
use secrecy::SecretString;
use std::{fmt, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::Instant};

/// How long the first pause is after a preflight that said nothing, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The pause doubles up to this.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Where the next key is or will be, and the key if it came from a variable.
///
/// A variable is read at the start alone; a file may come and go.
#[derive(Debug)]
pub struct NextSource {
    /// Where.
    pub source: KeySource,
    /// The key as it was at the start.
    pub secret: Option<SecretString>,
}

/// A slot whose keys are exchanged.
///
/// Its debug text shows where the key comes from, and nothing of the key.
pub struct ManagedSlot {
    /// The account whose keys these are.
    pub(super) account: AccountName,
    /// The environments that share the slot.
    pub(super) environments: Vec<EnvironmentName>,
    /// The keys in service.
    pub(super) slot: Arc<KeySlot>,
    /// How Ideogram is asked about a key.
    pub(super) link: Arc<AccountLink>,
    /// Where the current key comes from.
    pub(super) source: KeySource,
    /// Where the next key comes from, if it was named.
    pub(super) next: Option<KeySource>,
    /// How long calls take at most, after which a drain is worth a word.
    pub(super) patience: Duration,
    /// Taken by whoever looks at the sources, one at a time.
    pub(super) looking: Semaphore,
    /// What was seen at the sources.
    seen: Mutex<SourceState>,
}

/// Which of the two keys of a slot it is about.
///
/// Both are asked for in the same ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotKey {
    /// The one that calls use.
    Current,
    /// The one that is to come.
    Next,
}

/// What was seen at the sources.
///
/// It is never locked across a wait.
pub(super) struct SourceState {
    /// The file of the current key, if it is in one.
    pub(super) file: Option<WatchedFile>,
    /// The file of the next key, if it is in one.
    pub(super) next_file: Option<WatchedFile>,
    /// The next key from a variable, until it is staged.
    pub(super) given: Option<SecretString>,
    /// The last key that was refused, until its place is settled.
    pub(super) refused: Option<RefusedKey>,
    /// The key that is tried again.
    pub(super) waiting: Option<PendingKey>,
    /// Since when the current key is, and the staged one.
    pub(super) since: [Option<Timestamp>; 2],
    /// The rejection that is on record, by key and time.
    pub(super) rejection: Option<(Box<str>, Timestamp)>,
}

/// A key that was refused.
///
/// It is shown to operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RefusedKey {
    /// The place it was meant for.
    pub(super) place: SlotKey,
    /// `None` when there was nothing that could be a key.
    pub(super) tag: Option<Box<str>>,
    /// Its last four characters.
    pub(super) version: Box<str>,
    /// Why, in words that hold nothing of it.
    pub(super) reason: Box<str>,
    /// When.
    pub(super) at: Timestamp,
}

/// A key of which nothing clear was heard yet.
///
/// It is kept, so that trying again needs no second look at its source.
pub(super) struct PendingKey {
    /// The place it is meant for.
    pub(super) place: SlotKey,
    /// The key.
    pub(super) key: Arc<ServingKey>,
    /// The pause it is in.
    pub(super) pause: Duration,
    /// When it is tried again.
    pub(super) due: Instant,
    /// What came instead of a clear answer.
    pub(super) reason: Box<str>,
}

impl ManagedSlot {
    /// Keeps a slot of environments of `account` that take their key from `source`.
    ///
    /// Its files are watched from now on: what changes before the first look is noticed.
    pub fn new(
        (account, link): (AccountName, Arc<AccountLink>),
        environments: Vec<EnvironmentName>,
        slot: Arc<KeySlot>,
        source: KeySource,
        next: Option<NextSource>,
        patience: Duration,
    ) -> Self {
        let (next, given) = next.map_or((None, None), |next| (Some(next.source), next.secret));
        let seen = SourceState {
            file: watched(Some(&source)),
            next_file: watched(next.as_ref()),
            given,
            refused: None,
            waiting: None,
            since: [None, None],
            rejection: None,
        };
        Self {
            account,
            environments,
            slot,
            link,
            source,
            next,
            patience,
            looking: Semaphore::new(1),
            seen: Mutex::new(seen),
        }
    }

    /// Says whether Ideogram rejects the current key, as far as that was seen.
    pub(super) fn is_rejected(&self) -> bool {
        self.slot.current(|key| matches!(key.health(), KeyHealth::Rejected { .. }))
    }

    /// Lends what was seen.
    pub(super) fn seen(&self) -> MutexGuard<'_, SourceState> {
        self.seen.lock()
    }

    /// Returns where a key comes from.
    ///
    /// `None` where no next key was named.
    pub(super) fn source(&self, place: SlotKey) -> Option<&KeySource> {
        match place {
            SlotKey::Current => Some(&self.source),
            SlotKey::Next => self.next.as_ref(),
        }
    }

    /// Says whether the file of a key changed since it was last asked.
    ///
    /// A variable never does.
    pub(super) fn changed(&self, place: SlotKey) -> bool {
        let mut seen = self.seen();
        let file = match place {
            SlotKey::Current => &mut seen.file,
            SlotKey::Next => &mut seen.next_file,
        };
        file.as_mut().is_some_and(WatchedFile::changed)
    }

    /// Returns the environments as people read them.
    pub(super) fn names(&self) -> String {
        self.environments.iter().map(EnvironmentName::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Returns how the record names a key of this account.
    ///
    /// As in `ideogram/…abcd`.
    pub(super) fn resource(&self, version: &str) -> String {
        format!("{}/{version}", self.account)
    }

    /// A key gets another try after a pause, which grows.
    ///
    /// From a second up to a minute, for the same key; another one begins anew.
    pub(super) fn wait(&self, place: SlotKey, key: Arc<ServingKey>, reason: Box<str>) {
        let mut seen = self.seen();
        // The pause grows for the same key only; another one deserves a quick first try.
        let again = seen.waiting.as_ref().filter(|waiting| waiting.key.tag() == key.tag());
        let pause = again.map_or(FIRST_PAUSE, |waiting| (waiting.pause * 2).min(LONGEST_PAUSE));
        seen.waiting = Some(PendingKey { place, key, pause, due: Instant::now() + pause, reason });
    }

    /// What was seen at a source before counts no more.
    pub(super) fn settle(&self, place: SlotKey) {
        let mut seen = self.seen();
        seen.refused.take_if(|refused| refused.place == place);
        seen.waiting.take_if(|waiting| waiting.place == place);
    }

    /// Takes the staged key back.
    ///
    /// The key is wiped once nobody holds it.
    pub(super) fn unstage(&self) {
        self.settle(SlotKey::Next);
        if let Some(key) = self.slot.stage(None) {
            tracing::info!(
                environments = self.names(),
                key.version = key.version(),
                "the next key is staged no longer"
            );
        }
    }

    /// Returns why a key was refused when it was seen before.
    ///
    /// Only the last refusal is known, and only until its place is settled.
    pub(super) fn refused_before(&self, place: SlotKey, tag: &str) -> Option<Box<str>> {
        let seen = self.seen();
        let refused = seen.refused.as_ref().filter(|refused| refused.place == place)?;
        (refused.tag.as_deref() == Some(tag)).then(|| refused.reason.clone())
    }
}

impl fmt::Debug for ManagedSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Kept").field(&self.source).finish()
    }
}

/// Returns the file of a source, watched.
fn watched(source: Option<&KeySource>) -> Option<WatchedFile> {
    match source? {
        KeySource::Variable(_) => None,
        KeySource::File { path, .. } => Some(WatchedFile::new(&**path)),
    }
}
