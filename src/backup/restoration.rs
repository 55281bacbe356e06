//! Making a database from a backup and from records of later.
//!
//! ```text
//!   unpacked ──▶ verified ──▶ records of later applied ──▶ reach judged ──▶ tokens, seam, key ──▶ verified
//! ```
//!
//! All of it happens in a folder that nobody uses, and that is thrown away if anything fails.

use super::{
    BackupFile, BackupSubject, Coverage, RecordFile,
    coverage::{FoundOfRecord, judge},
    later_records::{LaterRecords, believed_keys},
    replay::{RecordPlace, Replayed, replay},
    restoration_error::RestorationError,
    restoration_report::{AppliedRecords, RestorationReport},
    restored_log::RestoredLog,
    seam::Seam,
};
use crate::{
    audit::{
        HashChain, VerifyError,
        trust::{EvidenceSource, SignedEvidence, VerifierKey},
        verify_database,
    },
    config::Settings,
    domain::{
        Action, Actor, AuditRecord, Bundle, Effect, RecordBody, StoredSegment, StoredToken,
        Timestamp, Token, TokenState,
    },
    store::{Reader, RestoringError, RestoringWriter, SealedRecord, StoreError},
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Whether tokens work although nobody knows what was taken away from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenTrust {
    /// They work only if the record is covered to its end.
    Covered,
    /// Somebody says that they are to work all the same.
    Said,
}

/// A backup on its way to being a record that goes on.
#[derive(Debug)]
pub struct Restoration {
    dir: PathBuf,
    subject: BackupSubject,
    sha256: [u8; 32],
    signed_at: Timestamp,
    writer: RestoringWriter,
    reader: Reader,
    replayed: Replayed,
    applied: AppliedRecords,
    /// Whom files of records and checkpoints are believed by.
    believed: Vec<VerifierKey>,
    /// The files that were read.
    files: Vec<(String, u64, u64)>,
    /// Their last words about the record's end.
    told: u64,
    numbers: Vec<u64>,
}

impl Restoration {
    /// Takes up what was unpacked from a backup, whose record must be good and end where it says.
    pub fn prepare(
        dir: &Path,
        BackupFile { subject, checkpoint, sha256, .. }: BackupFile,
        settings: Arc<Settings>,
    ) -> Result<Self, RestorationError> {
        // First of all, since it brings the schema up to date.
        let writer = RestoringWriter::open(dir, Arc::new(HashChain))?;
        check(dir, subject.head.seq)?;
        let reader = Reader::open(dir)?;
        let replayed = Replayed::of_backup(&reader, settings)?;
        let mut believed = vec![subject.key.clone()];
        believed.extend(earlier_keys(&reader)?);
        Ok(Self {
            dir: dir.to_owned(),
            sha256,
            signed_at: checkpoint.checkpoint.at,
            writer,
            reader,
            replayed,
            applied: AppliedRecords::default(),
            believed,
            files: Vec::new(),
            told: subject.head.seq,
            numbers: Vec::new(),
            subject,
        })
    }

    /// Believes keys that somebody noted elsewhere.
    pub fn believe(&mut self, keys: impl IntoIterator<Item = VerifierKey>) {
        self.believed.extend(keys);
    }

    /// Applies the records of files. Those that follow without a gap go into the chain as they are; of others,
    /// what they tell is applied. Called once.
    pub fn take(&mut self, files: Vec<RecordFile>) -> Result<(), RestorationError> {
        self.believed = believed_keys(&files, std::mem::take(&mut self.believed))?;
        for file in &files {
            self.files.push((file.name(), file.first, file.last));
            self.told = self.told.max(file.up_to).max(file.last);
        }
        let later = LaterRecords::of_files(files, |seq| self.reader.hash_at(seq))??;
        self.numbers = later.numbers();
        for sealed in later.records() {
            self.take_one(sealed)?;
        }
        Ok(self.writer.flush()?)
    }

    fn take_one(&mut self, sealed: &SealedRecord) -> Result<(), RestorationError> {
        let follows = sealed.seq == self.writer.head().seq + 1;
        let place = if follows { RecordPlace::Follows } else { RecordPlace::BehindGap };
        let found = replay(sealed, place, &mut self.replayed)?;
        let left_out = if follows {
            self.applied.appended += 1;
            self.writer.append(sealed, found.effects)?
        } else {
            self.applied.behind_gaps += 1;
            self.writer.apply(found.effects)?
        };
        match left_out {
            Some(_) if found.may_find_nothing => {
                self.applied.uncounted += u64::from(found.calls > 0);
            }
            Some(why) => return Err(RestoringError::Contradicts(why).into()),
            None => {
                self.applied.calls += found.calls;
                self.applied.spent += found.charged;
                self.applied.forgotten += found.forgotten;
            }
        }
        Ok(())
    }

    /// Judges how far the record reaches by checkpoints that were kept elsewhere, each source with its name. One
    /// that is of another record is an error.
    pub fn judge(
        &self,
        outside: &[(EvidenceSource, String)],
    ) -> Result<Coverage, RestorationError> {
        let evidence = SignedEvidence::from_outside(self.believed.clone(), outside);
        for witness in evidence.witnesses() {
            let head = witness.checkpoint.head;
            let own = if head.seq == 0 { None } else { self.reader.hash_at(head.seq)? };
            if own.is_some_and(|own| own != head.hash) {
                let place = witness.place.clone();
                return Err(RestorationError::Contradicted { seq: head.seq, place });
            }
        }
        let rejected = evidence.rejected().iter().map(|rejected| rejected.place.clone());
        Ok(judge(FoundOfRecord {
            signed_at: self.signed_at,
            backed_up: self.subject.head.seq,
            later: &self.numbers,
            told: self.told,
            witnesses: evidence.witnesses(),
            unbelieved: rejected.collect(),
        }))
    }

    /// Ends it: tokens are disabled unless nothing can be missing, the record says what was restored, and it
    /// goes on with the old key or a new one. The database is whole and verified when this returns.
    pub fn finish(
        mut self,
        outside: &[(EvidenceSource, String)],
        trust: TokenTrust,
        (by, now): (&Actor, Timestamp),
    ) -> Result<RestorationReport, RestorationError> {
        let coverage = self.judge(outside)?;
        let before = self.reader.extent()?;
        let log = RestoredLog::choose(&self.dir, &self.subject, &self.replayed, &coverage)?;
        let is_trusted = trust == TokenTrust::Said || coverage.covers_end();
        let tokens: Vec<_> = self.replayed.enabled_tokens().cloned().collect();
        let to_disable = if is_trusted { &[][..] } else { &tokens };
        let seam = Seam {
            old_key: &self.subject.key,
            backed_up: self.subject.head,
            made_at: self.subject.made_at,
            backup_sha256: self.sha256,
            key: log.key(),
            records: std::mem::take(&mut self.files),
            coverage: &coverage,
            tokens_disabled: to_disable.len(),
            trusted: trust == TokenTrust::Said,
        };
        let mut bundle = Bundle::record(seam.record(now, by));
        bundle.records.extend_from_slice(self.replayed.told_again());
        for token in to_disable {
            disable(&mut bundle, token, by, now);
        }
        bundle.effects.extend(log.signed_anew(&before, &self.believed, now));
        self.writer.add(&bundle)?;
        self.writer.flush()?;
        check(&self.dir, before.head.seq + bundle.records.len() as u64)?;
        let later = (&self.replayed, coverage.up_to);
        let (key, is_new_key) = log.write(&self.dir, later, &self.reader, now)?;
        // Readers first: only the last connection that closes takes the files of the log away.
        drop(self.reader);
        self.writer.finish()?;
        let is_elsewhere =
            |one: &&StoredSegment| one.deleted_at.is_none() && one.first <= before.base.seq;
        Ok(RestorationReport {
            made_at: self.subject.made_at,
            records: before.head.seq - before.base.seq,
            applied: self.applied,
            tokens_disabled: to_disable.len(),
            replayed: self.replayed,
            coverage,
            key,
            is_new_key,
            segments: before
                .segments
                .iter()
                .filter(is_elsewhere)
                .map(StoredSegment::name)
                .collect(),
        })
    }
}

/// Verifies the database of a folder, and that it ends with this record.
fn check(dir: &Path, said: u64) -> Result<(), RestorationError> {
    let good = verify_database(dir).map_err(|error| match error {
        VerifyError::Store(error) => RestorationError::Read(error),
        VerifyError::Bad(bad) => RestorationError::Bad(bad.to_string()),
    })?;
    let found = good.head.seq;
    if found == said { Ok(()) } else { Err(RestorationError::OtherEnd { found, said }) }
}

/// Returns the keys of before, as far as the record of the backup tells of them.
fn earlier_keys(reader: &Reader) -> Result<Vec<VerifierKey>, StoreError> {
    let mut records = reader.changes(Action::AuditAcceptRestore)?;
    records.extend(reader.changes(Action::AuditRestore)?);
    let key = |sealed: &SealedRecord| match &sealed.record.body {
        RecordBody::Admin(change) => change.before["key"].as_str()?.parse().ok(),
        _ => None,
    };
    Ok(records.iter().filter_map(key).collect())
}

/// Disables a token, and says why.
fn disable(bundle: &mut Bundle, token: &Token, by: &Actor, now: Timestamp) {
    let as_json = |token: &Token| serde_json::to_value(token).unwrap_or(Value::Null);
    let disabled = Token { state: TokenState::Disabled, ..token.clone() };
    let mut after = as_json(&disabled);
    after["reason"] = "restored".into();
    let (action, id) = (Action::TokenDisable, token.id.as_str());
    bundle.records.push(AuditRecord::change(now, by, action, id, as_json(token), after));
    bundle.effects.push(Effect::SaveToken(Box::new(StoredToken { token: disabled })));
}
