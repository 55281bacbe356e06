//! What the record says of keys.
//!
//! There is no table of keys: the records of adoptions and retirements, in their order, say it all.

use crate::{
    domain::{AccountName, Action, EnvironmentName, RecordBody, Timestamp},
    store::{Reader, SealedRecord, StoreError},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is known of keys, by account and tag.
pub(super) type KeyHistory = BTreeMap<(AccountName, Box<str>), KeyEntry>;

/// What is known of a key.
///
/// The key itself is nowhere in it.
#[derive(Debug, Clone)]
pub(super) struct KeyEntry {
    /// Its last four characters.
    pub(super) version: Box<str>,
    /// The environments that it was adopted for.
    pub(super) environments: Vec<EnvironmentName>,
    /// When it was last taken into service.
    pub(super) adopted_at: Timestamp,
    /// How it was retired, if it was.
    pub(super) retired: Option<Retired>,
}

/// How a key was retired.
///
/// A key that is adopted again is retired no longer.
#[derive(Debug, Clone)]
pub(super) struct Retired {
    /// When.
    pub(super) at: Timestamp,
    /// When a call last used it, where that was known.
    pub(super) last_used: Option<Timestamp>,
    /// The key that took over.
    pub(super) replaced_by: Option<Box<str>>,
    /// Whether it is safe to revoke: that is so only once it is on record.
    pub(super) on_record: bool,
}

/// What is read of a record; older records may lack all but the first.
#[derive(Deserialize)]
struct KeyChange {
    /// The tag of the key.
    fingerprint: Box<str>,
    #[serde(default)]
    environments: Vec<EnvironmentName>,
    #[serde(default)]
    last_used: Option<Timestamp>,
    #[serde(default)]
    replaced_by: Option<Box<str>>,
}

/// Reads it from the record.
///
/// Blocks. A record that cannot be understood is passed over.
pub(super) fn read(reader: &Reader) -> Result<KeyHistory, StoreError> {
    Ok(history(&changes(reader)?))
}

/// Returns the records that say it, in their order: a key may be adopted again after it was retired.
fn changes(reader: &Reader) -> Result<Vec<SealedRecord>, StoreError> {
    let mut records = reader.changes(Action::KeyAdopt)?;
    records.extend(reader.changes(Action::KeyRetired)?);
    records.sort_by_key(|record| record.seq);
    Ok(records)
}

fn history(records: &[SealedRecord]) -> KeyHistory {
    let mut book = KeyHistory::new();
    for record in records {
        note(&mut book, record);
    }
    book
}

/// Keys that were retired before the record was restored last, by account and last four characters.
///
/// What tags were made with may not have come back, and then no tag of before is found again.
pub(super) type RetiredBefore = BTreeMap<(AccountName, Box<str>), Retired>;

/// Reads which keys were retired before the record was restored; none where it never was.
///
/// Blocks. A key is not among them if another with the same last characters was in service then.
pub(super) fn retired_before(reader: &Reader) -> Result<RetiredBefore, StoreError> {
    let Some(seam) = reader.changes(Action::AuditRestore)?.iter().map(|seam| seam.seq).max() else {
        return Ok(RetiredBefore::new());
    };
    let mut records = changes(reader)?;
    records.retain(|record| record.seq < seam);
    let book = history(&records);
    let in_service = |account: &AccountName, version: &str| {
        let same = |((of, _), known): (&(AccountName, Box<str>), &KeyEntry)| {
            of == account && *known.version == *version && known.retired.is_none()
        };
        book.iter().any(same)
    };
    let mut retired = RetiredBefore::new();
    for ((account, _), known) in &book {
        if let Some(ended) = known.retired.clone().filter(|_| !in_service(account, &known.version))
        {
            retired.insert((account.clone(), known.version.clone()), ended);
        }
    }
    Ok(retired)
}

/// Notes one record, the older ones before it; `None` where it says nothing of a key.
fn note(book: &mut KeyHistory, sealed: &SealedRecord) -> Option<()> {
    let record = &sealed.record;
    let RecordBody::Admin(change) = &record.body else { return None };
    let told: KeyChange = serde_json::from_value(change.after.clone()).ok()?;
    let (account, version) = record.resource.split_once('/')?;
    let key = (account.parse().ok()?, told.fingerprint);
    if &*record.action == Action::KeyAdopt.as_str() {
        let (environments, adopted_at) = (told.environments, record.at);
        let version = version.into();
        book.insert(key, KeyEntry { version, environments, adopted_at, retired: None });
    } else {
        let KeyChange { last_used, replaced_by, .. } = told;
        book.get_mut(&key)?.retired =
            Some(Retired { at: record.at, last_used, replaced_by, on_record: true });
    }
    Some(())
}
