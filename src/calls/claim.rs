//! Requests that carry an idempotency key: what the key's call means for them.

use super::Calls;
use crate::{
    answers::{Claimed, KeptAnswer, KeptFor, KeyHeld, SealedError},
    domain::{CallId, ClaimKey, Fingerprint, IdempotencyKey, TokenId},
    spool::{SpoolError, SpoolWriter},
};
use tokio::time::{Instant, timeout_at};

/// What an idempotency key means for a request.
#[derive(Debug)]
pub enum Claiming {
    /// The key is this request's: send it.
    New(Claimed),
    /// The kept answer of the same request.
    Answered(Box<KeptAnswer>),
    /// The same request still runs, and the caller has waited long enough.
    InProgress(CallId),
    /// The same request was sent and its answer is not known; sending it again could pay twice.
    Unknown(CallId),
    /// The key came before with another request.
    Reused(CallId),
    /// The kept answer is there and cannot be read now.
    Unreadable(FetchError),
}

/// A kept answer cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is gone, or not what was kept; it never comes back.
    #[error("the kept answer is lost")]
    Lost(#[source] SealedError),
    /// The disk failed for now.
    #[error("the kept answer cannot be read")]
    Disk(#[source] SealedError),
    /// There is no room for its body now.
    #[error("there is no room for the kept answer")]
    Room(#[from] SpoolError),
    /// The gateway stops.
    #[error("reading the kept answer was cut off")]
    CutOff(#[from] tokio::task::JoinError),
}

impl Calls {
    /// Takes a key for a request, or returns what its earlier call left; waits for a running one until
    /// `deadline`.
    pub async fn claim(
        &self,
        token: &TokenId,
        key: &IdempotencyKey,
        fingerprint: Fingerprint,
        deadline: Instant,
    ) -> Claiming {
        let key = ClaimKey::of(token, key);
        loop {
            let held = self.0.services.claims.claim(token, key, fingerprint);
            let (mut changed, call) = match held {
                KeyHeld::Free(claimed) => return Claiming::New(claimed),
                KeyHeld::Reused(call) => return Claiming::Reused(call),
                KeyHeld::Unknown(call) => return Claiming::Unknown(call),
                KeyHeld::Answered(call) => return self.replay(token, &key, call).await,
                KeyHeld::Running(changed, call) => (changed, call),
            };
            // An error inside only says that the call has ended.
            if timeout_at(deadline, changed.changed()).await.is_err() {
                return Claiming::InProgress(call);
            }
        }
    }

    async fn replay(&self, token: &TokenId, key: &ClaimKey, call: CallId) -> Claiming {
        match self.fetch(&call, KeptFor::Key, Some(token.clone())).await {
            Ok(answer) => Claiming::Answered(Box::new(answer)),
            Err(FetchError::Lost(error)) => {
                tracing::error!(call.id = %call, %error, "a kept answer is lost; its key stays taken");
                self.0.services.claims.lose(key, &call);
                Claiming::Unknown(call)
            }
            Err(error) => Claiming::Unreadable(error),
        }
    }

    /// Returns a kept answer, read and checked to its last byte.
    pub(super) async fn fetch(
        &self,
        call: &CallId,
        why: KeptFor,
        owner: Option<TokenId>,
    ) -> Result<KeptAnswer, FetchError> {
        let services = &self.0.services;
        let (files, name) = (services.sealed.clone(), call.clone());
        let mut sealed = services.tasks.run_blocking(move || files.read(&name, why)).await??;
        let mut body = SpoolWriter::new(&services.spool, owner, u64::MAX);
        loop {
            let read = services.tasks.run_blocking(move || {
                let piece = sealed.piece();
                (sealed, piece)
            });
            let (back, piece) = read.await?;
            sealed = back;
            let Some(piece) = piece? else { break };
            body.write(piece.into()).await?;
        }
        Ok(sealed.with(call.clone(), body.finish().await?)?)
    }
}

impl From<SealedError> for FetchError {
    fn from(error: SealedError) -> Self {
        match error {
            SealedError::Missing | SealedError::Changed => Self::Lost(error),
            SealedError::Io(_) => Self::Disk(error),
        }
    }
}
