//! Words in the settings that are most likely slips: names that can be new, and variables of nobody.
//!
//! None of it is a mistake: the gateway starts, and the sentences are told beside it.

use super::{LoadedSettings, nearest::nearest};
use std::collections::BTreeSet;

/// The variables that are read beside settings and keys.
const VARIABLES: [&str; 8] = [
    "IDEOGATE_ADMIN",
    "IDEOGATE_ADMIN_CA",
    "IDEOGATE_CONFIG",
    "IDEOGATE_NOTIFY_SECRET",
    "IDEOGATE_NOTIFY_SECRET_FILE",
    "IDEOGATE_OPERATOR_TOKEN",
    "IDEOGATE_OPERATOR_TOKEN_FILE",
    "IDEOGATE_TOKEN",
];

/// Returns what is told of them.
///
/// Each is a sentence that names the variable or the setting. A word without a near one among those known
/// is not doubted, since models and speeds may be newer than the price table.
pub(super) fn doubts_about_words(loaded: &LoadedSettings) -> Vec<String> {
    let mut doubts = variables(loaded);
    doubts.extend(models_and_speeds(loaded));
    doubts.extend(nobody_told(loaded));
    doubts
}

/// Returns what is told of a secret that nothing is signed with.
fn nobody_told(loaded: &LoadedSettings) -> Option<String> {
    let names = ["IDEOGATE_NOTIFY_SECRET", "IDEOGATE_NOTIFY_SECRET_FILE"];
    let given = names.into_iter().find(|name| loaded.variables.is_set(name))?;
    let nobody = loaded.settings.notify.url.is_none();
    nobody.then(|| format!("{given} is set, but nobody is told of anything: set notify.url"))
}

/// Kubernetes sets variables after the names of services, so that not every other name is a slip.
///
/// Returns what is told of variables that begin with `IDEOGATE_` and set nothing. Those with `IDEOGATE__`
/// are left out, for an unknown setting is refused elsewhere.
fn variables(loaded: &LoadedSettings) -> Vec<String> {
    let others = loaded.variables.names("IDEOGATE_").filter(|name| !VARIABLES.contains(name));
    others
        .filter(|name| !name.starts_with("IDEOGATE__"))
        .filter_map(|name| match name["IDEOGATE_".len()..].split_once("__") {
            Some((section, key)) => {
                Some(format!("{name} sets nothing; did you mean IDEOGATE__{section}__{key}?"))
            }
            None => nearest(name, VARIABLES)
                .map(|near| format!("{name} sets nothing; did you mean {near}?")),
        })
        .collect()
}

/// Returns what is told of the models and speeds in the rules of environments that no price is for.
fn models_and_speeds(loaded: &LoadedSettings) -> Vec<String> {
    let settings = &loaded.settings;
    let rows = || settings.prices.rows();
    let models: BTreeSet<&str> = rows().filter_map(|row| row.model.as_deref()).collect();
    let mut speeds: BTreeSet<&str> = rows().filter_map(|row| row.speed.as_deref()).collect();
    speeds
        .extend(settings.routes.routes().iter().filter_map(|route| route.default_speed.as_deref()));
    let mut doubts = Vec::new();
    for (name, environment) in &settings.environments {
        let path = |key: &str| format!("environments.{name}.{key}");
        let (policy, limited) = (&environment.policy, &environment.limited);
        let slips = |key: &str, word: &str, known| slip(&path(key), word, known);
        doubts.extend(policy.models.iter().filter_map(|one| slips("policy.models", one, &models)));
        doubts.extend(policy.speeds.iter().filter_map(|one| slips("policy.speeds", one, &speeds)));
        doubts
            .extend(limited.speeds.iter().filter_map(|one| slips("limited.speeds", one, &speeds)));
    }
    doubts
}

/// Returns the doubt about one word, if it is not known and a known one is near.
fn slip(key: &str, word: &str, known: &BTreeSet<&str>) -> Option<String> {
    if known.contains(word) {
        return None;
    }
    let near = nearest(word, known.iter().copied())?;
    Some(format!("{key} holds {word:?}, which no price is for; did you mean {near:?}?"))
}
