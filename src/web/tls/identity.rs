//! What a listener shows, and how it is exchanged while it is shown.

use super::{TlsFault, TlsPair};
use crate::{config::TlsFiles, domain::Timestamp};
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use std::{fmt, sync::Arc};

/// The certificate and key that a listener shows. New connections get what was read last; open ones
/// go on with what they began with.
pub struct TlsIdentity {
    files: TlsFiles,
    shown: ArcSwap<ShownPair>,
}

struct ShownPair {
    pair: Arc<TlsPair>,
    serving: Arc<ServerConfig>,
}

/// What came of reading the files again.
#[derive(Debug)]
pub enum PairRenewal {
    /// The files hold what is shown already.
    Same,
    /// What they hold is shown from now on.
    Done(Arc<TlsPair>),
}

impl TlsIdentity {
    /// Reads what is to be shown.
    pub fn open(files: TlsFiles) -> Result<Arc<Self>, TlsFault> {
        let pair = Arc::new(TlsPair::read(&files)?);
        let shown = ArcSwap::from_pointee(ShownPair::new(pair)?);
        Ok(Arc::new(Self { files, shown }))
    }

    /// Reads the files again, and shows what they hold if that can be served. When it cannot, what
    /// was shown before stays: it may be that one of two files is not exchanged yet.
    pub fn renew(&self, now: Timestamp) -> Result<PairRenewal, TlsFault> {
        let fresh = Arc::new(TlsPair::read(&self.files)?);
        let pair = self.pair();
        if fresh.is_same(&pair) {
            return Ok(PairRenewal::Same);
        }
        let certificate = || self.files.certificate.clone();
        // Only where what is shown is good itself. Where it has expired, what was put in its place is still
        // its owner's newer word.
        if pair.about().is_valid(now) && !fresh.about().is_valid(now) {
            return Err(TlsFault::NotValid { certificate: certificate() });
        }
        if !pair.about().names.is_empty() && fresh.about().names.is_empty() {
            return Err(TlsFault::Nameless { certificate: certificate() });
        }
        self.shown.store(Arc::new(ShownPair::new(Arc::clone(&fresh))?));
        Ok(PairRenewal::Done(fresh))
    }

    /// Returns what is shown now.
    pub fn pair(&self) -> Arc<TlsPair> {
        Arc::clone(&self.shown.load().pair)
    }

    /// Returns what a new connection is served with.
    pub(super) fn serving(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.shown.load().serving)
    }
}

impl ShownPair {
    fn new(pair: Arc<TlsPair>) -> Result<Self, TlsFault> {
        let serving = Arc::new(pair.serving()?);
        Ok(Self { pair, serving })
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity").field("files", &self.files).finish_non_exhaustive()
    }
}
