//! Slots for keys: one for the environments that share a source, as the gateway starts.

use super::build_inputs::BuildInputs;
use crate::{
    accounts::{Accounts, KeySlot, ServingKey},
    config::{AccountSettings, KeySource, Secrets, UpstreamKey},
    domain::{AccountName, EnvironmentName},
    keys::{Keys, KeysOptions, ManagedSlot, NextSource, TagKey},
    upstream::{Credential, Upstream},
};
use anyhow::Context;
use std::{collections::BTreeMap, sync::Arc};

/// The slot of each environment.
///
/// Environments without a key are not in it.
pub(super) type Slots = BTreeMap<EnvironmentName, Arc<KeySlot>>;

/// Returns what keys are tagged with.
///
/// It is an error if the file with the tags' key cannot be read or made.
pub(super) fn tags(ground: &BuildInputs<'_>) -> anyhow::Result<Arc<TagKey>> {
    let dir = &ground.settings.data.dir;
    let tags = TagKey::in_folder(dir);
    Ok(Arc::new(tags.with_context(|| format!("keys cannot be tagged in {}", dir.display()))?))
}

/// Returns the slots of an account. Environments with one key share its connections, and switch
/// together if they share its source.
///
/// An environment that needs a key and has none gets no slot, and its calls are refused.
pub(super) fn slots(
    ground: &BuildInputs<'_>,
    (name, account): (&AccountName, &AccountSettings),
    upstream: &Upstream,
    tags: &TagKey,
) -> anyhow::Result<Slots> {
    let mut by_source: BTreeMap<Option<&KeySource>, Arc<KeySlot>> = BTreeMap::new();
    let mut by_tag: BTreeMap<Box<str>, Arc<ServingKey>> = BTreeMap::new();
    let mut slots = Slots::new();
    for environment in of_account(ground, name) {
        let own = ground.secrets.key(environment);
        let credential = match (account.base_url.is_none(), ground.simulator, own) {
            (true, Some(simulator), _) => simulator.credential()?,
            (false, _, Some(key)) => Credential::new(key.secret().clone())?,
            _ => continue,
        };
        let tag = tags.tag(&credential);
        let serving = by_tag.entry(tag).or_insert_with_key(|tag| {
            let key = upstream.key(credential);
            ServingKey::new(key, tag.clone(), Arc::clone(&ground.clock))
        });
        // By source, not by key: two sources may hold the same key today and another one tomorrow.
        let slot = by_source.entry(own.map(UpstreamKey::source));
        let slot = slot.or_insert_with(|| Arc::new(KeySlot::new(Arc::clone(serving))));
        slots.insert(environment.clone(), Arc::clone(slot));
    }
    Ok(slots)
}

/// Returns the room that exchanges the keys in these slots.
///
/// Accounts of the simulator have no part in it: their key is made for this run.
pub(super) fn room(ground: &BuildInputs<'_>, accounts: &Accounts, tags: Arc<TagKey>) -> Keys {
    let settings = ground.settings.accounts.iter();
    let real = settings.filter(|(_, account)| account.base_url.is_some());
    Keys::new(KeysOptions {
        kept: real.flat_map(|(name, account)| kept(ground, accounts, name, account)).collect(),
        missing: ground.secrets.missing().to_vec(),
        tags,
        settings: ground.settings.keys.clone(),
        journal: ground.store.journal(),
        reader: ground.store.reader(),
        clock: Arc::clone(&ground.clock),
        tasks: ground.tasks.clone(),
    })
}

/// Returns the slots of an account, one for each source.
fn kept(
    ground: &BuildInputs<'_>,
    accounts: &Accounts,
    name: &AccountName,
    account: &AccountSettings,
) -> Vec<ManagedSlot> {
    let Some(link) = accounts.link(name) else { return Vec::new() };
    let mut by_source: BTreeMap<KeySource, Vec<EnvironmentName>> = BTreeMap::new();
    for environment in of_account(ground, name) {
        if let Some(key) = ground.secrets.key(environment) {
            by_source.entry(key.source().clone()).or_default().push(environment.clone());
        }
    }
    let kept = by_source.into_iter().filter_map(|(source, environments)| {
        let slot = link.slot(environments.first()?)?;
        let next = next(ground.secrets, environments.first()?);
        let link = (name.clone(), Arc::clone(link));
        Some(ManagedSlot::new(link, environments, slot, source, next, account.timeout))
    });
    kept.collect()
}

/// Returns the environments of an account.
fn of_account<'a>(
    ground: &'a BuildInputs<'_>,
    name: &'a AccountName,
) -> impl Iterator<Item = &'a EnvironmentName> {
    let environments = ground.settings.environments.iter();
    environments.filter(|(_, environment)| environment.account == *name).map(|(name, _)| name)
}

/// Returns where the next key of an environment comes from.
pub(super) fn next(secrets: &Secrets, environment: &EnvironmentName) -> Option<NextSource> {
    let next = secrets.next(environment)?;
    let from_variable = matches!(next.source(), KeySource::Variable(_));
    // What is in a file is read from there, when it is its turn.
    let secret = next.secret().filter(|_| from_variable).cloned();
    Some(NextSource { source: next.source().clone(), secret })
}
