//! From one key to another: on record, then in effect.
//!
//! A process that dies in between finds the new key at its source and the adoption on record.

use super::{
    Keys,
    check_source::{CheckOutcome, CheckRequest},
    key_history::KeyEntry,
    managed_slot::{ManagedSlot, SlotKey},
    record::adopted,
};
use crate::{
    accounts::{KeyCheck, KeyHealth, ServingKey},
    domain::{Action, Actor},
};
use serde_json::{Value, json};
use std::sync::Arc;

impl Keys {
    /// Makes a preflighted key current: new calls use it from here on.
    ///
    /// If it cannot be put on record, nothing is switched. No call gets the old key afterwards, and those
    /// that have it keep it to their end. Switches happen one at a time.
    pub(super) async fn switch(
        &self,
        kept: &Arc<ManagedSlot>,
        key: Arc<ServingKey>,
        by: &Actor,
    ) -> CheckOutcome {
        let _exclusive = self.0.exclusive.acquire().await;
        let from: Box<str> = kept.slot.current(|key| key.version().into());
        let to: Box<str> = key.version().into();
        let staged = kept.slot.next(|next| next.tag() == key.tag()).unwrap_or(false);
        let place = if staged { SlotKey::Next } else { SlotKey::Current };
        let source = kept.source(place).unwrap_or(&kept.source);
        let before = json!({ "version": from });
        let change = [before, adopted(kept, &key, source)];
        if let Err(error) = self.record(by, Action::KeyAdopt, kept.resource(&to), change).await {
            tracing::error!(%error, "a key was not switched, for that cannot be put on record");
            return CheckOutcome::Unrecorded(error);
        }
        // On record by now. What follows is in memory only, and a crash before it ends in the same state.
        self.note_adoption(kept, &key);
        kept.settle(place);
        let old = kept.slot.switch_to(key);
        tracing::info!(event = "key_switched", environments = kept.names(), from = %from, to = %to, "new calls use another key");
        self.drain(Arc::clone(kept), old);
        CheckOutcome::Switched { from, to }
    }

    /// Notes in the book that a key is in service.
    ///
    /// An earlier retirement of the same key is forgotten.
    pub(super) fn note_adoption(&self, kept: &ManagedSlot, key: &ServingKey) {
        let adopted_at = self.0.clock.now();
        kept.seen().since = [Some(adopted_at), None];
        let known = KeyEntry {
            version: key.version().into(),
            environments: kept.environments.clone(),
            adopted_at,
            retired: None,
        };
        self.state().book.insert((kept.account.clone(), key.tag().into()), known);
    }

    /// Lets the staged key take over from a rejected one, if Ideogram still takes it.
    ///
    /// The rejection is put on record once. Without a staged key, calls of these environments are refused
    /// until the key is exchanged or works again.
    pub(super) async fn replace_rejected(&self, kept: &Arc<ManagedSlot>) {
        let (health, key) = kept.slot.current(|key| (key.health(), key.take()));
        let KeyHealth::Rejected { since } = health else { return };
        // Names are enough from here on: holding the key would keep it from being retired.
        let (version, tag) = key.names();
        drop(key);
        let next = kept.slot.next(Arc::clone);
        let rejection = Some((tag.clone(), since));
        if kept.seen().rejection != rejection {
            kept.seen().rejection = rejection;
            let next = next.as_ref().map(|next| next.version().to_owned());
            let after =
                json!({"environments": kept.environments, "fingerprint": tag, "next": next});
            let resource = kept.resource(&version);
            let by = &Actor::GATEWAY;
            if let Err(error) =
                self.record(by, Action::KeyRejected, resource, [Value::Null, after]).await
            {
                tracing::error!(%error, "the rejection of a key is not on record");
            }
        }
        let Some(next) = next else {
            tracing::error!(environments = kept.names(), key.version = %version, "no next key is staged; calls are refused until the key is exchanged or works again");
            return;
        };
        self.take_next(kept, next, &CheckRequest::CHANGED).await;
    }

    /// Makes the staged key current, after asking once more whether it works.
    ///
    /// If Ideogram rejects it, it is staged no longer; where nothing clear is heard, it stays staged.
    pub(super) async fn take_next(
        &self,
        kept: &Arc<ManagedSlot>,
        next: Arc<ServingKey>,
        wish: &CheckRequest,
    ) -> CheckOutcome {
        let version = Box::from(next.version());
        match next.ask(&kept.link.upstream).await {
            KeyCheck::Good => self.switch(kept, next, &wish.by).await,
            KeyCheck::Rejected(status) => {
                drop(kept.slot.stage(None));
                let reason = format!("Ideogram answered {status} to it").into();
                let tag = Some(next.tag().into());
                self.reject(kept, SlotKey::Next, wish, (tag, version), reason).await
            }
            KeyCheck::Unclear(reason) => CheckOutcome::Unclear { version, reason },
        }
    }
}
