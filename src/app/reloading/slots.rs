//! Keys for environments that had none at their account before.

use super::desk::ReloadDesk;
use crate::{
    accounts::{AccountLink, KeySlot},
    admin::ReloadError,
    app::keys::next,
    config::{Secrets, Settings, UpstreamKey},
    domain::{AccountName, EnvironmentName},
    keys::ManagedSlot,
    tokens::RequestError,
    upstream::Credential,
};
use std::{error::Error, sync::Arc};

/// The keys of an environment that had none at its account.
#[derive(Debug)]
pub(super) struct NewSlot {
    /// The account.
    pub(super) account: AccountName,
    /// The environment.
    pub(super) environment: EnvironmentName,
    /// The keys.
    pub(super) slot: Arc<KeySlot>,
    /// What exchanges the keys; the simulator's are for this run.
    pub(super) managed: Option<Arc<ManagedSlot>>,
}

/// Returns the keys of all environments that have none at their account by now, and for which one was given.
///
/// It is an error if one of them was retired.
pub(super) fn new_slots(
    desk: &ReloadDesk,
    settings: &Settings,
    secrets: &Secrets,
) -> Result<Vec<NewSlot>, ReloadError> {
    let mut slots = Vec::new();
    for (name, environment) in &settings.environments {
        let account = &environment.account;
        let Some(link) = desk.rooms.accounts.link(account) else { continue };
        if link.slot(name).is_some() {
            continue;
        }
        let found = new_slot(desk, (account, link), name, secrets);
        let found = found.map_err(|error| refused(name, &*error))?;
        if let Some(managed) = found.as_ref().and_then(|new| new.managed.as_ref()) {
            desk.rooms.keys.refuse_retired(managed).map_err(|error| refused(name, &error))?;
        }
        slots.extend(found);
    }
    Ok(slots)
}

/// Returns the keys of one environment; `None` where none was given.
fn new_slot(
    desk: &ReloadDesk,
    (account, link): (&AccountName, &Arc<AccountLink>),
    environment: &EnvironmentName,
    secrets: &Secrets,
) -> Result<Option<NewSlot>, Box<dyn Error>> {
    let given = secrets.key(environment);
    let of_simulator = desk.simulator_key.as_ref().filter(|_| link.is_simulator);
    let secret = given.map(UpstreamKey::secret).or(of_simulator);
    let Some(secret) = secret else { return Ok(None) };
    let key = desk.rooms.keys.serve(account, link, Credential::new(secret.clone())?);
    let slot = Arc::new(KeySlot::new(key));
    let managed = given.map(|given| {
        let (source, next) = (given.source().clone(), next(secrets, environment));
        let own = (account.clone(), Arc::clone(link));
        let (environments, slot) = (vec![environment.clone()], Arc::clone(&slot));
        Arc::new(ManagedSlot::new(own, environments, slot, source, next, link.timeout))
    });
    let (account, environment) = (account.clone(), environment.clone());
    Ok(Some(NewSlot { account, environment, slot, managed }))
}

fn refused(environment: &EnvironmentName, error: &dyn Error) -> ReloadError {
    let (field, problem) = (format!("environments.{environment}"), error.to_string());
    let said = format!("{field}: {problem}");
    let mistake = RequestError { field: field.into(), problem: problem.into() };
    ReloadError::Mistakes { said, mistakes: vec![mistake] }
}
