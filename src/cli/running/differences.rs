//! Where the caller's own file says something else than the gateway that runs.

use crate::{
    admin::SettingView,
    cli::{global::Global, locate, output::Output},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// One setting that the gateway has otherwise than the caller's own file and variables.
///
/// Neither value is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Difference {
    /// The setting.
    pub(in crate::cli) key: String,
    /// What is in force; `null` when it is not set.
    pub(in crate::cli) gateway: Option<String>,
    /// What the caller's own file and variables say; `null` when they do not set it.
    pub(in crate::cli) file: Option<String>,
    /// Where the caller's own value comes from.
    pub(in crate::cli) origin: String,
}

/// Returns where the caller's settings are others than those in force.
///
/// Whoever names a file means all of it, its defaults too; without one, only what the caller's variables
/// say counts. Settings that cannot be read are told of on stderr and not compared.
///
/// They come in order of their keys.
pub(in crate::cli) fn differences(
    global: &Global,
    screen: Output,
    running: &[SettingView],
) -> Vec<Difference> {
    let Ok(loaded) = locate::settings(global) else {
        let own = locate::own_settings(global);
        screen.note(format!(
            "{own} holds mistakes, so it was not compared: see `ideogate config check`"
        ));
        return Vec::new();
    };
    let own: Vec<_> =
        loaded.settings.shown.settings().iter().map(SettingView::from_setting).collect();
    compare(running, &own, global.config.is_some())
}

/// Tells of differences on stderr.
///
/// Nothing is said where there are none.
pub(in crate::cli) fn tell<'d>(
    global: &Global,
    screen: Output,
    differences: impl IntoIterator<Item = &'d Difference>,
) {
    let mut differences = differences.into_iter().peekable();
    if differences.peek().is_some() {
        let own = locate::own_settings(global);
        screen.note(format!("{own} differs from the gateway that runs, which is what counts:"));
    }
    for Difference { key, gateway, file, origin } in differences {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
        let (gateway, file) = (shown(gateway), shown(file));
        screen.note(format!("  {key}: the gateway has {gateway}, yours is {file} ({origin})"));
    }
}

/// Returns the differences; `is_whole` says whether defaults count as said.
fn compare(running: &[SettingView], own: &[SettingView], is_whole: bool) -> Vec<Difference> {
    let by_key = |all: &[SettingView]| -> BTreeMap<String, SettingView> {
        all.iter().map(|one| (one.key.clone(), one.clone())).collect()
    };
    let (running, own) = (by_key(running), by_key(own));
    let mut found = Vec::new();
    for (key, mine) in own.iter().filter(|(_, mine)| is_whole || mine.layer != "default") {
        let theirs = running.get(key).and_then(|theirs| theirs.value.clone());
        if theirs != mine.value {
            let (key, file, origin) = (key.clone(), mine.value.clone(), mine.origin.clone());
            found.push(Difference { key, gateway: theirs, file, origin });
        }
    }
    let only_theirs = running
        .values()
        .filter(|theirs| is_whole && theirs.value.is_some() && !own.contains_key(&theirs.key));
    found.extend(only_theirs.map(|theirs| Difference {
        key: theirs.key.clone(),
        gateway: theirs.value.clone(),
        file: None,
        origin: "not in there".to_owned(),
    }));
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(key: &str, value: &str, layer: &str) -> SettingView {
        let (key, value) = (key.to_owned(), Some(value.to_owned()));
        SettingView { key, value, origin: "x.toml:1".to_owned(), layer: layer.to_owned() }
    }

    fn keys(found: &[Difference]) -> Vec<&str> {
        found.iter().map(|one| one.key.as_str()).collect()
    }

    #[test]
    fn a_file_is_compared_whole_and_variables_alone_only_where_they_say_something() {
        let running = [set("a", "1", "file"), set("b", "2", "file"), set("c", "3", "file")];
        let own = [set("a", "9", "variable"), set("b", "8", "default"), set("d", "7", "file")];
        assert_eq!(keys(&compare(&running, &own, true)), ["a", "b", "c", "d"]);
        assert_eq!(keys(&compare(&running, &own, false)), ["a", "d"]);
        assert_eq!(compare(&running, &running, true), []);
    }
}
