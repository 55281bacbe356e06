//! Who is known.

use super::{PersonName, PersonNameError, sealing::PersonKey};
use crate::{
    domain::{AssertedPerson, Clock, PersonId, StoredPerson, Timestamp},
    store::{Journal, KeyFileError, Mention, PersonUse, Reader, StoreError},
    tasks::Tasks,
};
use std::{path::Path, sync::Arc};

/// How ids of persons begin.
const ID: &str = "usr_";

/// End users: asserted, found, listed and forgotten. Clones share everything.
#[derive(Debug, Clone)]
pub struct Persons(Arc<PersonsInner>);

#[derive(Debug)]
pub(super) struct PersonsInner {
    pub(super) key: PersonKey,
    pub(super) journal: Journal,
    pub(super) reader: Reader,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tasks: Tasks,
}

/// Somebody who is known, as an operator sees them.
#[derive(Debug, Clone)]
pub struct KnownPerson {
    /// The id that stands for them.
    pub id: PersonId,
    /// Who it is; `None` where the name was sealed with another key.
    pub name: Option<PersonName>,
    /// When the first record about them was made.
    pub since: Timestamp,
    /// When the last call on their behalf was opened, if there was one.
    pub last_at: Option<Timestamp>,
    /// Calls on their behalf.
    pub calls: u64,
}

/// Persons could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum PersonsError {
    /// The database could not be read.
    #[error("persons cannot be read")]
    Read(#[source] StoreError),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
}

impl Persons {
    /// Takes up the key in a data folder, or makes it.
    pub fn load(
        dir: &Path,
        journal: Journal,
        reader: Reader,
        clock: Arc<dyn Clock>,
        tasks: Tasks,
    ) -> Result<Self, KeyFileError> {
        let key = PersonKey::in_folder(dir)?;
        Ok(Self(Arc::new(PersonsInner { key, journal, reader, clock, tasks })))
    }

    /// Returns what may be kept of a name that an app sent. Nothing is looked up, and the name is
    /// wiped.
    pub fn assert(&self, header: &[u8]) -> Result<AssertedPerson, PersonNameError> {
        PersonName::parse(header).map(|name| self.0.key.assert(&name))
    }

    /// Returns the id that is meant by an id or by a name; `None` if nobody is known by either. An
    /// id stays known after its person was forgotten, a name does not.
    pub async fn find(&self, text: &str) -> Result<Option<PersonId>, PersonsError> {
        let id = text.starts_with(ID).then(|| PersonId::from_stored(text));
        let digest = PersonName::parse(text.as_bytes()).ok().map(|name| self.0.key.digest(&name));
        self.read(move |reader| {
            if let Some(id) = id
                && reader.mentions(Mention::Person(&id))?
            {
                return Ok(Some(id));
            }
            digest.map_or(Ok(None), |digest| reader.person_of(&digest))
        })
        .await
    }

    /// Returns who stands behind each of these ids, where that is known.
    pub async fn names(&self, ids: Vec<PersonId>) -> Result<Vec<Option<PersonName>>, PersonsError> {
        let persons = self.clone();
        self.read(move |reader| {
            let name = |id| Ok(reader.stored_person(&id)?.and_then(|found| persons.open(&found)));
            ids.into_iter().map(name).collect()
        })
        .await
    }

    /// Returns who is known, by id, after one of them if one is given.
    pub async fn list(
        &self,
        after: Option<PersonId>,
        limit: usize,
    ) -> Result<Vec<KnownPerson>, PersonsError> {
        let persons = self.clone();
        let known = move |found: PersonUse| KnownPerson {
            name: persons.open(&found.person),
            id: found.person.id,
            since: found.person.since,
            last_at: found.last_at,
            calls: found.calls,
        };
        self.read(move |reader| {
            Ok(reader.persons(after.as_ref(), limit)?.into_iter().map(known).collect())
        })
        .await
    }

    pub(super) fn open(&self, stored: &StoredPerson) -> Option<PersonName> {
        self.0.key.open(&stored.person)
    }

    pub(super) fn shared(&self) -> &PersonsInner {
        &self.0
    }

    /// Reads where blocking is allowed.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, PersonsError> {
        let reader = self.0.reader.clone();
        let read = self.0.tasks.run_blocking(move || read(&reader)).await;
        read.map_err(|_| PersonsError::Stopping)?.map_err(PersonsError::Read)
    }
}
