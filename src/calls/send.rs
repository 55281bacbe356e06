//! The way in: a ready call and its permit become an answer.

use super::{Calls, Finished, ReadyCall, SendError, client_guard::ClientGuard, sending::Sending};
use crate::{
    accounts::{AccountLink, KeySlot},
    admission::Permit,
    ledger::Hold,
};
use std::sync::Arc;
use tokio::sync::oneshot;

impl Calls {
    /// Sends a call and returns its answer once its outcome is durable.
    ///
    /// The call is finished and recorded even if the returned future is dropped after the commit.
    pub async fn send(
        &self,
        ready: ReadyCall,
        hold: Hold,
        permit: Permit,
    ) -> Result<Finished, SendError> {
        let way = self.checked_again(&ready, &hold).await?;
        let (client, answer) = oneshot::channel();
        let answers = self.services().answers.clone();
        let (print, call) = (ready.fingerprint, ready.call.clone());
        let presence = ClientGuard::new(answers.clone(), print, call.clone());
        ready.handed_over.note();
        let sending = Sending::new(self.clone(), ready, way, client);
        self.services().tasks.spawn_tracked("call", sending.run(hold, permit));
        let end = answer.await;
        presence.ends();
        end.unwrap_or_else(|_| {
            // A client that is told that the outcome is unknown must not pay by its retry.
            answers.unknown(&print, &call);
            Err(SendError::CutOff)
        })
    }

    /// Looks once more at what may have changed while the call waited.
    async fn checked_again(
        &self,
        ready: &ReadyCall,
        hold: &Hold,
    ) -> Result<(Arc<AccountLink>, Arc<KeySlot>), SendError> {
        let link = self.services().accounts.link(&ready.account).ok_or(SendError::NoKey)?;
        let slot = link.slot(&ready.token.environment).ok_or(SendError::NoKey)?;
        if !slot.is_usable(&link.upstream).await {
            return Err(SendError::KeyRejected { retry_after: slot.rests().unwrap_or_default() });
        }
        if ready.spends() {
            link.breaker.admit(hold.bound()).map_err(SendError::NoBalance)?;
        }
        // Last, since asking about a key takes time in which a token may be withdrawn.
        self.may_send(ready)?;
        Ok((Arc::clone(link), slot))
    }
}
