//! What the record says of keys.

use crate::{
    domain::{AccountName, Action, EnvironmentName, RecordBody, Timestamp},
    store::{Reader, SealedRecord, StoreError},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is known of keys, by account and tag.
pub(super) type KeyHistory = BTreeMap<(AccountName, Box<str>), KeyEntry>;

/// What is known of a key.
#[derive(Debug, Clone)]
pub(super) struct KeyEntry {
    pub(super) version: Box<str>,
    pub(super) environments: Vec<EnvironmentName>,
    pub(super) adopted_at: Timestamp,
    pub(super) retired: Option<Retired>,
}

/// How a key was retired.
#[derive(Debug, Clone)]
pub(super) struct Retired {
    pub(super) at: Timestamp,
    pub(super) last_used: Option<Timestamp>,
    pub(super) replaced_by: Option<Box<str>>,
    /// Whether it is safe to revoke: that is so only once it is on record.
    pub(super) on_record: bool,
}

#[derive(Deserialize)]
struct KeyChange {
    fingerprint: Box<str>,
    #[serde(default)]
    environments: Vec<EnvironmentName>,
    #[serde(default)]
    last_used: Option<Timestamp>,
    #[serde(default)]
    replaced_by: Option<Box<str>>,
}

/// Reads it from the record.
pub(super) fn read(reader: &Reader) -> Result<KeyHistory, StoreError> {
    let mut records = reader.changes(Action::KeyAdopt)?;
    records.extend(reader.changes(Action::KeyRetired)?);
    records.sort_by_key(|record| record.seq);
    let mut book = KeyHistory::new();
    for record in &records {
        note(&mut book, record);
    }
    Ok(book)
}

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
