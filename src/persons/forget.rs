//! Forgetting somebody.
//!
//! ```text
//!   row found ──▶ reason checked ──▶ record and removal, one commit ──▶ log cut off ──▶ answered
//!                                                                        │ somebody reads
//!                                                                        └──▶ answered all the same; cut off
//!                                                                             as soon as they are done
//! ```
//!
//! The chain stays whole: records go on naming an id, and nobody can say any more whose it was.

use super::{PersonName, Persons, PersonsError};
use crate::{
    domain::{Action, Actor, AuditRecord, Bundle, Effect, PersonId, StoredPerson, Timestamp},
    store::{JournalError, Reader, StoreError},
};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long an answer waits for the log to be cut off, and how long it takes between two tries.
const WAITED_FOR: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(250);
const LATER: Duration = Duration::from_secs(1);

/// The resource of a record about somebody for whom no id ever stood.
const BEFORE_IDS: &str = "before-ids";

/// Somebody was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// The id that records go on naming; `None` for somebody whom only records of an older version name.
    pub user: Option<PersonId>,
    /// When it was recorded.
    pub at: Timestamp,
    /// Calls that stay on record under the id.
    pub calls: u64,
    /// Whether the database's write-ahead log is rid of the row as well. If not, somebody is reading
    /// it, and it is tried again until it is.
    pub log_cleared: bool,
    /// Records of an older version that hold the name itself, and go on holding it: the chain is never
    /// rewritten.
    pub named_in_records: u64,
}

/// Nobody was forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// Nobody is known by that name or id.
    #[error("nobody is known by that")]
    Unknown,
    /// The id's person was forgotten before.
    #[error("forgotten at {0}")]
    Before(Timestamp),
    /// The reason would keep on record what is to be forgotten.
    #[error("the reason holds the name, and would stay on record")]
    NameInReason,
    /// The database could not be read.
    #[error("persons cannot be read")]
    Read(#[source] StoreError),
    /// It could not be recorded, so it did not happen.
    #[error("it could not be recorded")]
    Unrecorded(#[source] JournalError),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
}

impl From<PersonsError> for ForgetError {
    fn from(error: PersonsError) -> Self {
        match error {
            PersonsError::Read(cause) => Self::Read(cause),
            PersonsError::Stopping => Self::Stopping,
        }
    }
}

impl Persons {
    /// Removes who stands behind an id, by that id or by name, and puts it on record.
    ///
    /// It goes on to its end even if the returned future is dropped. Who comes again gets another id,
    /// and nothing ties the two.
    pub async fn forget(
        &self,
        by: Actor,
        text: &str,
        reason: &str,
    ) -> Result<Forgotten, ForgetError> {
        let (persons, text, reason) = (self.clone(), text.to_owned(), reason.to_owned());
        let work = async move { persons.forget_surely(by, &text, &reason).await };
        let done = self.shared().tasks.spawn_tracked("forget a person", work).await;
        done.map_err(|_| ForgetError::Stopping)?
    }

    async fn forget_surely(
        &self,
        by: Actor,
        text: &str,
        reason: &str,
    ) -> Result<Forgotten, ForgetError> {
        let typed = PersonName::parse(text.as_bytes()).ok();
        let (stored, calls) = match self.stored(text).await {
            Ok((stored, calls)) => (Some(stored), calls),
            Err(ForgetError::Unknown) => (None, 0),
            Err(error) => return Err(error),
        };
        let known = stored.as_ref().and_then(|stored| self.open(stored));
        let names: Vec<_> = known.into_iter().chain(typed).collect();
        if names.iter().any(|name| name.is_in(reason)) {
            return Err(ForgetError::NameInReason);
        }
        let old_records = self.named_in_records(names).await?;
        if stored.is_none() && old_records == 0 {
            return Err(ForgetError::Unknown);
        }
        let at = self.shared().clock.now();
        let before = json!({"since": stored.as_ref().map(|stored| stored.since)});
        let after = json!({"reason": reason, "calls": calls, "named_in_records": old_records});
        let user = stored.map(|stored| stored.id);
        let resource = user.as_ref().map_or(BEFORE_IDS, PersonId::as_str);
        let mut bundle = Bundle::record(AuditRecord::change(
            at,
            by,
            Action::PersonForget,
            resource,
            before,
            after,
        ));
        if let Some(user) = &user {
            bundle = bundle.with(Effect::ForgetPerson(user.clone()));
        }
        self.shared().journal.commit(bundle).await.map_err(|error| match error {
            // Somebody else was quicker.
            JournalError::Rejected(_) => ForgetError::Unknown,
            error => ForgetError::Unrecorded(error),
        })?;
        let log_cleared = self.clear_log().await;
        Ok(Forgotten { user, at, calls, log_cleared, named_in_records: old_records })
    }

    /// Returns how many records of an older version hold one of the names.
    async fn named_in_records(&self, mut names: Vec<PersonName>) -> Result<u64, ForgetError> {
        names.dedup();
        let count = move |reader: &Reader| {
            names.iter().map(|name| reader.records_naming(name.as_str())).sum()
        };
        Ok(self.read(count).await?)
    }

    /// Returns who is meant, and how many calls stay on record under their id.
    async fn stored(&self, text: &str) -> Result<(StoredPerson, u64), ForgetError> {
        let Some(id) = self.find(text).await? else { return Err(ForgetError::Unknown) };
        let asked = id.clone();
        let read = move |reader: &Reader| {
            let calls = reader.calls_of(&asked)?;
            Ok((reader.stored_person(&asked)?, calls))
        };
        match self.read(read).await? {
            (Some(stored), calls) => Ok((stored, calls)),
            (None, _) => Err(self.forgotten_before(&id).await?),
        }
    }

    async fn forgotten_before(&self, id: &PersonId) -> Result<ForgetError, ForgetError> {
        let changes = self.read(|reader| reader.changes(Action::PersonForget)).await?;
        let mut changes = changes.into_iter().map(|sealed| sealed.record);
        let found = changes.find(|record| *record.resource == *id.as_str());
        Ok(found.map_or(ForgetError::Unknown, |record| ForgetError::Before(record.at)))
    }

    /// Cuts the log off, and says whether that worked in time; if not, it is tried until it does.
    async fn clear_log(&self) -> bool {
        let until = Instant::now() + WAITED_FOR;
        loop {
            if matches!(self.shared().journal.clear_log().await, Ok(true)) {
                return true;
            }
            if Instant::now() >= until {
                break;
            }
            sleep(PAUSE).await;
        }
        let journal = self.shared().journal.clone();
        let go_on = async move {
            loop {
                sleep(LATER).await;
                match journal.clear_log().await {
                    Ok(true) | Err(JournalError::Closed) => return,
                    Ok(false) | Err(_) => {}
                }
            }
        };
        self.shared().tasks.spawn_background("clear the log", go_on);
        false
    }
}
