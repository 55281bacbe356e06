//! Everything that is looked at, in the order in which one thing rests on another.

use super::{finding::DoctorCheck, former_keys, gateway, keys, machine, tls};
use crate::{
    cli::{
        error::CliError,
        global::Global,
        locate,
        output::{Output, chain},
        running::{self, RunningGateway},
        runtime::wait,
    },
    config::LoadedSettings,
    domain::{Clock, SystemClock},
};

/// What was found, and the exit code that goes with it whatever was found.
///
/// A gateway that was named and does not answer has an exit code of its own.
pub(super) struct GatewaySeen {
    /// What was found.
    pub(super) findings: Vec<DoctorCheck>,
    /// The exit code, where the findings do not decide.
    pub(super) code: Option<u8>,
}

/// Looks at everything that can be looked at: at the gateway that runs, and at the caller's own file
/// where none does.
///
/// Nothing is changed. What cannot be looked at is a finding, too, so that the rest is still looked at.
pub(super) fn all(global: &Global, screen: Output) -> GatewaySeen {
    let mut findings = vec![machine::clock(SystemClock.now())];
    let own = locate::settings(global);
    match &own {
        Ok(_) => findings.push(DoctorCheck::good("settings", "without mistakes")),
        Err(fault) => findings.push(DoctorCheck::broken("settings", fault.to_string())),
    }
    // Where the gateway is, only the settings say.
    if own.is_err() && global.admin.is_none() {
        let words = "cannot be found before the settings are good";
        findings.push(DoctorCheck::doubtful(gateway::WHAT, words));
        return GatewaySeen { findings, code: None };
    }
    let own = own.ok();
    match wait(running::ask(global)) {
        Ok(Some(running)) => {
            findings.extend(of_gateway(global, screen, &running, own.as_ref()));
            GatewaySeen { findings, code: None }
        }
        Ok(None) => {
            findings.extend(own.iter().flat_map(of_file));
            findings.push(gateway::absent(global));
            GatewaySeen { findings, code: None }
        }
        Err(error) => {
            findings.push(DoctorCheck::broken(gateway::WHAT, chain(&error)));
            GatewaySeen { findings, code: error.downcast_ref().and_then(CliError::unavailable) }
        }
    }
}

/// Looks at the gateway, and compares the caller's own settings with those in force.
///
/// What it cannot ask is a finding; what was seen until then is told all the same.
fn of_gateway(
    global: &Global,
    screen: Output,
    running: &RunningGateway,
    own: Option<&LoadedSettings>,
) -> Vec<DoctorCheck> {
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
    let same_folder = differing.iter().all(|one| one.key != "data.dir");
    if let Some(own) = own.filter(|_| is_here && same_folder) {
        findings.extend(former_keys::in_folder(&own.settings.data.dir));
    }
    match wait(gateway::check(&running.client, is_here)) {
        Ok(seen) => findings.extend(seen),
        Err(error) => findings.push(DoctorCheck::broken(gateway::WHAT, chain(&error))),
    }
    findings
}

/// Looks at what the caller's own file says.
///
/// It opens the database for reading where there is one, and changes nothing.
fn of_file(own: &LoadedSettings) -> Vec<DoctorCheck> {
    let settings = &own.settings;
    let mut findings = keys::of_file(own);
    findings.extend(tls::check(&settings.listen, SystemClock.now()));
    findings.push(machine::data_folder(&settings.data.dir));
    findings.push(machine::disk_of(&settings.data.dir, settings.bodies.min_free));
    findings.extend(machine::record_clock(&settings.data.dir, SystemClock.now()));
    findings.extend(former_keys::in_folder(&settings.data.dir));
    findings.extend(machine::held_against(own));
    findings
}
