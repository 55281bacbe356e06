//! What can be done, and who does it.

use super::{checks, finding::Mark};
use crate::cli::{arguments::Global, fault::FINDING, screen::Screen};
use clap::Args;
use std::process::ExitCode;

/// Nothing needs to be said.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate doctor
  ideogate doctor --config /etc/ideogate.toml --output json

Looks at the settings, the keys, the data folder, the disk, the clock and the gateway. Changes
nothing. Exits 2 if something is broken.")]
pub struct DoctorArguments {}

/// Looks for what is wrong.
pub(in crate::cli) fn run(global: &Global, screen: Screen) -> anyhow::Result<ExitCode> {
    let findings = checks::all(global);
    if screen.is_json() {
        screen.json(&findings)?;
    } else {
        for finding in &findings {
            screen.line(finding.to_string())?;
        }
    }
    let is_broken = findings.iter().any(|finding| finding.mark == Mark::Broken);
    Ok(if is_broken { ExitCode::from(FINDING) } else { ExitCode::SUCCESS })
}
