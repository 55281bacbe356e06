//! `ideogate openapi`

use super::output::Output;
use std::process::ExitCode;

/// Prints the description of the admin API; needs no gateway.
pub(super) fn run(screen: Output) -> anyhow::Result<ExitCode> {
    screen.line(crate::admin::openapi().to_pretty_json()?)?;
    Ok(ExitCode::SUCCESS)
}
