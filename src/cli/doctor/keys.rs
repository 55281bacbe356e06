//! Ideogram's keys: as the gateway has them, or as the caller's variables give them.

use super::finding::DoctorCheck;
use crate::{
    admin::EnvironmentView,
    cli::{client::AdminClient, key},
    config::{LoadedSettings, Secrets},
};
use std::collections::BTreeSet;

/// What is said of the keys.
const WHAT: &str = "keys";

/// Looks at the keys as the gateway that runs has them.
///
/// Ideogram is not asked: what was seen by calls counts.
pub(super) async fn of_gateway(client: &AdminClient) -> anyhow::Result<Vec<DoctorCheck>> {
    let all: Vec<EnvironmentView> = client.get("/api/v1/environments").await?;
    let hints = all.iter().filter(|view| view.key.status == "missing");
    let hints = hints.filter_map(|view| view.key.hint.clone());
    let mut findings: Vec<_> = hints.map(|hint| DoctorCheck::doubtful(WHAT, hint)).collect();
    findings.extend(shared(&all).iter().map(|names| together(names)));
    let bad = key::doubts(client).await?;
    findings.extend(bad.into_iter().map(|words| DoctorCheck::broken(WHAT, words)));
    Ok(or_good(findings))
}

/// Looks at the keys that the caller's variables give.
///
/// Keys themselves are not shown.
pub(super) fn of_file(loaded: &LoadedSettings) -> Vec<DoctorCheck> {
    let secrets = match Secrets::load(&loaded.settings, &loaded.variables) {
        Ok(secrets) => secrets,
        Err(mistakes) => return vec![DoctorCheck::broken(WHAT, mistakes.to_string())],
    };
    let missing = secrets.missing().iter().map(|one| DoctorCheck::doubtful(WHAT, &*one.how));
    let unused = secrets
        .unused()
        .iter()
        .map(|name| DoctorCheck::doubtful(WHAT, format!("{name} belongs to no environment")));
    let shared = secrets.shared().into_iter().map(|names| {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        together(&names)
    });
    or_good(missing.chain(unused).chain(shared).collect())
}

/// Returns the groups of environments that use one key, each once.
///
/// Groups come in the order of their first names.
fn shared(all: &[EnvironmentView]) -> BTreeSet<Vec<String>> {
    let group = |view: &EnvironmentView| {
        let own = [view.name.clone()];
        let names: BTreeSet<_> = own.iter().chain(&view.key.shared_with).cloned().collect();
        (names.len() > 1).then(|| names.into_iter().collect())
    };
    all.iter().filter_map(group).collect()
}

/// Returns the finding about environments that share a key.
fn together(names: &[String]) -> DoctorCheck {
    let names = names.join(", ");
    let words = format!("{names} share one key: rotating or losing it concerns them all");
    DoctorCheck::doubtful(WHAT, words)
}

/// Returns the findings, or that there is nothing to say.
fn or_good(findings: Vec<DoctorCheck>) -> Vec<DoctorCheck> {
    if findings.is_empty() {
        return vec![DoctorCheck::good(WHAT, "each environment that needs one has its own")];
    }
    findings
}
