//! Going on with a record that is not the one that was signed, and saying so in it.

use super::{DataFolder, DataFolderError, checkpoints::checkpoint_file};
use crate::{
    audit::{
        HashChain, signed_anew, take_up,
        trust::{
            Checkpoint, LogResumption, NewLog, PUBLIC_FILE, ResumeError, SigningFileError,
            VerifierKey,
        },
    },
    config::Settings,
    domain::{Action, Actor, AuditRecord, Bundle, Clock},
    store::{JournalError, Store, StoreError, StoreOptions, UnwatchedCommits},
};
use serde_json::{Value, json};
use std::{fs, sync::Arc};

/// What is accepted, by whom, and why.
///
/// The gateway must be stopped: the data folder is held while this works.
#[derive(Debug)]
pub struct AcceptRestore<'a> {
    /// Where the record is.
    pub settings: &'a Settings,
    /// Who accepts it.
    pub by: Actor,
    /// Why.
    pub reason: &'a str,
    /// Dates the record.
    pub clock: Arc<dyn Clock>,
}

/// What accepting came to.
///
/// Either way the record is good for a start afterwards.
#[derive(Debug)]
pub enum RestoreAccepted {
    /// The record is the one that was signed: nothing was changed.
    Nothing,
    /// The record goes on under a new key.
    GoesOn {
        /// What was wrong.
        problem: String,
        /// What signatures are checked with from now on.
        key: VerifierKey,
    },
}

/// A record cannot be accepted.
///
/// Nothing was signed with the new key then.
#[derive(Debug, thiserror::Error)]
pub enum AcceptRestoreError {
    /// The data folder cannot be held.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    /// The database cannot be used.
    #[error("the database cannot be opened")]
    Store(#[from] StoreError),
    /// What is wrong cannot be accepted, but must be put right.
    #[error(transparent)]
    TakeUp(ResumeError),
    /// It could not be put on record, so nothing was changed.
    #[error("it could not be put on record")]
    Record(#[from] JournalError),
    /// The new key could not be made.
    #[error("a new key could not be made")]
    Key(#[from] SigningFileError),
}

/// Puts on record that this record was restored, and makes it a new log: what the old key signed stays
/// true of the old one, and nothing that contradicts it is ever signed with the same key.
///
/// The order is: the record of it, then the new key. A process that dies in between leaves what a start
/// refuses, and this can be done again. What the old key signed is moved aside and kept.
pub async fn accept_restore(
    asked: AcceptRestore<'_>,
) -> Result<RestoreAccepted, AcceptRestoreError> {
    let dir = &asked.settings.data.dir;
    let _folder = DataFolder::hold(dir)?;
    let store = Store::open(StoreOptions {
        dir: dir.clone(),
        max_size: asked.settings.data.max_size,
        seal: Arc::new(HashChain),
        clock: Arc::clone(&asked.clock),
        watch: Arc::new(UnwatchedCommits),
    })?;
    let done = go_on(&asked, &store).await;
    store.close().await;
    done
}

/// Does it with the store open.
async fn go_on(
    asked: &AcceptRestore<'_>,
    store: &Store,
) -> Result<RestoreAccepted, AcceptRestoreError> {
    let dir = &asked.settings.data.dir;
    let (file, reader) = (checkpoint_file(asked.settings), store.reader());
    let log = LogResumption { dir, file: &file, reader: &reader, clock: Arc::clone(&asked.clock) };
    let problem = match take_up(&log) {
        Ok(_) => return Ok(RestoreAccepted::Nothing),
        Err(problem) if problem.can_be_accepted() => problem,
        Err(problem) => return Err(AcceptRestoreError::TakeUp(problem)),
    };
    // Made in memory before anything is recorded, so that a machine without randomness changes nothing.
    let made = NewLog::make().map_err(|error| SigningFileError::Io(dir.clone(), error))?;
    let old_key = fs::read_to_string(dir.join(PUBLIC_FILE)).ok();
    let before = json!({
        "key": old_key.as_deref().map(str::trim),
        "signed": problem.signed().map_or(Value::Null, signed),
    });
    let after = json!({
        "key": made.verifier().to_string(),
        "records": reader.head()?.seq,
        "reason": asked.reason,
        "problem": describe(&problem),
    });
    let now = asked.clock.now();
    let record =
        AuditRecord::change(now, &asked.by, Action::AuditAcceptRestore, "audit", before, after);
    // With the record, so that no start finds segments that only the old key vouches for.
    let old = old_key.as_deref().and_then(|key| key.trim().parse::<VerifierKey>().ok());
    let effects = signed_anew(&reader.extent()?, old.as_slice(), &made, now);
    store.journal().commit(Bundle { records: vec![record], effects, person: None }).await?;
    // A crash in between leaves what the next start refuses, and this can be done again.
    let key = made.succeed(dir, &file, now)?;
    Ok(RestoreAccepted::GoesOn { problem: describe(&problem), key })
}

/// Returns a checkpoint as the record shows it.
fn signed(checkpoint: &Checkpoint) -> Value {
    let Checkpoint { origin, head, at } = checkpoint;
    json!({ "origin": origin, "seq": head.seq, "hash": hex::encode(head.hash), "time": at })
}

/// Returns what is wrong in a sentence, without what can be done about it.
fn describe(problem: &ResumeError) -> String {
    let text = problem.to_string();
    text.split(". ").next().unwrap_or_default().to_owned()
}
