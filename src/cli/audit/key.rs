//! `ideogate audit key` and `ideogate audit checkpoint`

use crate::{
    admin::{CheckpointView, KeyView},
    cli::{client::Client, screen::Screen},
};
use std::process::ExitCode;

/// Prints the verifier key.
pub(super) async fn key(client: &Client, screen: Screen) -> anyhow::Result<ExitCode> {
    let view: KeyView = client.get("/api/v1/audit/key").await?;
    if screen.is_json() {
        screen.json(&view)?;
    } else {
        screen.line(view.key)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a checkpoint: as a note for files of notes, as an object for scripts.
pub(super) async fn checkpoint(client: &Client, screen: Screen) -> anyhow::Result<ExitCode> {
    let view: CheckpointView = client.get("/api/v1/audit/checkpoint").await?;
    if screen.is_json() {
        screen.json(&view)?;
    } else {
        screen.line(view.note)?;
    }
    Ok(ExitCode::SUCCESS)
}
