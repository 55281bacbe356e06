//! `ideogate audit archive`
//!
//! The gateway moves the records; the command waits for it and can be ended at any time.

use crate::{
    admin::{ArchiveRequest, ArchiveView},
    cli::{client::AdminClient, number::counted, output::Output, progress::Progress},
};
use anyhow::bail;
use bytesize::ByteSize;
use clap::Args;
use std::{process::ExitCode, time::Duration};

/// How often it is asked how far it is.
const PAUSE: Duration = Duration::from_millis(200);

/// Up to when records move.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate audit archive --before 2026-11-01
  ideogate audit archive --before 2026-11-01 --dry-run

Moves whole UTC days out of the database into segments: files in `audit.archive_dir` that prove \
themselves. Nothing leaves before its segment is durable and was read again. The gateway does it \
in the background and serves meanwhile; ended here, it goes on there. `[audit] keep` in the \
settings does the same by itself.")]
pub struct ArchiveArguments {
    /// The first UTC day that stays
    #[arg(long, value_name = "DATE")]
    before: String,
    /// Say only what would move
    #[arg(long)]
    dry_run: bool,
}

/// Moves records, and waits until that is done.
///
/// It is an error if the gateway stops moving them; what had not left the database is still in it.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &ArchiveArguments,
) -> anyhow::Result<ExitCode> {
    let ArchiveArguments { before, dry_run } = arguments;
    let asked = ArchiveRequest { before: before.clone(), dry_run: *dry_run };
    let mut view: ArchiveView = client.post_json("/api/v1/audit/archive", &asked).await?;
    let mut progress = Progress::new("moving");
    while view.running {
        tokio::time::sleep(PAUSE).await;
        view = client.get("/api/v1/audit/archive").await?;
        progress.at(view.records_done, view.records_of);
    }
    drop(progress);
    if screen.is_json() {
        screen.json(&view)?;
    } else {
        for line in words(&view, before, *dry_run) {
            screen.line(line)?;
        }
    }
    match &view.failed {
        Some(failed) => bail!("{}: {}", failed.code, failed.message),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Returns what there is to say of a move that ended.
fn words(view: &ArchiveView, before: &str, dry_run: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if dry_run && view.records_of > 0 {
        let records = counted(view.records_of, "record");
        lines.push(format!("{records} from before {before} would move to {}", view.folder));
    } else if view.records_done > 0 {
        let bytes = ByteSize(view.segments.iter().map(|one| one.bytes).sum());
        let records = counted(view.records_done, "record");
        let made = counted(view.segments.len() as u64, "segment");
        let folder = &view.folder;
        lines.push(format!("{records} from before {before} moved to {folder}: {made}, {bytes}"));
    } else if view.failed.is_none() {
        lines.push(format!("nothing older than {before} is to be moved"));
    }
    if view.freed_bytes > 0 {
        let freed = ByteSize(view.freed_bytes);
        let now = view.database_bytes.map(|bytes| format!(": {}", ByteSize(bytes)));
        lines.push(format!("the database is {freed} smaller{}", now.unwrap_or_default()));
    }
    if let Some(held) = &view.held_back {
        let call = held.call.as_ref().map(|call| format!(" ({call})")).unwrap_or_default();
        lines.push(format!("held back: from record {} on, {}{call}", held.record, held.why));
    }
    lines
}
