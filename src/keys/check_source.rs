//! Looking at a source: is there a key, is it another, does Ideogram take it.
//!
//! A look never switches to what it has not tried: the key in service stays until another one is known to
//! work.

use super::{
    Keys,
    managed_slot::{ManagedSlot, RefusedKey, SlotKey},
    record::kind,
};
use crate::{
    accounts::{KeyCheck, ServingKey},
    config::{KeySource, KeySourceError},
    domain::{Action, Actor},
    store::JournalError,
    upstream::Credential,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;

/// Who looks, and how far that goes.
///
/// It tells whom the record names for what comes of it.
#[derive(Debug, Clone)]
pub(super) struct CheckRequest {
    /// Who wants it.
    pub(super) by: Actor,
    /// A key that was refused before is asked about again.
    /// Else the earlier refusal counts, without a word to Ideogram.
    pub(super) again: bool,
    /// A key that was retired may be used again.
    /// It holds for this look alone.
    pub(super) allow_retired: bool,
}

impl CheckRequest {
    /// What the gateway itself wishes when a file changed.
    pub(super) const CHANGED: Self =
        Self { by: Actor::GATEWAY, again: false, allow_retired: false };
    /// What it wishes when it was asked to read its files again.
    ///
    /// So a key that was refused has another chance when somebody asks.
    pub(super) const RELOAD: Self = Self { by: Actor::GATEWAY, again: true, allow_retired: false };
}

/// What a look came to.
///
/// Only the first one changed which key calls use.
#[derive(Debug)]
pub(super) enum CheckOutcome {
    /// Another key is current now.
    Switched { from: Box<str>, to: Box<str> },
    /// The key that comes next is staged.
    Staged,
    /// The key there is in its place already.
    Same,
    /// There is no next key.
    Nothing,
    /// A variable cannot change.
    Fixed(Box<str>),
    /// The key was refused.
    Refused { version: Box<str>, reason: Box<str> },
    /// Nothing clear was heard; it is tried again.
    Unclear { version: Box<str>, reason: Box<str> },
    /// It could not be put on record, so nothing was switched.
    Unrecorded(JournalError),
}

impl Keys {
    /// Looks at a source, and acts on what is there.
    ///
    /// Looks at one slot happen one after the other. A next key whose file is gone or empty is staged no
    /// longer. What is no key is refused, on record, once.
    pub(super) async fn look(
        &self,
        kept: &Arc<ManagedSlot>,
        place: SlotKey,
        wish: &CheckRequest,
    ) -> CheckOutcome {
        let Some(source) = kept.source(place) else { return CheckOutcome::Nothing };
        // One look at a time: two could read the file in different states and switch in the wrong order.
        let _looking = kept.looking.acquire().await;
        match self.read(kept, place, source).await {
            Ok(secret) => match Credential::new(secret) {
                Ok(credential) => self.consider(kept, place, credential, wish).await,
                Err(error) => self.unusable(kept, place, wish, error.to_string().into()).await,
            },
            Err(KeySourceError::Fixed(name)) => CheckOutcome::Fixed(name),
            Err(KeySourceError::Missing(_) | KeySourceError::Empty) if place == SlotKey::Next => {
                kept.unstage();
                CheckOutcome::Nothing
            }
            Err(error) => self.unusable(kept, place, wish, error.to_string().into()).await,
        }
    }

    /// Reads a source. A next key from a variable is taken once, for it cannot change.
    async fn read(
        &self,
        kept: &Arc<ManagedSlot>,
        place: SlotKey,
        source: &KeySource,
    ) -> Result<SecretString, KeySourceError> {
        if place == SlotKey::Next
            && let Some(secret) = kept.seen().given.take()
        {
            return Ok(secret);
        }
        let source = source.clone();
        let read = self.0.tasks.run_blocking(move || source.read_again()).await;
        read.unwrap_or_else(|error| Err(KeySourceError::Unreadable(error.into())))
    }

    /// Decides what a key is that was read: the one in service, a staged one, one that was here before, or a
    /// new one.
    async fn consider(
        &self,
        kept: &Arc<ManagedSlot>,
        place: SlotKey,
        credential: Credential,
        wish: &CheckRequest,
    ) -> CheckOutcome {
        let (tag, version) = (self.0.tags.tag(&credential), Box::<str>::from(credential.version()));
        if kept.slot.current(|key| *key.tag() == *tag) {
            kept.settle(place);
            if place == SlotKey::Next {
                kept.unstage();
            }
            return CheckOutcome::Same;
        }
        if place == SlotKey::Next && kept.slot.next(|key| *key.tag() == *tag).unwrap_or(false) {
            return CheckOutcome::Same;
        }
        let was_current = self.has_left(kept, &tag);
        // The source of the next key may still hold one that was in service and is on its way out.
        if place == SlotKey::Next && was_current {
            kept.unstage();
            return CheckOutcome::Nothing;
        }
        if let Some(reason) = self.retired(kept, &tag, &version, wish) {
            return self.reject(kept, place, wish, (Some(tag), version), reason).await;
        }
        if let Some(same) = kept.refused_before(place, &tag).filter(|_| !wish.again) {
            return CheckOutcome::Refused { version, reason: same };
        }
        // The same key may serve another slot; then both share its count, and it is retired only when both
        // have left.
        let serving = self.serving(&kept.account, &tag);
        let key = serving.unwrap_or_else(|| {
            ServingKey::new(kept.link.upstream.key(credential), tag, Arc::clone(&self.0.clock))
        });
        self.preflight(kept, place, key, wish).await
    }

    /// Asks Ideogram, for free, before a key gets its place.
    ///
    /// The question is `GET /models`, which Ideogram does not bill. A clear yes gives the key its place, 401
    /// and 403 refuse it, and anything else leaves all as it is and is tried again.
    pub(super) async fn preflight(
        &self,
        kept: &Arc<ManagedSlot>,
        place: SlotKey,
        key: Arc<ServingKey>,
        wish: &CheckRequest,
    ) -> CheckOutcome {
        let version = Box::from(key.version());
        match key.ask(&kept.link.upstream).await {
            KeyCheck::Good if place == SlotKey::Current => self.switch(kept, key, &wish.by).await,
            KeyCheck::Good => {
                kept.settle(place);
                tracing::info!(environments = kept.names(), key.version = %version, "the next key is staged");
                kept.seen().since[1] = Some(self.0.clock.now());
                drop(kept.slot.stage(Some(key)));
                CheckOutcome::Staged
            }
            KeyCheck::Rejected(status) => {
                let reason = format!("Ideogram answered {status} to it").into();
                let tag = Some(key.tag().into());
                self.reject(kept, place, wish, (tag, version), reason).await
            }
            KeyCheck::Unclear(reason) => {
                tracing::warn!(environments = kept.names(), key.version = %version, %reason, "a new key could not be tried; the old one stays, and it is tried again");
                kept.wait(place, key, reason.clone());
                CheckOutcome::Unclear { version, reason }
            }
        }
    }

    /// Says whether a key was in service here and is on its way out, or gone.
    ///
    /// Such a key must not be staged again: it may be about to be revoked.
    fn has_left(&self, kept: &ManagedSlot, tag: &str) -> bool {
        let state = self.state();
        let drains = state.draining.iter().any(|one| one.key.tag() == tag);
        let known = state.book.get(&(kept.account.clone(), tag.into()));
        drains || known.is_some_and(|known| known.retired.is_some())
    }

    /// Returns why a key may not be used again, if it may not.
    ///
    /// The settings may allow it by its last four characters, or whoever asks.
    pub(super) fn retired(
        &self,
        kept: &ManagedSlot,
        tag: &str,
        version: &str,
        wish: &CheckRequest,
    ) -> Option<Box<str>> {
        let retired = self.how_retired(&kept.account, tag, version)?;
        if wish.allow_retired || self.allows(version) {
            return None;
        }
        Some(format!("it was retired at {} and may be revoked by now", retired.at).into())
    }

    /// Says whether the settings allow to use a retired key again.
    ///
    /// Compared are the last four characters, with or without the sign in front.
    pub(super) fn allows(&self, version: &str) -> bool {
        let bare = |text: &str| text.trim_start_matches(['…', '#']).to_owned();
        self.0.settings.allow_retired.iter().any(|allowed| bare(allowed) == bare(version))
    }

    /// Refuses what is there and is no key. The same finding is put on record once, until somebody asks
    /// again.
    async fn unusable(
        &self,
        kept: &Arc<ManagedSlot>,
        place: SlotKey,
        wish: &CheckRequest,
        reason: Box<str>,
    ) -> CheckOutcome {
        let same = |refused: &RefusedKey| refused.place == place && refused.reason == reason;
        if !wish.again && kept.seen().refused.as_ref().is_some_and(same) {
            return CheckOutcome::Refused { version: "unreadable".into(), reason };
        }
        self.reject(kept, place, wish, (None, "unreadable".into()), reason).await
    }

    /// Notes that a key is not used, on record and in the log.
    ///
    /// The key in service stays. Where the record cannot be written the key is refused all the same.
    pub(super) async fn reject(
        &self,
        kept: &Arc<ManagedSlot>,
        place: SlotKey,
        wish: &CheckRequest,
        (tag, version): (Option<Box<str>>, Box<str>),
        reason: Box<str>,
    ) -> CheckOutcome {
        let at = self.0.clock.now();
        let source = kept.source(place).unwrap_or(&kept.source);
        tracing::error!(event = "key_refused", environments = kept.names(), key.version = %version, %source, %reason, "a new key is not used; the old one stays");
        kept.settle(place);
        let after = json!({
            "environments": kept.environments,
            "source": kind(source),
            "fingerprint": tag,
            "reason": reason,
        });
        let refused =
            RefusedKey { place, tag, version: version.clone(), reason: reason.clone(), at };
        kept.seen().refused = Some(refused);
        let resource = kept.resource(&version);
        let recorded =
            self.record(&wish.by, Action::KeyRefused, resource, [Value::Null, after]).await;
        if let Err(error) = recorded {
            tracing::error!(%error, "the refusal of a key is not on record");
        }
        CheckOutcome::Refused { version, reason }
    }
}
