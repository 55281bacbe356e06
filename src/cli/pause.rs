//! `ideogate pause` and `ideogate resume`

use super::{client::AdminClient, output::Output};
use crate::admin::PauseView;
use std::process::ExitCode;

/// Pauses or resumes.
///
/// Calls that were sent go on. The state outlives a restart.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    what: &str,
) -> anyhow::Result<ExitCode> {
    let view: PauseView = client.post(&format!("/api/v1/{what}")).await?;
    if screen.is_json() {
        screen.json(&view)?;
    } else if view.paused {
        screen.line("paused: new calls are refused with 503 until `ideogate resume`")?;
    } else {
        screen.line("resumed: calls are let through")?;
    }
    Ok(ExitCode::SUCCESS)
}
