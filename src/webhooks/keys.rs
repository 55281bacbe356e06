//! The key set of one origin: kept, fetched by one at a time, and never often.

use super::{
    FetchFailed,
    claims::VendorClaims,
    jwks::{self, VendorKey},
};
use crate::tasks::Tasks;
use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use parking_lot::{Mutex, MutexGuard};
use std::{error::Error, fmt, sync::Arc, time::Duration};
use tokio::time::Instant;

/// The vendor asks to keep its keys no longer.
const LONGEST: Duration = Duration::from_hours(24);

/// However short the vendor's `Cache-Control` is.
const SHORTEST: Duration = Duration::from_mins(5);

/// How long after a fetch there is no other, whatever came of it.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// A key set as it was fetched.
///
/// Whether it holds usable keys is not looked at yet.
#[derive(Debug, Clone)]
pub struct FetchedKeys {
    /// The document.
    pub document: Bytes,
    /// How long its sender says that it may be kept; `None` when it says nothing.
    pub max_age: Option<Duration>,
}

/// Fetches a key set from where it is published, without any credential.
///
/// It is called by one task at a time, and not within 30 seconds of the last call.
pub trait KeyFetch: fmt::Debug + Send + Sync {
    /// Fetches the document anew.
    fn fetch(&self) -> BoxFuture<'static, Result<FetchedKeys, Box<dyn Error + Send + Sync>>>;
}

/// The keys of one origin.
///
/// Clones share it.
#[derive(Debug, Clone)]
pub(super) struct KeySet(Arc<JwksInner>);

/// What clones share.
struct JwksInner {
    source: Arc<dyn KeyFetch>,
    tasks: Tasks,
    state: Mutex<JwksState>,
}

/// It is never locked across a wait.
#[derive(Default)]
struct JwksState {
    /// The last set that was usable.
    kept: Option<CachedKeys>,
    /// When the last fetch began.
    tried_at: Option<Instant>,
    /// The fetch under way; all who need it wait for the same one.
    flight: Option<Shared<BoxFuture<'static, ()>>>,
}

/// A set, and how old it is.
#[derive(Clone)]
struct CachedKeys {
    keys: Arc<[VendorKey]>,
    fetched_at: Instant,
    fresh_for: Duration,
}

impl KeySet {
    /// Returns a set that was not fetched yet.
    pub(super) fn new(source: Arc<dyn KeyFetch>, tasks: Tasks) -> Self {
        Self(Arc::new(JwksInner { source, tasks, state: Mutex::default() }))
    }

    /// Returns the id of the key that made a signature, as the set calls it; `Ok(None)` when none did.
    ///
    /// A signature that no key fits leads to one more fetch at most, however many come. It is an error only
    /// if there is no usable set at all; one that could not be refreshed serves up to 24 hours after it was
    /// fetched.
    pub(super) async fn maker(
        &self,
        claims: &VendorClaims,
        message: &[u8],
    ) -> Result<Option<Box<str>>, FetchFailed> {
        if !self.is_fresh() {
            self.refresh().await;
        }
        let found = self.look(claims, message);
        if matches!(found, Ok(Some(_))) {
            return found;
        }
        // It may be a key that is newer than the set.
        self.refresh().await;
        self.look(claims, message)
    }

    /// Tries every key, the one that is named first.
    fn look(&self, claims: &VendorClaims, message: &[u8]) -> Result<Option<Box<str>>, FetchFailed> {
        let keys = self.0.keys().ok_or(FetchFailed)?;
        let is_named = |key: &&VendorKey| key.id() == Some(&*claims.key);
        let (named, others): (Vec<_>, Vec<_>) = keys.iter().partition(is_named);
        let maker = named.into_iter().chain(others);
        let mut maker = maker.filter(|key| key.made(&claims.signature, message));
        Ok(maker.next().map(|key| key.id().unwrap_or("unnamed").into()))
    }

    /// Says whether the set may be used without asking again.
    fn is_fresh(&self) -> bool {
        let state = self.0.lock();
        state.kept.as_ref().is_some_and(|kept| kept.fetched_at.elapsed() < kept.fresh_for)
    }

    /// Fetches the set unless that was tried just now; waits for a fetch that is under way.
    async fn refresh(&self) {
        let flight = self.0.flight();
        if let Some(flight) = flight {
            flight.await;
        }
    }
}

impl JwksInner {
    fn lock(&self) -> MutexGuard<'_, JwksState> {
        self.state.lock()
    }

    /// Returns the keys, unless there are none or they are too old to be believed.
    fn keys(&self) -> Option<Arc<[VendorKey]>> {
        let kept = self.lock().kept.clone()?;
        (kept.fetched_at.elapsed() < LONGEST).then_some(kept.keys)
    }

    /// Returns the fetch under way, or begins one; `None` within 30 seconds of the last.
    fn flight(self: &Arc<Self>) -> Option<Shared<BoxFuture<'static, ()>>> {
        let mut state = self.lock();
        if let Some(flight) = &state.flight {
            return Some(flight.clone());
        }
        if state.tried_at.is_some_and(|tried| tried.elapsed() < COOL_DOWN) {
            return None;
        }
        // When it begins, whatever comes of it: a source that fails at once must not be asked again
        // at once.
        state.tried_at = Some(Instant::now());
        let own = Arc::clone(self);
        let flight = async move { own.fetch().await }.boxed().shared();
        state.flight = Some(flight.clone());
        // Driven to its end even if all who asked for it leave.
        self.tasks.spawn_background("webhook keys", flight.clone());
        Some(flight)
    }

    /// Fetches the set and keeps it if it is usable; otherwise the old one stays.
    async fn fetch(&self) {
        let fetched = self.source.fetch().await;
        let usable = fetched.map(|fetched| (jwks::keys(&fetched.document), fetched.max_age));
        let mut state = self.lock();
        // In the same lock as the set, so that nobody sees the flight over and the set missing.
        state.flight = None;
        match usable {
            Ok((Some(keys), max_age)) => {
                let fresh_for = max_age.unwrap_or(LONGEST).clamp(SHORTEST, LONGEST);
                tracing::info!(keys = keys.len(), ?fresh_for, "webhook keys fetched");
                let (keys, fetched_at) = (keys.into(), Instant::now());
                state.kept = Some(CachedKeys { keys, fetched_at, fresh_for });
            }
            Ok((None, _)) => tracing::warn!("the document of webhook keys holds no usable key"),
            Err(error) => tracing::warn!(error, "webhook keys could not be fetched"),
        }
    }
}

impl fmt::Debug for JwksInner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet").field("source", &self.source).finish_non_exhaustive()
    }
}
