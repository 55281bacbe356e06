//! Taking up the keys at the start.
//!
//! A start asks Ideogram nothing about the keys in use: it must not depend on Ideogram being reachable.

use super::{
    Keys,
    check_source::CheckRequest,
    drain::Leaving,
    key_history::{self, Retired},
    managed_slot::ManagedSlot,
    record::adopted,
};
use crate::{
    accounts::ServingKey,
    domain::{Action, Actor, EnvironmentName, Timestamp},
    store::{JournalError, StoreError},
    upstream::Credential,
};
use serde_json::Value;
use std::sync::Arc;

/// The keys cannot be taken up.
///
/// Each of them ends the start: half a start would look like a good one.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What the record says of keys cannot be read.
    #[error("what is on record about keys cannot be read")]
    Read(#[source] StoreError),
    /// The gateway ended meanwhile.
    #[error("the gateway is stopping")]
    Stopping,
    /// The adoption of a key cannot be put on record.
    #[error("the adoption of a key cannot be put on record")]
    Unrecorded(#[source] JournalError),
    /// A key that was retired was given.
    #[error(
        "the key {version} of {environments}, from {source_name}, was retired at {at}{by}: it may be \
         revoked by now, and then every call would fail. Give the key that is in use now. To use this \
         one again all the same, set allow_retired = [\"{bare}\"] under [keys] \
         (IDEOGATE__KEYS__ALLOW_RETIRED={bare})"
    )]
    Retired {
        /// What may be said of the key.
        version: Box<str>,
        /// The same without its sign.
        bare: Box<str>,
        /// Its environments.
        environments: String,
        /// Where it comes from.
        source_name: String,
        /// When it was retired.
        at: Timestamp,
        /// What replaced it, as words.
        by: String,
    },
}

impl Keys {
    /// Refuses keys that were retired, puts on record those that are new, and retires those that were
    /// exchanged while the gateway was down.
    ///
    /// Nothing is served before this is done. What a crash left half done is finished here: a switch that was
    /// on record only, a key that was drained and not retired. A key that is only missing is not retired.
    pub async fn adopt(&self) -> Result<(), StartError> {
        let reader = self.0.reader.clone();
        let read = move || -> Result<_, StoreError> {
            Ok((key_history::read(&reader)?, key_history::retired_before(&reader)?))
        };
        let read = self.0.tasks.run_blocking(read).await;
        let (book, before) = read.map_err(|_| StartError::Stopping)?.map_err(StartError::Read)?;
        {
            let mut state = self.state();
            (state.book, state.retired_before) = (book, before);
        }
        // All are looked at before anything is written, so that a start which is refused leaves no trace.
        for kept in self.kept().iter() {
            self.refuse_retired(kept)?;
        }
        for kept in self.kept().iter() {
            self.note_first_sight(kept).await?;
        }
        for leaving in self.left_behind() {
            self.retire(leaving, &Actor::GATEWAY).await;
        }
        Ok(())
    }

    /// Refuses a current key that was retired, unless the settings allow it or the next key can be used
    /// instead.
    pub fn refuse_retired(&self, kept: &Arc<ManagedSlot>) -> Result<(), StartError> {
        let Some(retired) = self.retirement(kept) else { return Ok(()) };
        let version: Box<str> = kept.slot.current(|key| key.version().into());
        if self.allows(&version) {
            return Ok(());
        }
        if self.use_next_instead(kept) {
            tracing::warn!(environments = kept.names(), key.version = %version, source = %kept.source, "this key was retired; the next key is used in its stead");
            return Ok(());
        }
        Err(StartError::Retired {
            bare: version.trim_start_matches(['…', '#']).into(),
            version,
            environments: kept.names(),
            source_name: kept.source.to_string(),
            at: retired.at,
            by: retired
                .replaced_by
                .map(|by| format!(", when {by} replaced it"))
                .unwrap_or_default(),
        })
    }

    /// Returns how the current key was retired, if it was.
    fn retirement(&self, kept: &ManagedSlot) -> Option<Retired> {
        let key = kept.slot.current(Arc::clone);
        self.how_retired(&kept.account, key.tag(), key.version())
    }

    /// A staged key may have taken over in an earlier run; the variables still say the old order.
    /// Says whether it did.
    fn use_next_instead(&self, kept: &Arc<ManagedSlot>) -> bool {
        let given = kept.seen().given.take();
        let read = given.or_else(|| kept.next.as_ref()?.read_again().ok());
        let Some(credential) = read.and_then(|secret| Credential::new(secret).ok()) else {
            return false;
        };
        let tag = self.0.tags.tag(&credential);
        if self.retired(kept, &tag, credential.version(), &CheckRequest::CHANGED).is_some() {
            return false;
        }
        let key = kept.link.upstream.key(credential);
        drop(kept.slot.switch_to(ServingKey::new(key, tag, Arc::clone(&self.0.clock))));
        true
    }

    /// Puts the current key on record, unless the record has it in service for all environments of the slot.
    pub async fn note_first_sight(&self, kept: &Arc<ManagedSlot>) -> Result<(), StartError> {
        let key = kept.slot.current(Arc::clone);
        let known = self.state().book.get(&(kept.account.clone(), key.tag().into())).cloned();
        if let Some(known) = known.filter(|known| known.retired.is_none())
            && kept.environments.iter().all(|name| known.environments.contains(name))
        {
            kept.seen().since[0] = Some(known.adopted_at);
            return Ok(());
        }
        let change = [Value::Null, adopted(kept, &key, &kept.source)];
        let resource = kept.resource(key.version());
        let recorded = self.record(&Actor::GATEWAY, Action::KeyAdopt, resource, change).await;
        recorded.map_err(StartError::Unrecorded)?;
        self.note_adoption(kept, &key);
        Ok(())
    }

    /// Returns the keys of earlier runs whose environments have others now. Where an environment is only
    /// without a key, or gone, it may come back with the old one.
    ///
    /// No call of theirs is left, for their process has ended.
    fn left_behind(&self) -> Vec<Leaving> {
        let (state, kept) = (self.state(), self.kept());
        let in_service = state.book.iter().filter(|(_, known)| known.retired.is_none());
        let left = in_service.filter(|((_, tag), _)| !self.is_wanted(tag)).filter_map(
            |((account, tag), known)| {
                let now = |name: &EnvironmentName| {
                    let own = |kept: &&Arc<ManagedSlot>| {
                        kept.account == *account && kept.environments.contains(name)
                    };
                    kept.iter().find(own)
                };
                let replaced = known.environments.iter().all(|name| now(name).is_some());
                let by = now(known.environments.first()?)?;
                replaced.then(|| Leaving {
                    account: account.clone(),
                    tag: tag.clone(),
                    version: known.version.clone(),
                    environments: known.environments.clone(),
                    last_used: None,
                    replaced_by: Some(by.slot.current(|key| key.version().into())),
                })
            },
        );
        left.collect()
    }
}
