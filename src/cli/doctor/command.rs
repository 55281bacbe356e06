//! What can be done, and who does it.

use super::{
    checks::{self, GatewaySeen},
    finding::CheckMark,
};
use crate::cli::{error::FINDING, global::Global, output::Output};
use clap::Args;
use std::process::ExitCode;

/// Nothing needs to be said.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate doctor
  ideogate doctor --config /etc/ideogate.toml --output json

Asks the gateway that runs: whether it serves calls, its keys, its places, its record, its disk, \
and where your own settings differ from those in force. Where none runs, looks at what your own \
settings say. Changes nothing. Exits 2 if something is broken, and 69 if the gateway that \
--admin names does not answer.")]
pub struct DoctorArguments {}

/// Looks for what is wrong.
///
/// The code is 2 if something is broken; what only deserves a look changes nothing.
pub(in crate::cli) fn run(global: &Global, screen: Output) -> anyhow::Result<ExitCode> {
    let GatewaySeen { findings, code } = checks::all(global, screen);
    if screen.is_json() {
        screen.json(&findings)?;
    } else {
        for finding in &findings {
            screen.line(finding.to_string())?;
        }
    }
    let is_broken = findings.iter().any(|finding| finding.mark == CheckMark::Broken);
    let found = if is_broken { ExitCode::from(FINDING) } else { ExitCode::SUCCESS };
    Ok(code.map_or(found, ExitCode::from))
}
