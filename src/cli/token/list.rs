//! `ideogate token list`

use crate::{
    admin::{TokenSearch, TokenView},
    cli::{client::AdminClient, output::Output, times},
    domain::{Clock, SystemClock, Timestamp},
};
use clap::Args;
use std::process::ExitCode;

/// Which tokens.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate token list
  ideogate token list --environment prod --owner design
  ideogate token list --unused-for 30d
  ideogate token list --all --output json | jq '.[] | select(.state == \"expired\") | .id'")]
pub struct ListArguments {
    /// Only those of this environment
    #[arg(long, value_name = "ENV")]
    environment: Option<String>,
    /// Only those that this one answers for
    #[arg(long)]
    owner: Option<String>,
    /// Only those that are enabled, disabled, revoked or expired
    #[arg(long)]
    state: Option<String>,
    /// Only those that were not used for so long, as in 30d
    #[arg(long, value_name = "DURATION")]
    unused_for: Option<String>,
    /// Revoked and expired ones, too
    #[arg(long)]
    all: bool,
}

/// Lists the tokens.
///
/// Revoked and expired ones are among them only if they are asked for; secrets never are.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &ListArguments,
) -> anyhow::Result<ExitCode> {
    let asked = TokenSearch {
        environment: arguments.environment.clone(),
        owner: arguments.owner.clone(),
        state: arguments.state.clone(),
        unused_for: arguments.unused_for.clone(),
        all: arguments.all,
    };
    let tokens: Vec<TokenView> = client.search("/api/v1/tokens", &asked).await?;
    if screen.is_json() {
        screen.json(&tokens)?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = SystemClock.now();
    let header =
        ["id", "name", "environment", "owner", "state", "expires", "last used", "budget", "spent"];
    let rows = tokens.into_iter().map(|token| row(token, now)).collect();
    let none = if asked == TokenSearch::default() {
        "There are no tokens that have not ended (--all lists the others, too); `ideogate token create` makes one."
    } else {
        "There are no such tokens."
    };
    screen.table(header, rows, none)?;
    Ok(ExitCode::SUCCESS)
}

fn row(token: TokenView, now: Timestamp) -> [String; 9] {
    let used = token.last_used_at;
    let (budget, spent) = (budget(&token), spent(&token));
    [
        token.id,
        token.name,
        token.environment,
        token.owner.unwrap_or_default(),
        token.state,
        times::from_now(token.expires_at, now),
        used.map_or_else(|| "never".to_owned(), |used| times::from_now(used, now)),
        budget,
        spent,
    ]
}

/// Tells a token's own budgets, and what today's is larger by.
fn budget(token: &TokenView) -> String {
    let (day, month) = (token.limits.daily_budget, token.limits.monthly_budget);
    let day = day.map(|amount| match token.extra_today {
        Some(extra) => format!("${amount}/day +${extra} today"),
        None => format!("${amount}/day"),
    });
    let told: Vec<_> =
        day.into_iter().chain(month.map(|amount| format!("${amount}/month"))).collect();
    if told.is_empty() { "none".to_owned() } else { told.join(" ") }
}

/// Tells what counts against the budgets, and without any what was spent today.
fn spent(token: &TokenView) -> String {
    let (day, month) = (token.limits.daily_budget, token.limits.monthly_budget);
    match (day, month) {
        (None, Some(_)) => format!("${} this month", token.spent_month_usd),
        (Some(_), Some(_)) => {
            format!("${} today ${} this month", token.spent_today_usd, token.spent_month_usd)
        }
        _ => format!("${} today", token.spent_today_usd),
    }
}
