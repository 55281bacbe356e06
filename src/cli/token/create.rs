//! `ideogate token create`

use super::{limits::LimitArguments, metadata::entry};
use crate::{
    admin::CreatedToken,
    cli::{client::AdminClient, output::Output},
    tokens::NewToken,
};
use clap::Args;
use serde::Serialize;
use std::process::ExitCode;

/// What the token may do; the least that is enough.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate token create --environment sandbox --name try --scope 'write:*' --scope 'read:*'
  ideogate token create --environment prod --name poster-bot --owner marketing \\
    --scope write:generate --scope read:generations --expires-in 30d \\
    --daily-budget 5.00 --max-images 4 --rate 60/min --cidr 10.0.0.0/8
  TOKEN=$(ideogate token create --environment dev --name ci --scope read:models)

The token alone goes to stdout, and what it may do to stderr. It is shown this once: only its \
SHA-256 is kept. `ideogate route list` shows the scope of each route.")]
pub struct CreateArguments {
    /// The environment whose limits, account and key it uses
    #[arg(long, value_name = "ENV")]
    environment: String,
    /// What you call it
    #[arg(long)]
    name: String,
    /// What it may do, as in write:generate or read:*; may be repeated
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,
    /// Who answers for it; tokens of one owner share their generations
    #[arg(long)]
    owner: Option<String>,
    /// When it expires, as in 30d [default: what the environment says]
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
    /// Words of yours, as in team=shop; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = entry)]
    metadata: Vec<(String, String)>,
    /// Spend without a budget of its own; to be said in production
    #[arg(long, conflicts_with_all = ["daily_budget", "monthly_budget"])]
    no_budget: bool,
    #[command(flatten)]
    limits: LimitArguments,
}

impl From<CreateArguments> for NewToken {
    /// Texts go as they were typed: the gateway reads them and names all mistakes at once.
    fn from(asked: CreateArguments) -> Self {
        Self {
            environment: asked.environment,
            name: asked.name,
            owner: asked.owner,
            scopes: asked.scopes,
            expires_in: asked.expires_in,
            metadata: asked.metadata.into_iter().collect(),
            no_budget: asked.no_budget,
            limits: asked.limits.into(),
        }
    }
}

/// What scripts are told; others rely on this shape.
#[derive(Serialize)]
struct CreatedOutput<'m> {
    id: &'m str,
    token: &'m str,
    environment: &'m str,
    scopes: &'m [String],
    expires_at: crate::domain::Timestamp,
}

/// Makes the token.
///
/// The token goes to stdout and everything else to stderr, so that a shell can take it.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: CreateArguments,
) -> anyhow::Result<ExitCode> {
    let new = NewToken::from(arguments);
    let made: CreatedToken = client.post_json("/api/v1/tokens", &new).await?;
    screen.note(format!("Token {} ({}):", made.id, new.name));
    for words in &made.words {
        screen.note(format!("  {words}"));
    }
    if screen.is_json() {
        screen.json(&shape(&made))?;
    } else {
        screen.note("Keep it now, it is not shown again:");
        screen.line(&made.token)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns what scripts are told.
fn shape(made: &CreatedToken) -> CreatedOutput<'_> {
    CreatedOutput {
        id: &made.id,
        token: &made.token,
        environment: &made.environment,
        scopes: &made.scopes,
        expires_at: made.expires_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn scripts_are_told_these_fields_and_no_others() {
        let made = CreatedToken {
            id: "tok_1".into(),
            token: "idg_prod_x".into(),
            environment: "prod".into(),
            scopes: vec!["write:generate".into()],
            expires_at: Timestamp::from_micros(1_700_000_000_000_000),
            words: vec!["may generate images.".into()],
        };
        insta::assert_snapshot!(
            serde_json::to_string(&shape(&made)).unwrap(),
            @r#"{"id":"tok_1","token":"idg_prod_x","environment":"prod","scopes":["write:generate"],"expires_at":"2023-11-14T22:13:20.000000Z"}"#
        );
    }
}
