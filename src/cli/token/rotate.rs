//! `ideogate token rotate`

use crate::{
    admin::{RotatedToken, SecretView, TokenView},
    cli::{client::AdminClient, output::Output, times},
    domain::{Clock, SystemClock, Timestamp},
    tokens::{DropNow, RotationRequest},
};
use clap::Args;
use serde::Serialize;
use std::process::ExitCode;

/// Which token, and how long its old secret goes on working.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate token rotate tok_01kaxyz
  ideogate token rotate tok_01kaxyz --grace 2h --expires-in 90d
  ideogate token rotate tok_01kaxyz --finish
  NEW=$(ideogate token rotate tok_01kaxyz --grace 7d)

The new secret alone goes to stdout. It is shown this once: only its SHA-256 is kept. The token \
keeps its id, scopes, budgets, limits and history. Both secrets work until the grace is over; \
`ideogate token show` tells when each was last used. A secret that leaked ends at once with \
`--drop-old`, if it is the only one; if two are alive, `--grace 0s --drop-old` ends both.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that people give")]
pub struct RotateArguments {
    /// The token's id, or its name where that is unique; never the token itself
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// How long the old secret goes on working, 30d at most; 0s ends it at once [default: 24h]
    #[arg(long, value_name = "DURATION")]
    grace: Option<String>,
    /// When the token expires, counted from now, not earlier than before [default: as before]
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
    /// Let --expires-in end the token earlier than before
    #[arg(long, requires = "expires_in")]
    shorten: bool,
    /// End the old secret now, without a grace; when two are alive, the older one
    #[arg(long, conflicts_with = "drop_new")]
    drop_old: bool,
    /// When two secrets are alive already: end the newer one now, which nobody ever got
    #[arg(long)]
    drop_new: bool,
    /// Make no secret; end the old one now, since all apps have the new one
    #[arg(long, conflicts_with_all = ["grace", "expires_in", "drop_old", "drop_new"])]
    finish: bool,
}

impl RotateArguments {
    /// Returns the rotation that is asked for.
    fn rotation(&self) -> RotationRequest {
        let drop = match (self.drop_old, self.drop_new) {
            (true, _) => Some(DropNow::Old),
            (_, true) => Some(DropNow::New),
            _ => None,
        };
        let (grace, expires_in) = (self.grace.clone(), self.expires_in.clone());
        RotationRequest { grace, drop, expires_in, shorten: self.shorten }
    }
}

/// What scripts are told; others rely on this shape.
#[derive(Serialize)]
struct RotatedOutput<'m> {
    id: &'m str,
    token: &'m str,
    environment: &'m str,
    scopes: &'m [String],
    expires_at: Timestamp,
    secret: u32,
    older: &'m [SecretView],
}

/// Rotates the token.
///
/// The new secret goes to stdout and everything else to stderr. If the answer is lost, `--drop-new` ends the
/// secret that nobody got.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &RotateArguments,
) -> anyhow::Result<ExitCode> {
    let path = format!("/api/v1/tokens/{}/rotate", super::state::id(&arguments.id)?);
    if arguments.finish {
        return finish(client, screen, &path).await;
    }
    let made: RotatedToken = client.post_json(&path, &arguments.rotation()).await?;
    let now = SystemClock.now();
    screen.note(format!("Token {} has secret {} now:", made.id, made.secret));
    for old in &made.older {
        screen.note(format!("  secret {} {}", old.number, end(old, now)));
    }
    screen.note(format!("  the token expires {}", times::from_now(made.expires_at, now)));
    if screen.is_json() {
        screen.json(&shape(&made))?;
    } else {
        screen.note("Keep it now, it is not shown again:");
        screen.line(&made.token)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends the older secret, and makes none.
async fn finish(client: &AdminClient, screen: Output, path: &str) -> anyhow::Result<ExitCode> {
    let token: TokenView = client.post(&format!("{path}/finish")).await?;
    if screen.is_json() {
        screen.json(&token)?;
    } else {
        let newest = token.secrets.last().map_or(0, |secret| secret.number);
        screen.line(format!("{} ({}) has secret {newest} alone", token.id, token.name))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells in words until when a secret works.
///
/// A secret without an end of its own ends with the token.
pub(super) fn end(secret: &SecretView, now: Timestamp) -> String {
    match secret.ends_at {
        None => "works as long as the token".to_owned(),
        Some(end) if secret.alive => format!("works until {}", times::from_now(end, now)),
        Some(end) => format!("ended {}", times::from_now(end, now)),
    }
}

/// Returns what scripts are told.
fn shape(made: &RotatedToken) -> RotatedOutput<'_> {
    RotatedOutput {
        id: &made.id,
        token: &made.token,
        environment: &made.environment,
        scopes: &made.scopes,
        expires_at: made.expires_at,
        secret: made.secret,
        older: &made.older,
    }
}
