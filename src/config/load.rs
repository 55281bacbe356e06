//! Loads the settings: the defaults, a file, the environment, one over the other.
//!
//! All layers are read even if one of them holds mistakes, so that these are told at once.

use super::{
    field_error::{FieldError, FieldErrors},
    origin::SettingOrigin,
    read,
    section::Notes,
    settings::Settings,
    shown::EffectiveSettings,
    tree::{SettingTable, SettingValue, inner, merge, parse},
    variable_names,
    variables::Variables,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The shipped settings, as text.
const DEFAULT: &str = include_str!("../../config/default.toml");

/// Returns `config/default.toml`: every setting with its default and what it means.
///
/// The same text is the lowest layer of every load.
pub const fn default_text() -> &'static str {
    DEFAULT
}

/// Where settings come from.
///
/// With none of them given, the shipped defaults are loaded, and `.env` of the current folder.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The operator's file.
    /// A relative name counts from `working_dir`.
    pub file: Option<PathBuf>,
    /// The environment, from [`process_variables`](super::process_variables).
    pub variables: Vec<(String, String)>,
    /// The folder that relative names and `.env` are looked up in; empty means the current one.
    pub working_dir: PathBuf,
}

/// Settings that were read and hold no mistake.
///
/// Nothing beyond the files of settings was looked at yet: neither the keys nor the data folder.
#[derive(Debug, Clone)]
pub struct LoadedSettings {
    /// The settings.
    pub settings: Settings,
    /// The environment with `.env` below it, where the secrets are.
    pub variables: Variables,
}

impl Settings {
    /// Loads the settings, or returns everything that is wrong with them.
    ///
    /// Reads `.env`, the operator's file and the route and price files that it names. Reads no key and
    /// changes nothing. An account or environment that the operator adds starts from the shipped `ideogram`
    /// or `dev`.
    pub fn load(options: LoadOptions) -> Result<LoadedSettings, FieldErrors> {
        let LoadOptions { file, variables, working_dir } = options;
        let variables = Variables::gather(variables, &working_dir)?;
        let tree = layers(file.as_deref(), &working_dir, &variables)?;
        let notes = Notes::default();
        let settings = read::settings(tree, &working_dir, &notes);
        let (seen, mistakes) = notes.into_parts();
        match (settings, FieldErrors::found(mistakes)) {
            (Some(settings), None) => {
                let settings = Self { shown: Arc::new(EffectiveSettings::new(seen)), ..settings };
                Ok(LoadedSettings { settings, variables })
            }
            (_, Some(mistakes)) => Err(mistakes),
            (None, None) => Err(FieldErrors::one(FieldError::about("settings", "cannot be read"))),
        }
    }
}

/// Returns the merged tree: the shipped defaults, the file over them, the variables over both.
///
/// Names in variables are settled against the two layers below, since a variable cannot hold `-` or `.`.
fn layers(
    file: Option<&Path>,
    working_dir: &Path,
    variables: &Variables,
) -> Result<SettingTable, FieldErrors> {
    let mut mistakes = Vec::new();
    let mut keep = |layer: Result<SettingTable, Vec<FieldError>>| {
        layer.map_err(|found| mistakes.extend(found)).unwrap_or_default()
    };
    let shipped = keep(parse("default.toml", DEFAULT, &|_| SettingOrigin::Default));
    let from_file = file.map(|file| keep(file_layer(file, working_dir)));
    let mut from_variables = keep(variables.settings());
    let mut tree = shipped.clone();
    merge(&mut tree, from_file.unwrap_or_default());
    // Against the two layers below: only they show which names with `-` or `.` there are.
    mistakes.extend(variable_names::settle(&mut from_variables, &tree));
    merge(&mut tree, from_variables);
    // After the variables, so that an account or environment which they add starts from the shipped one as
    // well.
    // Without an origin of its own, an added account is a simulator: it must never reach Ideogram by
    // accident.
    inherit(&mut tree, &shipped, "accounts", "ideogram", &["base_url"]);
    // An added environment says itself whose money it spends and what its tokens may do: nobody inherits rights.
    inherit(&mut tree, &shipped, "environments", "dev", &["account", "scopes"]);
    FieldErrors::or(mistakes, tree)
}

/// Returns what the operator's file holds; each value knows its line.
fn file_layer(file: &Path, working_dir: &Path) -> Result<SettingTable, Vec<FieldError>> {
    let name = file.display().to_string();
    let text = fs::read_to_string(working_dir.join(file))
        .map_err(|error| vec![FieldError::about(&*name, format!("cannot be read: {error}"))])?;
    parse(&name, &text, &|line| SettingOrigin::File { name: name.as_str().into(), line })
}

// An account or environment that an operator adds starts from a shipped one, so that the
// defaults stand in one place only.
fn inherit(
    tree: &mut SettingTable,
    shipped: &SettingTable,
    group: &str,
    model: &str,
    without: &[&str],
) {
    let (Some(shipped), Some(group)) = (inner(shipped, group), tree.get_mut(group)) else { return };
    let SettingValue::Table(entries) = &mut group.value else { return };
    let Some(mut start) = inner(shipped, model).cloned() else { return };
    start.retain(|key, _| !without.contains(&&**key));
    for (_, node) in entries.iter_mut().filter(|(name, _)| !shipped.contains_key(*name)) {
        if let SettingValue::Table(own) = &mut node.value {
            let mut whole = start.clone();
            merge(&mut whole, std::mem::take(own));
            *own = whole;
        }
    }
}
