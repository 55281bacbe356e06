//! `ideogate token prune`

use crate::{
    admin::PruneView,
    cli::{client::AdminClient, output::Output},
    tokens::PruneRequest,
};
use clap::Args;
use std::process::ExitCode;

/// Which tokens to forget.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate token prune --ended-for 90d --dry-run
  ideogate token prune --ended-for 90d --environment dev

Those whose calls, money or idempotency keys are still open are kept, and told. What tokens did \
and spent stays on record.")]
pub struct PruneArguments {
    /// For how long they have been revoked or expired, at least, as in 90d
    #[arg(long, value_name = "DURATION")]
    ended_for: String,
    /// Only those of this environment
    #[arg(long, value_name = "ENV")]
    environment: Option<String>,
    /// Tell what would be forgotten, and forget nothing
    #[arg(long)]
    dry_run: bool,
}

/// Forgets the tokens, and tells which.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &PruneArguments,
) -> anyhow::Result<ExitCode> {
    let asked = PruneRequest {
        ended_for: arguments.ended_for.clone(),
        environment: arguments.environment.clone(),
        dry_run: arguments.dry_run,
    };
    let view: PruneView = client.post_json("/api/v1/tokens/prune", &asked).await?;
    if screen.is_json() {
        screen.json(&view)?;
        return Ok(ExitCode::SUCCESS);
    }
    for one in &view.pruned {
        let day = one.ended_at.to_string();
        screen.line(format!("{} ({}, {}) ended {day:.10}", one.id, one.name, one.environment))?;
    }
    screen.line(summary(&view, arguments.dry_run))?;
    Ok(ExitCode::SUCCESS)
}

/// Counts what went and what stays, with the reasons.
fn summary(view: &PruneView, dry_run: bool) -> String {
    let pruned = if dry_run { "would be pruned" } else { "pruned" };
    let words = format!("{} {pruned}", view.pruned.len());
    if !view.kept.is_empty() {
        let reasons: Vec<_> =
            view.kept.iter().map(|one| format!("{} {}", one.id, one.reason)).collect();
        return format!("{words}, {} kept: {}", view.kept.len(), reasons.join("; "));
    }
    words
}
