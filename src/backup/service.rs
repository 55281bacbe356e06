//! Makes backups, one at a time.

use super::{
    BackupError, KeptBackup, PrivateKeys,
    copy::remove_leftovers,
    last::LastKept,
    prepare::{CopyWork, is_of},
    ready::ReadyBackup,
};
use crate::{
    audit::trust::Notary,
    domain::{Action, Actor, AuditRecord, Bundle, Clock, Timestamp},
    store::{Journal, Reader},
    tasks::Tasks,
};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
};
use tokio::sync::Mutex;
use ulid::Ulid;

/// What backups are made with.
#[derive(Debug)]
pub struct BackupServices {
    /// The data folder.
    pub dir: PathBuf,
    /// The bytes that must stay free on its disk.
    pub min_free: u64,
    /// Reads the database.
    pub reader: Reader,
    /// Puts backups on record.
    pub journal: Journal,
    /// Signs them.
    pub notary: Arc<Notary>,
    /// Tells when they are made.
    pub clock: Arc<dyn Clock>,
    /// Does what blocks.
    pub tasks: Tasks,
}

/// Makes backups, and knows which was kept last; clones share it.
#[derive(Debug, Clone)]
pub struct Backups(Arc<BackupRoom>);

#[derive(Debug)]
struct BackupRoom {
    work: CopyWork,
    journal: Journal,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
    last: LastKept,
    /// When the record begins.
    begins: Timestamp,
    /// Held from when a backup begins until it was sent.
    turn: Arc<Mutex<()>>,
}

impl Backups {
    /// Returns what makes backups of a data folder, and removes what a crash left there. Blocks.
    pub fn open(services: BackupServices) -> Result<Self, BackupError> {
        let BackupServices { dir, min_free, reader, journal, notary, clock, tasks } = services;
        remove_leftovers(&dir);
        let moved = reader.segments()?.first().map(|segment| segment.first_at);
        let begins = moved.or(reader.record_begins()?).unwrap_or_else(|| clock.now());
        let (last, turn) = (LastKept::in_folder(&dir), Arc::default());
        let work = CopyWork { dir, min_free, reader, notary };
        Ok(Self(Arc::new(BackupRoom { work, journal, clock, tasks, last, begins, turn })))
    }

    /// Puts a backup on record, takes a copy of the database that has that record in it, and looks it through.
    /// What comes back is to be sent. The copy is gone as soon as nobody wants it any more, also when this is
    /// dropped.
    pub async fn make(&self, keys: PrivateKeys, by: Actor) -> Result<ReadyBackup, BackupError> {
        let BackupRoom { work, journal, clock, tasks, turn, .. } = &*self.0;
        let turn = Arc::clone(turn).try_lock_owned().map_err(|_| BackupError::Running)?;
        let own = work.clone();
        let looked = tasks.run_blocking(move || own.has_room()).await;
        looked.map_err(|_| BackupError::Stopping)??;
        let name = format!("backup_{}", Ulid::generate().to_string().to_lowercase());
        let (made_at, what) = (clock.now(), json!({ "with_keys": keys == PrivateKeys::Included }));
        let (action, named) = (Action::BackupCreate, name.as_str());
        let record = AuditRecord::change(made_at, by, action, named, Value::Null, what);
        journal.commit(Bundle::record(record)).await?;
        // Gone when this future is: nobody copies on for somebody who went away.
        let (_asker, is_there) = mpsc::channel();
        let (own, named) = (work.clone(), name.clone());
        let prepared = tasks.run_blocking(move || own.prepare((&named, made_at), keys, &is_there));
        let copy = prepared.await.map_err(|_| BackupError::Stopping)??;
        let (notary, tasks) = (Arc::clone(&work.notary), tasks.clone());
        Ok(ReadyBackup { name, copy, notary, tasks, turn })
    }

    /// Notes that somebody has a backup, whole and read again. It must be on record.
    pub async fn kept(&self, name: &str) -> Result<KeptBackup, BackupError> {
        let (own, name) = (self.clone(), name.to_owned());
        let noted = self.0.tasks.run_blocking(move || own.note(&name)).await;
        noted.map_err(|_| BackupError::Stopping)?
    }

    fn note(&self, name: &str) -> Result<KeptBackup, BackupError> {
        let made = self.0.work.reader.changes(Action::BackupCreate)?;
        let made = made.iter().find(|record| is_of(record, name)).ok_or(BackupError::Unknown)?;
        let kept = KeptBackup { name: name.into(), made_at: made.record.at };
        let failed = |error| BackupError::Io(self.0.last.path().to_owned(), error);
        self.0.last.note(kept.clone()).map_err(failed)?;
        Ok(kept)
    }

    /// Returns the backup that was kept last; `None` before the first.
    pub fn last(&self) -> Option<KeptBackup> {
        self.0.last.get()
    }

    /// Returns from when on nothing is in any backup that was kept: all of the record before the first.
    pub fn backed_up_until(&self) -> Timestamp {
        self.last().map_or(self.0.begins, |backup| backup.made_at)
    }
}
