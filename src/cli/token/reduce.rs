//! `ideogate token reduce`

use super::limits::{LimitArguments, without_default};
use crate::{
    admin::TokenView,
    cli::{client::AdminClient, error::CliError, output::Output},
    tokens::{Asked, AskedLimits, TokenUpdate},
};
use clap::Args;
use std::process::ExitCode;

/// Which token, and what it loses.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:
  ideogate token reduce tok_01kaxyz --without write:edit
  ideogate token reduce tok_01kaxyz --scope write:generate --scope read:generations
  ideogate token reduce tok_01kaxyz --daily-budget 2.00 --max-images 2

Can only take away: what would give more is refused. In force at once, also for calls that wait \
in the queue. What is not named stays as it is. `ideogate review` tells what tokens do not need. \
`ideogate token update` goes both ways.",
    mut_args(without_default)
)]
pub struct ReduceArguments {
    /// The token's id, or its name where that is unique; never the token itself
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// A scope it keeps, all others go; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// A scope that goes; may be repeated
    #[arg(long = "without", value_name = "SCOPE")]
    without: Vec<String>,
    #[command(flatten)]
    limits: LimitArguments,
    /// No host receives webhooks any more
    #[arg(long, conflicts_with = "webhook_hosts")]
    no_webhooks: bool,
    /// When it expires, counted from now, as in 7d
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
}

impl From<ReduceArguments> for TokenUpdate {
    /// No webhooks and nothing said about webhooks are two things.
    fn from(asked: ReduceArguments) -> Self {
        let mut limits = AskedLimits::from(asked.limits);
        if asked.no_webhooks {
            limits.webhook_hosts = Asked::Nothing;
        }
        Self {
            scopes: asked.scopes,
            without: asked.without,
            expires_in: asked.expires_in,
            limits,
            ..Self::default()
        }
    }
}

/// Reduces the token, and shows it as it is then.
///
/// It is an error if nothing is to be lost, or if anything would be gained.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: ReduceArguments,
) -> anyhow::Result<ExitCode> {
    let path = format!("/api/v1/tokens/{}/reduce", super::state::id(&arguments.id)?);
    let asked = TokenUpdate::from(arguments);
    // Told here, for whoever forgot an option is helped by the list of them.
    if asked == TokenUpdate::default() {
        let words = "say what the token loses, as in --without write:edit; see --help";
        return Err(CliError::Usage(words.to_owned()).into());
    }
    let token: TokenView = client.post_json(&path, &asked).await?;
    if screen.is_json() {
        screen.json(&token)?;
    } else {
        super::show::show(screen, token)?;
    }
    Ok(ExitCode::SUCCESS)
}
