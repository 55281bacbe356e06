//! What of other settings can be taken while the gateway runs.

use super::{
    field_error::{FieldError, FieldErrors},
    notify::NotifySettings,
    read,
    reload_rules::{Fate, Waiting},
    settings::{AccountSettings, Audit, EnvironmentSettings, LogSettings, Settings},
    shown::{EffectiveSettings, ShownSetting},
    tree::join,
};
use crate::domain::{AccountName, EnvironmentName, Route, RouteTable};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A setting that is another by now, each value in the form of TOML; `None` means not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// The path of keys, as in `queue.capacity`.
    pub key: Box<str>,
    /// What it was.
    pub before: Option<Box<str>>,
    /// What it is.
    pub after: Option<Box<str>>,
}

/// What is taken of other settings.
#[derive(Debug)]
pub struct TakenSettings {
    /// The settings that are in force with it; what waits for a restart is as it was.
    pub settings: Settings,
    /// What they change, by key.
    pub changed: Vec<SettingChange>,
    /// The keys that keep their values until a restart.
    pub needs_restart: Vec<Box<str>>,
}

impl Settings {
    /// Takes of other settings what can change while the gateway runs, and names the rest.
    ///
    /// It is an error where the two do not fit together before a restart.
    pub fn taking(&self, new: &Self) -> Result<TakenSettings, FieldErrors> {
        let waiting = Waiting::between(self, new);
        let (shown, mut changed, needs_restart) = self.shown_with(new, &waiting);
        changed.extend(route_changes(&self.routes, &new.routes));
        let versions = [&self.prices, &new.prices].map(|prices| prices.version().into());
        let [before, after] = versions;
        if self.prices != new.prices {
            let (before, after) = (Some(before), Some(after));
            changed.push(SettingChange { key: "prices.version".into(), before, after });
        }
        changed.extend(self.notify.path_changed(&new.notify));
        let settings = Self { shown: Arc::new(shown), ..self.with(new, &waiting) };
        let mistakes = reserved_beyond_caps(&settings);
        FieldErrors::or(mistakes, TakenSettings { settings, changed, needs_restart })
    }

    /// Returns these settings with what of the new ones is taken.
    fn with(&self, new: &Self, waiting: &Waiting) -> Self {
        // Each field by its name, so that a new one does not compile before somebody decides about it.
        let Self {
            listen: _,
            data: _,
            accounts,
            environments,
            key_variables,
            queue,
            tokens,
            bodies: _,
            door: _,
            audit,
            log,
            shutdown: _,
            operators: _,
            keys: _,
            review,
            notify,
            routes,
            prices,
            webhooks: _,
            shown: _,
        } = new;
        let is_new = |name: &EnvironmentName| !self.environments.contains_key(name);
        let named = key_variables.iter().filter(|(name, _)| is_new(name));
        let mut variables = self.key_variables.clone();
        variables.extend(named.map(|(name, variable)| (name.clone(), variable.clone())));
        Self {
            accounts: self.accounts_with(accounts),
            environments: self.environments_with(environments, waiting),
            key_variables: variables,
            queue: queue.clone(),
            tokens: tokens.clone(),
            audit: self.audit.taking(audit),
            notify: notify.clone(),
            log: LogSettings { filter: log.filter.clone(), format: self.log.format },
            review: review.clone(),
            routes: Arc::clone(routes),
            prices: Arc::clone(prices),
            ..self.clone()
        }
    }

    fn accounts_with(
        &self,
        new: &BTreeMap<AccountName, AccountSettings>,
    ) -> BTreeMap<AccountName, AccountSettings> {
        let one = |(name, old): (&AccountName, &AccountSettings)| {
            let taken = new.get(name).map(|new| AccountSettings {
                max_in_flight: new.max_in_flight,
                daily_budget: new.daily_budget,
                monthly_budget: new.monthly_budget,
                ..old.clone()
            });
            (name.clone(), taken.unwrap_or_else(|| old.clone()))
        };
        self.accounts.iter().map(one).collect()
    }

    fn environments_with(
        &self,
        new: &BTreeMap<EnvironmentName, Arc<EnvironmentSettings>>,
        waiting: &Waiting,
    ) -> BTreeMap<EnvironmentName, Arc<EnvironmentSettings>> {
        let one = |(name, new): (&EnvironmentName, &Arc<EnvironmentSettings>)| {
            let old = self.environments.get(name);
            let taken = match old {
                old if waiting.has_environment(name.as_str()) => old?,
                Some(old) if old == new => old,
                _ => new,
            };
            Some((name.clone(), Arc::clone(taken)))
        };
        new.iter().filter_map(one).collect()
    }

    /// Returns the settings as text with what is taken, what that changes, and what waits for a restart.
    fn shown_with(
        &self,
        new: &Self,
        waiting: &Waiting,
    ) -> (EffectiveSettings, Vec<SettingChange>, Vec<Box<str>>) {
        let keys = self.shown.settings().iter().chain(new.shown.settings());
        let keys: BTreeSet<&str> = keys.map(|setting| &*setting.key).collect();
        let is_set = |settings: &Self, name: &str| {
            settings.environments.keys().any(|set| set.as_str() == name)
        };
        let stays = |name: &str| is_set(self, name) && is_set(new, name);
        let (mut shown, mut changed, mut needs_restart) = (Vec::new(), Vec::new(), Vec::new());
        for key in keys {
            let (old, now) = (self.shown.get(key), new.shown.get(key));
            let [before, after] = [old, now].map(|setting| setting?.value.clone());
            match waiting.fate(key, stays) {
                Fate::Live => {
                    shown.extend(now.cloned());
                    if before != after {
                        changed.push(SettingChange { key: key.into(), before, after });
                    }
                }
                Fate::Restart(name) => {
                    shown.extend(old.cloned());
                    if is_set_otherwise(old, now) && !needs_restart.contains(&name) {
                        needs_restart.push(name);
                    }
                }
            }
        }
        (EffectiveSettings::from_settings(shown), changed, needs_restart)
    }
}

impl NotifySettings {
    /// Returns the change of an address of which only the path differs, which is not shown.
    fn path_changed(&self, new: &Self) -> Option<SettingChange> {
        let shown = |settings: &Self| {
            settings.url.as_ref().map(|url| format!("{:?}", url.shown()).into_boxed_str())
        };
        let (before, after) = (shown(self), shown(new));
        let is_hidden = self.url != new.url && before == after;
        is_hidden.then(|| SettingChange { key: "notify.url".into(), before, after })
    }
}

impl Audit {
    /// Returns these settings with what of the new ones is taken.
    fn taking(&self, new: &Self) -> Self {
        Self {
            client_addr: new.client_addr,
            keep: new.keep,
            archive_keep: new.archive_keep,
            archive_dir: new.archive_dir.clone(),
            ..self.clone()
        }
    }
}

/// Says whether a setting has another value, or one of the two is not there.
fn is_set_otherwise(old: Option<&ShownSetting>, new: Option<&ShownSetting>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => old.value != new.value,
        _ => true,
    }
}

/// Returns the routes of which anything differs.
fn route_changes(old: &RouteTable, new: &RouteTable) -> Vec<SettingChange> {
    let names = old.routes().iter().chain(new.routes()).map(|route| &route.name);
    let names: BTreeSet<_> = names.collect();
    let change = |name| {
        let [before, after] = [old, new].map(|table: &RouteTable| table.by_name(name));
        if before == after {
            return None;
        }
        let [before, after] = match (before, after) {
            (Some(before), Some(after)) if before.enabled != after.enabled => {
                [before, after].map(|route| Some(switch(route).into()))
            }
            (before, after) => [before, after].map(|route| route.map(|route| digest(route))),
        };
        Some(SettingChange { key: join("routes", name.as_str()).into(), before, after })
    };
    let mut changes: Vec<_> = names.into_iter().filter_map(change).collect();
    if old.denied() != new.denied() {
        let [before, after] = [old, new].map(|table| Some(sum(&table.denied()).into()));
        changes.push(SettingChange { key: "routes.denied".into(), before, after });
    }
    changes
}

fn switch(route: &Route) -> &'static str {
    if route.enabled { "on" } else { "off" }
}

/// Returns what tells one form of a route from another: the columns are too many for a line.
fn digest(route: &Route) -> Box<str> {
    format!("{} {}", switch(route), sum(route)).into()
}

/// Returns the start of a hash of how something is told in full.
fn sum(whole: &impl std::fmt::Debug) -> String {
    let hash = Sha256::digest(format!("{whole:?}"));
    format!("sha256:{}", hex::encode(&hash[..4]))
}

/// Returns the accounts of which environments reserve more places together than there are.
fn reserved_beyond_caps(settings: &Settings) -> Vec<FieldError> {
    let of_account = |(name, account): (&AccountName, &AccountSettings)| {
        let entries = settings.environments.iter().map(|(name, own)| (name, &**own));
        let (path, problem) = read::reserved_beyond(name, account.max_in_flight, entries)?;
        Some(FieldError::about(path, problem))
    };
    settings.accounts.iter().filter_map(of_account).collect()
}
