//! `ideogate token update`

use super::{
    limits::{LiftedLimits, LimitArguments, without_default},
    metadata::entry,
    show::fields,
};
use crate::{
    admin::TokenView,
    cli::{client::AdminClient, error::CliError, output::Output},
    domain::{Clock, SystemClock},
    tokens::{Asked, TokenUpdate},
};
use clap::Args;
use std::process::ExitCode;

/// What is told where a token has nothing of a kind.
const NONE: &str = "none";

/// Which token, and what of it becomes another.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:
  ideogate token update poster-bot --daily-budget 10.00 --add-scope write:edit
  ideogate token update tok_01kaxyz --no-rate --max-places 4
  ideogate token update tok_01kaxyz --expires-in 90d
  ideogate token update poster-bot --extra-today 5.00
  ideogate token update tok_01kaxyz --name poster-bot-2 --owner design --metadata team=shop

Gives more or less, up to the ceiling of the token's environment; what is not named stays as it \
is, and lists are replaced whole. In force at once, also for calls that wait in the queue. An \
expired token lives again with --expires-in; a revoked one does not. To take away only, and be \
told if something would be given, see `ideogate token reduce`.",
    mut_args(without_default)
)]
pub struct UpdateArguments {
    /// The token's id, or its name where that is unique; never the token itself
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// What you call it from now on
    #[arg(long)]
    name: Option<String>,
    /// Who answers for it from now on
    #[arg(long)]
    owner: Option<String>,
    /// Nobody answers for it any more
    #[arg(long, conflicts_with = "owner")]
    no_owner: bool,
    /// Words of yours, as in team=shop; team= takes one away; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = entry)]
    metadata: Vec<(String, String)>,
    /// A scope it has, all others go; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// A scope it has besides; may be repeated
    #[arg(long = "add-scope", value_name = "SCOPE")]
    add_scopes: Vec<String>,
    /// A scope that goes; may be repeated
    #[arg(long = "without", value_name = "SCOPE")]
    without: Vec<String>,
    /// When it expires, counted from now, as in 30d
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
    /// Spend so much more today (UTC); said again, it adds up
    #[arg(long, value_name = "USD")]
    extra_today: Option<String>,
    /// Spend without a budget of its own; to be said in production
    #[arg(long, conflicts_with_all = ["daily_budget", "monthly_budget"])]
    no_budget: bool,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    lifted: LiftedLimits,
}

impl From<UpdateArguments> for TokenUpdate {
    /// Texts go as they were typed: the gateway reads them and names all mistakes at once.
    fn from(typed: UpdateArguments) -> Self {
        let owner = if typed.no_owner { Asked::Nothing } else { typed.owner.into() };
        let word = |(key, value): (String, String)| (key, (!value.is_empty()).then_some(value));
        Self {
            name: typed.name,
            owner,
            metadata: typed.metadata.into_iter().map(word).collect(),
            scopes: typed.scopes,
            add_scopes: typed.add_scopes,
            without: typed.without,
            expires_in: typed.expires_in,
            extra_today: typed.extra_today,
            no_budget: typed.no_budget,
            limits: typed.lifted.out_of(typed.limits.into()),
        }
    }
}

/// Changes the token, and tells what became another.
///
/// It is an error if nothing is to change.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: UpdateArguments,
) -> anyhow::Result<ExitCode> {
    let path = format!("/api/v1/tokens/{}", super::state::id(&arguments.id)?);
    let asked = TokenUpdate::from(arguments);
    // Told here, for whoever forgot an option is helped by the list of them.
    if asked == TokenUpdate::default() {
        let words = "say what becomes another, as in --daily-budget 10.00; see --help";
        return Err(CliError::Usage(words.to_owned()).into());
    }
    let before: TokenView = client.get(&path).await?;
    // By its id: with the name that is given up, another could be meant by now.
    let path = format!("/api/v1/tokens/{}/update", before.id);
    let token: TokenView = client.post_json(&path, &asked).await?;
    if screen.is_json() {
        screen.json(&token)?;
        return Ok(ExitCode::SUCCESS);
    }
    screen.line(format!("{} ({}):", token.id, token.name))?;
    for change in changes(before, token) {
        screen.line(format!("  {change}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells what became another, field by field.
fn changes(before: TokenView, after: TokenView) -> Vec<String> {
    let now = SystemClock.now();
    let (before, after) = (fields(before, now), fields(after, now));
    let of = |all: &[(&'static str, String)], name: &str| {
        let found = all.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| NONE.to_owned(), |(_, value)| value.clone())
    };
    let gone = before.iter().filter(|(name, _)| !after.iter().any(|(known, _)| known == name));
    let names = after.iter().chain(gone).map(|(name, _)| *name);
    let change = |name| {
        let (was, is) = (of(&before, name), of(&after, name));
        (was != is).then(|| format!("{name}  {was} → {is}"))
    };
    let told: Vec<_> = names.filter_map(change).collect();
    if told.is_empty() { vec!["nothing changes".to_owned()] } else { told }
}
