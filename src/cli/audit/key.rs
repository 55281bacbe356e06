//! `ideogate audit key` and `ideogate audit checkpoint`

use crate::{
    admin::{CheckpointKeyView, CheckpointView},
    cli::{client::AdminClient, output::Output},
};
use std::process::ExitCode;

/// Prints the verifier key.
///
/// It is public: noted elsewhere, it shows later whether somebody exchanged it.
pub(super) async fn key(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let view: CheckpointKeyView = client.get("/api/v1/audit/key").await?;
    if screen.is_json() {
        screen.json(&view)?;
    } else {
        screen.line(view.key)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a checkpoint: as a note for files of notes, as an object for scripts.
///
/// The gateway signs where the record ends now, for this question.
pub(super) async fn checkpoint(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let view: CheckpointView = client.get("/api/v1/audit/checkpoint").await?;
    if screen.is_json() {
        screen.json(&view)?;
    } else {
        screen.line(view.note)?;
    }
    Ok(ExitCode::SUCCESS)
}
