//! The settings as text, for people.
//!
//! It is what `config show` prints and the admin API returns.

use super::{origin::SettingOrigin, section::ReadSetting};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// A setting as `config show` shows it.
///
/// Shown as a line of TOML with the origin behind it, or as a comment where it is not set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownSetting {
    /// The path of keys, as in `queue.capacity`.
    pub key: Box<str>,
    /// The value in the form of TOML; `None` when it is not set.
    pub value: Option<Box<str>>,
    /// Where it comes from.
    pub origin: SettingOrigin,
}

impl fmt::Display for ShownSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, origin } = self;
        match value {
            Some(value) => write!(f, "{key} = {value}  # {origin}"),
            None => write!(f, "# {key} is not set"),
        }
    }
}

/// Every setting with its value and the place it comes from, by key. No secret is among them.
///
/// Routes and prices are not among them, but for the names of their files and switches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EffectiveSettings(Vec<ShownSetting>);

impl EffectiveSettings {
    /// Returns the settings as they were read.
    pub(super) fn new(seen: BTreeMap<String, ReadSetting>) -> Self {
        let one = |(key, seen): (String, ReadSetting)| ShownSetting {
            key: key.into(),
            value: seen.value.map(Into::into),
            origin: seen.origin,
        };
        Self(seen.into_iter().map(one).collect())
    }

    /// Returns these settings, which come in the order of their keys.
    pub(super) fn from_settings(settings: Vec<ShownSetting>) -> Self {
        Self(settings)
    }

    /// Returns the settings by key.
    pub fn settings(&self) -> &[ShownSetting] {
        &self.0
    }

    /// Returns the setting of that key.
    ///
    /// `None` for a key that no setting has.
    pub fn get(&self, key: &str) -> Option<&ShownSetting> {
        self.0.iter().find(|setting| &*setting.key == key)
    }
}

impl fmt::Display for EffectiveSettings {
    /// Writes a line for each setting.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|setting| writeln!(f, "{setting}"))
    }
}
