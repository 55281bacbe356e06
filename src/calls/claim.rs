//! Requests that carry an idempotency key: what the key's call means for them.

use super::{Calls, FetchError, PriorCall, ReplayKind};
use crate::{
    answers::{KeptAnswer, KeptFor, KeyHeld},
    domain::{CallId, ClaimKey, Fingerprint, IdempotencyKey, TokenId},
    spool::SpoolWriter,
};
use tokio::time::{Instant, timeout_at};

impl Calls {
    /// Takes a key for a request, or returns what its earlier call left; waits for a running one until
    /// `deadline`.
    pub async fn claim(
        &self,
        token: &TokenId,
        key: &IdempotencyKey,
        fingerprint: Fingerprint,
        deadline: Instant,
    ) -> PriorCall {
        let key = ClaimKey::new(token, key);
        loop {
            let held = self.services().claims.claim(token, key, fingerprint);
            let (mut changed, call) = match held {
                KeyHeld::Free(claimed) => return PriorCall::None(Some(claimed)),
                KeyHeld::Reused(call) => return PriorCall::Conflict(call),
                KeyHeld::Unknown(call) => return PriorCall::Unknown(call),
                KeyHeld::Answered(call) => return self.replay(token, &key, call).await,
                KeyHeld::Running(changed, call) => (changed, call),
            };
            // An error inside only says that the call has ended.
            if timeout_at(deadline, changed.changed()).await.is_err() {
                return PriorCall::Running(call);
            }
        }
    }

    async fn replay(&self, token: &TokenId, key: &ClaimKey, call: CallId) -> PriorCall {
        match self.fetch(&call, KeptFor::Key, Some(token.clone())).await {
            Ok(answer) => PriorCall::Answered(Box::new(answer), ReplayKind::Replayed),
            Err(FetchError::Lost(error)) => {
                tracing::error!(call.id = %call, %error, "a kept answer is lost; its key stays taken");
                self.services().claims.lose(key, &call);
                PriorCall::Unknown(call)
            }
            Err(error) => PriorCall::Unreadable(error),
        }
    }

    /// Returns a kept answer, read and checked to its last byte.
    pub(super) async fn fetch(
        &self,
        call: &CallId,
        why: KeptFor,
        owner: Option<TokenId>,
    ) -> Result<KeptAnswer, FetchError> {
        let services = self.services();
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
