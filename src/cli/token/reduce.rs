//! `ideogate token reduce`

use crate::{
    admin::TokenView,
    cli::{client::AdminClient, error::CliError, number::images, output::Output},
    tokens::Reduction,
};
use clap::Args;
use std::process::ExitCode;

/// Which token, and what it loses.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate token reduce tok_01kaxyz --without write:edit
  ideogate token reduce tok_01kaxyz --scope write:generate --scope read:generations
  ideogate token reduce tok_01kaxyz --daily-budget 2.00 --max-images 2

Can only take away: what would give more is refused. In force at once, also for calls that wait in the
queue. `ideogate review` tells what tokens do not need. To give more, make another token.")]
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
    /// The most spend in a UTC day, in dollars
    #[arg(long, value_name = "USD")]
    daily_budget: Option<String>,
    /// The most spend in a UTC month, in dollars
    #[arg(long, value_name = "USD")]
    monthly_budget: Option<String>,
    /// The most images one call may ask for
    #[arg(long, value_name = "IMAGES", value_parser = images)]
    max_images: Option<u32>,
    /// The most images it may have in flight at once
    #[arg(long, value_name = "IMAGES", value_parser = images)]
    max_places: Option<u32>,
    /// The most requests, as in 60/min
    #[arg(long)]
    rate: Option<String>,
    /// A model it may still name; may be repeated
    #[arg(long = "model", value_name = "MODEL")]
    models: Vec<String>,
    /// A rendering speed it may still name; may be repeated
    #[arg(long = "speed", value_name = "SPEED")]
    speeds: Vec<String>,
    /// A host that may still receive webhooks; may be repeated
    #[arg(long = "webhook-host", value_name = "HOST")]
    webhook_hosts: Vec<String>,
    /// No host receives webhooks any more
    #[arg(long, conflicts_with = "webhook_hosts")]
    no_webhooks: bool,
    /// A host that pictures may still come from; may be repeated
    #[arg(long = "image-host", value_name = "HOST")]
    image_hosts: Vec<String>,
    /// A network it may still be used from; may be repeated
    #[arg(long = "cidr", value_name = "CIDR")]
    cidrs: Vec<String>,
    /// When it expires, counted from now, as in 7d
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
}

impl From<ReduceArguments> for Reduction {
    /// No webhooks and nothing said about webhooks are two things.
    fn from(asked: ReduceArguments) -> Self {
        let says_webhooks = asked.no_webhooks || !asked.webhook_hosts.is_empty();
        Self {
            scopes: asked.scopes,
            without: asked.without,
            daily_budget: asked.daily_budget,
            monthly_budget: asked.monthly_budget,
            max_images: asked.max_images,
            max_places: asked.max_places,
            rate: asked.rate,
            models: asked.models,
            speeds: asked.speeds,
            webhook_hosts: says_webhooks.then_some(asked.webhook_hosts),
            image_hosts: asked.image_hosts,
            cidrs: asked.cidrs,
            expires_in: asked.expires_in,
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
    let asked = Reduction::from(arguments);
    // Told here, for whoever forgot an option is helped by the list of them.
    if asked == Reduction::default() {
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
