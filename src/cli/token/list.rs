//! `ideogate token list`

use crate::{
    admin::{TokenSearch, TokenView},
    cli::{client::AdminClient, output::Output, times},
    domain::{Clock, SystemClock},
};
use clap::Args;
use std::process::ExitCode;

/// Which tokens.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate token list
  ideogate token list --environment prod
  ideogate token list --output json | jq '.[] | select(.state == \"expired\") | .id'")]
pub struct ListArguments {
    /// Only those of this environment
    #[arg(long, value_name = "ENV")]
    environment: Option<String>,
}

/// Lists the tokens.
///
/// Revoked and expired ones are among them; secrets are not.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &ListArguments,
) -> anyhow::Result<ExitCode> {
    let asked = TokenSearch { environment: arguments.environment.clone() };
    let tokens: Vec<TokenView> = client.search("/api/v1/tokens", &asked).await?;
    if screen.is_json() {
        screen.json(&tokens)?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = SystemClock.now();
    let row = |token: TokenView| {
        let expires = times::from_now(token.expires_at, now);
        [token.id, token.name, token.environment, token.state, expires, token.scopes.join(" ")]
    };
    let header = ["id", "name", "environment", "state", "expires", "scopes"];
    let rows = tokens.into_iter().map(row).collect();
    screen.table(header, rows, "There are no tokens; `ideogate token create` makes one.")?;
    Ok(ExitCode::SUCCESS)
}
