//! `ideogate openapi`

use super::screen::Screen;
use std::process::ExitCode;

/// Prints the description of the admin API; needs no gateway.
pub(super) fn run(screen: Screen) -> anyhow::Result<ExitCode> {
    screen.line(crate::admin::openapi().to_pretty_json()?)?;
    Ok(ExitCode::SUCCESS)
}
