//! Everything that is looked at, in the order in which one thing rests on another.

use super::{finding::Finding, gateway, keys, machine, tls};
use crate::{
    cli::{
        fault::Fault,
        global::Global,
        locate,
        running::{self, Running},
        runtime::wait,
        screen::{Screen, chain},
    },
    config::LoadedSettings,
    domain::{Clock, SystemClock},
};

/// What was found, and the exit code that goes with it whatever was found.
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    pub(super) code: Option<u8>,
}

/// Looks at everything that can be looked at: at the gateway that runs, and at the caller's own file
/// where none does.
pub(super) fn all(global: &Global, screen: Screen) -> Seen {
    let mut findings = vec![machine::clock(SystemClock.now())];
    let own = locate::settings(global);
    match &own {
        Ok(_) => findings.push(Finding::good("settings", "without mistakes")),
        Err(fault) => findings.push(Finding::broken("settings", fault.to_string())),
    }
    if own.is_err() && global.admin.is_none() {
        let words = "cannot be found before the settings are good";
        findings.push(Finding::doubtful(gateway::WHAT, words));
        return Seen { findings, code: None };
    }
    let own = own.ok();
    match wait(running::ask(global)) {
        Ok(Some(running)) => {
            findings.extend(of_gateway(global, screen, &running, own.as_ref()));
            Seen { findings, code: None }
        }
        Ok(None) => {
            findings.extend(own.iter().flat_map(of_file));
            findings.push(gateway::absent(global));
            Seen { findings, code: None }
        }
        Err(error) => {
            findings.push(Finding::broken(gateway::WHAT, chain(&error)));
            Seen { findings, code: error.downcast_ref().and_then(Fault::unavailable) }
        }
    }
}

/// Looks at the gateway, and compares the caller's own settings with those in force.
fn of_gateway(
    global: &Global,
    screen: Screen,
    running: &Running,
    own: Option<&LoadedSettings>,
) -> Vec<Finding> {
    let differing = match own {
        Some(_) => running::differences(global, screen, &running.settings),
        None => Vec::new(),
    };
    let mut findings: Vec<_> = gateway::differing(global, &differing).into_iter().collect();
    let is_here = running.client.is_local();
    // Certificates are files: those in force can be looked at only here, and only if they are the same.
    let same_files = differing.iter().all(|one| !one.key.starts_with("listen."));
    if let Some(own) = own.filter(|_| is_here && same_files && global.config.is_some()) {
        findings.extend(tls::check(&own.settings.listen, SystemClock.now()));
    }
    match wait(gateway::check(&running.client, is_here)) {
        Ok(seen) => findings.extend(seen),
        Err(error) => findings.push(Finding::broken(gateway::WHAT, chain(&error))),
    }
    findings
}

/// Looks at what the caller's own file says.
fn of_file(own: &LoadedSettings) -> Vec<Finding> {
    let settings = &own.settings;
    let mut findings = keys::of_file(own);
    findings.extend(tls::check(&settings.listen, SystemClock.now()));
    findings.push(machine::data_folder(&settings.data.dir));
    findings.push(machine::disk_of(&settings.data.dir, settings.bodies.min_free));
    findings.extend(machine::record_clock(&settings.data.dir, SystemClock.now()));
    findings.extend(machine::held_against(own));
    findings
}
