//! Ideogram's keys, from the environment or from files that it names; never from settings.
//!
//! No error, sentence or debug text from here holds a part of a key.

use super::{
    field_error::{FieldError, FieldErrors},
    key_text::{self, KeySource, KeySourceError},
    notify_secrets,
    secret::{NextKey, NotifySecret, UpstreamKey, WebhookSecret},
    settings::Settings,
    variable_names,
    variables::Variables,
    webhook_secrets,
};
use crate::domain::EnvironmentName;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// The variable of the key that all environments may share, and the beginning of all others.
const SHARED: &str = "IDEOGRAM_API_KEY";

/// An environment that has no key, and so cannot be used.
///
/// The gateway starts without it, and the environment is disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingKey {
    /// The environment.
    pub environment: EnvironmentName,
    /// How to give it a key, as a sentence.
    pub how: Box<str>,
}

/// The keys of all environments that need one.
///
/// It holds what was there when it was loaded, and does not follow files that change.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The key of each environment that has one.
    keys: BTreeMap<EnvironmentName, UpstreamKey>,
    /// The next key of each environment that has a key and names a next one.
    next: BTreeMap<EnvironmentName, NextKey>,
    /// The environments that need a key and have none.
    missing: Vec<MissingKey>,
    /// The variables that look like keys and belong to no environment.
    unused: Vec<Box<str>>,
    /// The secrets that webhooks may be signed with.
    webhooks: Vec<WebhookSecret>,
    /// What notifications are signed with.
    notify: Vec<NotifySecret>,
}

impl Secrets {
    /// Finds the key of each environment, or returns what is wrong with those that were given.
    ///
    /// Environments of an account without a `base_url` need none. A key that was not given is no
    /// mistake; the environment is among the [`missing`](Self::missing) then.
    ///
    /// An environment's own variable wins over the shared one; one that names its variable never falls
    /// back. All that is wrong is told at once. Reads files, and blocks while it does.
    pub fn load(settings: &Settings, variables: &Variables) -> Result<Self, FieldErrors> {
        let mut search = SecretSearch { variables, asked: BTreeSet::new(), mistakes: Vec::new() };
        // Asked for even where no environment falls back to it: a mistake in it is told, and it is not
        // taken for unused.
        let shared = search.key(SHARED);
        let mut secrets = Self::default();
        search.complain_about_twins(settings);
        for (name, environment) in &settings.environments {
            let account = settings.accounts.get(&environment.account);
            let stated = settings.key_variables.get(name).map(AsRef::as_ref);
            let own = stated.map_or_else(|| usual_variable(name), str::to_owned);
            let fallback = if stated.is_none() { shared.as_ref() } else { None };
            let is_own = search.key(&own);
            // A next key belongs to the variable that gave the current one: own beside own, shared beside
            // shared.
            let next = search.next(if is_own.is_some() { &own } else { SHARED });
            match is_own.or_else(|| fallback.cloned()) {
                // The simulator takes no key; it was asked for all the same, so that it is not told as
                // unused.
                _ if account.is_none_or(|account| account.base_url.is_none()) => {}
                Some(key) => {
                    secrets.keys.insert(name.clone(), key);
                    secrets.next.extend(next.map(|next| (name.clone(), next)));
                }
                None => secrets.missing.push(missing(name, &own, stated.is_none())),
            }
        }
        let named = variables.names(SHARED).filter(|name| !search.asked.contains(*name));
        secrets.unused = named.map(Into::into).collect();
        secrets.webhooks = webhook_secrets::read(variables, &mut search.mistakes);
        let mistakes = search.mistakes.len();
        secrets.notify = notify_secrets::read(variables, &mut search.mistakes);
        let is_missing = secrets.notify.is_empty() && mistakes == search.mistakes.len();
        if settings.notify.url.is_some() && is_missing {
            search.mistakes.push(notify_secrets::missing());
        }
        FieldErrors::or(search.mistakes, secrets)
    }

    /// Returns the key of an environment.
    ///
    /// `None` where it needs none, or is among `missing`.
    pub fn key(&self, environment: &EnvironmentName) -> Option<&UpstreamKey> {
        self.keys.get(environment)
    }

    /// Returns where the next key of an environment is, or will be.
    ///
    /// `None` where no next key was named, or where the environment has no key.
    pub fn next(&self, environment: &EnvironmentName) -> Option<&NextKey> {
        self.next.get(environment)
    }

    /// Returns the secrets that webhooks may be signed with, from `IDEOGRAM_SECRET`.
    ///
    /// There are 16 at most; a webhook may be signed with any of them.
    pub fn webhooks(&self) -> &[WebhookSecret] {
        &self.webhooks
    }

    /// Returns what notifications are signed with, one or two; none where nobody is told.
    pub fn notify(&self) -> &[NotifySecret] {
        &self.notify
    }

    /// Returns the environments that need a key and have none.
    pub fn missing(&self) -> &[MissingKey] {
        &self.missing
    }

    /// Returns the groups of environments that use one key together.
    ///
    /// Compared are the keys themselves, so that one key from two variables is found too.
    pub fn shared(&self) -> Vec<Vec<EnvironmentName>> {
        let mut groups: Vec<(&UpstreamKey, Vec<EnvironmentName>)> = Vec::new();
        for (name, key) in &self.keys {
            match groups.iter_mut().find(|(first, _)| first.is_same(key)) {
                Some((_, names)) => names.push(name.clone()),
                None => groups.push((key, vec![name.clone()])),
            }
        }
        groups.into_iter().map(|(_, names)| names).filter(|names| names.len() > 1).collect()
    }

    /// Returns the files that keys and secrets are in, and the variables that name them.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let keys = self.keys.values().map(UpstreamKey::source);
        let next = self.next.values().map(NextKey::source);
        keys.chain(next).filter_map(|source| match source {
            KeySource::File { variable, path } => Some((&**variable, &**path)),
            KeySource::Variable(_) => None,
        })
    }

    /// Returns the variables that hold a key themselves.
    pub(super) fn in_variables(&self) -> impl Iterator<Item = &str> {
        let keys = self.keys.values().map(UpstreamKey::source);
        let next = self.next.values().map(NextKey::source);
        keys.chain(next).filter_map(|source| match source {
            KeySource::Variable(name) => Some(&**name),
            KeySource::File { .. } => None,
        })
    }

    /// Returns the variables that look like keys, but belong to no environment.
    ///
    /// They are no mistake: the environment may come later.
    pub fn unused(&self) -> &[Box<str>] {
        &self.unused
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// The search for keys, and what it came across.
struct SecretSearch<'v> {
    /// The environment.
    variables: &'v Variables,
    /// The variables that were asked for, whether they are set or not.
    asked: BTreeSet<String>,
    /// What is wrong with those that are set; each is told once, however many environments ask.
    mistakes: Vec<FieldError>,
}

impl SecretSearch<'_> {
    // A variable and its `_FILE` are two ways to say the same; said twice, one is wrong.
    /// Returns the key of a variable or of the file that its `_FILE` names. `None` where neither is set, or
    /// where a mistake was noted.
    fn key(&mut self, variable: &str) -> Option<UpstreamKey> {
        let file_variable = format!("{variable}_FILE");
        let first_time = self.asked.insert(variable.to_owned());
        self.asked.insert(file_variable.clone());
        let value = self.variables.get(variable);
        let file = self.variables.get(&file_variable);
        let (found, named) = match (value, file) {
            (None, None) => {
                self.complain_about_line(variable, first_time);
                return None;
            }
            (Some(value), None) => (key_text::checked(value), variable),
            (None, Some(path)) => (key_text::read(path), file_variable.as_str()),
            (Some(_), Some(_)) => {
                (Err(format!("is given beside {variable}: one is enough")), file_variable.as_str())
            }
        };
        let source = file.map_or_else(
            || KeySource::Variable(variable.into()),
            |path| KeySource::File { variable: file_variable.as_str().into(), path: path.into() },
        );
        match found {
            Ok(secret) => Some(UpstreamKey { secret, source }),
            Err(problem) if first_time => {
                let mistake = FieldError::about(named, problem);
                let origin = self.variables.origin(named).cloned();
                self.mistakes.push(origin.into_iter().fold(mistake, FieldError::at));
                None
            }
            Err(_) => None,
        }
    }
}

impl SecretSearch<'_> {
    // In `.env` others have their lines too, so that one of ours is known by its name alone.
    fn complain_about_line(&mut self, variable: &str, first_time: bool) {
        if let Some(line) = self.variables.broken_line(variable).filter(|_| first_time) {
            self.mistakes.push(FieldError::about(".env", format!("line {line} is not NAME=value")));
        }
    }

    // Neither `-` nor `.` can stand in a variable, so that two environments may mean the same one.
    fn complain_about_twins(&mut self, settings: &Settings) {
        let mut seen: BTreeMap<String, &EnvironmentName> = BTreeMap::new();
        for (name, environment) in &settings.environments {
            let account = settings.accounts.get(&environment.account);
            let needs_key = account.is_some_and(|account| account.base_url.is_some());
            if !needs_key || settings.key_variables.contains_key(name) {
                continue;
            }
            let variable = usual_variable(name);
            let is_given = [&variable, &format!("{variable}_FILE")]
                .into_iter()
                .any(|variable| self.variables.is_set(variable));
            if let Some(other) = seen.insert(variable.clone(), name).filter(|_| is_given) {
                let problem = format!(
                    "may be the key of {other} and of {name}: name another variable for one of \
                     them, as [environments.{name}] key"
                );
                self.mistakes.push(FieldError::about(variable, problem));
            }
        }
    }

    // A file that is not there yet, or is empty, will hold the key some day.
    /// Returns the next key that belongs to a variable. A file that is missing or empty is no mistake here.
    fn next(&mut self, variable: &str) -> Option<NextKey> {
        let variable = format!("{variable}_NEXT");
        let file_variable = format!("{variable}_FILE");
        // Where both are given, `key` below says so.
        let in_file = !self.variables.is_set(&variable);
        let path = self.variables.get(&file_variable).filter(|_| in_file);
        if let Some(path) = path
            && let Err(KeySourceError::Missing(_) | KeySourceError::Empty) =
                key_text::read_file(path)
        {
            self.asked.extend([variable, file_variable.clone()]);
            let source = KeySource::File { variable: file_variable.into(), path: path.into() };
            return Some(NextKey { source, secret: None });
        }
        let UpstreamKey { secret, source } = self.key(&variable)?;
        Some(NextKey { source, secret: Some(secret) })
    }
}

/// Returns the variable that holds an environment's key unless its settings name another.
fn usual_variable(environment: &EnvironmentName) -> String {
    format!("{SHARED}_{}", variable_names::in_variable(environment.as_str()))
}

/// Returns the note about a missing key, with every way to give one.
fn missing(environment: &EnvironmentName, variable: &str, may_share: bool) -> MissingKey {
    let shared = if may_share { ", or IDEOGRAM_API_KEY for all environments" } else { "" };
    let how = format!(
        "environment '{environment}' is disabled because it has no key: set {variable} or \
         {variable}_FILE{shared}"
    );
    MissingKey { environment: environment.clone(), how: how.into() }
}
