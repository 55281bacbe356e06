//! Everything that is looked at, in the order in which one thing rests on another.

use super::{finding::Finding, gateway, machine, tls};
use crate::{
    cli::{arguments::Global, locate},
    config::{LoadedSettings, Secrets},
    domain::{Clock, SystemClock},
};

/// Looks at everything that can be looked at.
pub(super) fn all(global: &Global) -> Vec<Finding> {
    let mut findings = vec![machine::clock(SystemClock.now())];
    match locate::settings(global) {
        Ok(loaded) => {
            findings.push(Finding::good("settings", "without mistakes"));
            findings.extend(keys(&loaded));
            findings.extend(tls::check(&loaded.settings.listen, SystemClock.now()));
            findings.push(machine::data_folder(&loaded.settings.data.dir));
            let least = loaded.settings.bodies.min_free;
            findings.push(machine::disk(&loaded.settings.data.dir, least));
        }
        Err(fault) => findings.push(Finding::broken("settings", fault.to_string())),
    }
    findings.push(gateway::check(global));
    findings.extend(gateway::check_keys(global));
    findings
}

fn keys(loaded: &LoadedSettings) -> Vec<Finding> {
    let secrets = match Secrets::load(&loaded.settings, &loaded.variables) {
        Ok(secrets) => secrets,
        Err(mistakes) => return vec![Finding::broken("keys", mistakes.to_string())],
    };
    let missing = secrets.missing().iter().map(|one| Finding::doubtful("keys", &*one.how));
    let unused = secrets
        .unused()
        .iter()
        .map(|name| Finding::doubtful("keys", format!("{name} belongs to no environment")));
    let shared = secrets.shared().into_iter().map(|names| {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let names = names.join(", ");
        let words = format!("{names} share one key: rotating or losing it concerns them all");
        Finding::doubtful("keys", words)
    });
    let findings: Vec<_> = missing.chain(unused).chain(shared).collect();
    if findings.is_empty() {
        return vec![Finding::good("keys", "each environment that needs one has its own")];
    }
    findings
}
