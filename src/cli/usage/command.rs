//! What can be typed after `usage`.

use super::{balance, report, write_off};
use crate::{
    admin::{UsageSearch, WriteOffStep},
    cli::{client::AdminClient, error::CliError, named, output::Output, user},
    domain::Usd,
    store::SumKey,
};
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// What is added up; or what to do about money.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  ideogate usage
  ideogate usage --by token --since 2026-11-01 --environment prod
  ideogate usage --by day --since 30d --output csv
  ideogate usage --by token --on yesterday
  ideogate usage --by owner --since 2026-11-01 --until 2026-11-30
  ideogate usage --by hour --on today --environment prod
  ideogate usage balance 42.50"
)]
pub struct UsageArguments {
    /// What to do about money, instead of adding it up.
    #[command(subcommand)]
    pub command: Option<UsageCommand>,
    /// What makes a line: environment, token, owner, user, route, model, day, hour or account
    #[arg(long, value_name = "WHAT", default_value = "environment", value_parser = by)]
    pub by: SumKey,
    /// From when on: how long ago, as in 24h, a UTC day from its beginning, as in 2026-11-01, or RFC
    /// 3339 [default: 24h]
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Until when: a UTC day to its end, how long ago, or RFC 3339, that moment not included
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Only this UTC day: as in 2026-11-01, today or yesterday
    #[arg(long, value_name = "DAY", conflicts_with_all = ["since", "until"])]
    pub on: Option<String>,
    /// The environment; one that was removed is found too
    #[arg(long, value_name = "ENV")]
    pub environment: Option<String>,
    /// The token's id, or its name where that is unique
    #[arg(long, value_name = "ID|NAME")]
    pub token: Option<String>,
    /// The owner that tokens had when the calls were made
    #[arg(long, value_name = "OWNER")]
    pub owner: Option<String>,
    /// The end user's id or name, or - for stdin
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
}

/// What to do about money.
#[derive(Debug, Subcommand)]
pub enum UsageCommand {
    /// Show what should be left on an account, or tell what is on it
    #[command(after_help = "Examples:
  ideogate usage balance
  ideogate usage balance 42.50
  ideogate usage balance --account ideogram 42.50

An estimate: the amount you told, taken from Ideogram's pages, without what was charged through \
this gateway for calls opened since. Below `top_up_threshold` of the account the log warns. What \
you tell goes on record.")]
    Balance {
        /// What is on it now, in dollars
        #[arg(value_name = "AMOUNT")]
        amount: Option<Usd>,
        /// The account
        #[arg(long, value_name = "ACCOUNT", default_value = "ideogram")]
        account: String,
    },
    /// Give back the money that is reserved for a call whose end nobody knows
    #[command(after_help = "Examples:
  ideogate usage write-off call_01kaxyz --reason \"not on Ideogram's invoice\"
  ideogate usage write-off call_01kaxyz --undo --reason \"it is on the next one\"

Only for a call of which you know that Ideogram did not bill it; left alone, it is charged after \
24 hours. Can be undone until the UTC day ends. Both go on record, with the reason.")]
    WriteOff {
        /// The call's id
        #[arg(value_name = "CALL")]
        call: String,
        /// Why, for whoever reads the record
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Reserve the money again that was written off on this UTC day
        #[arg(long)]
        undo: bool,
    },
}

/// Reads what to add up by.
fn by(text: &str) -> Result<SumKey, String> {
    let read = serde_json::from_value(text.into());
    read.map_err(|_| {
        "is one of environment, token, owner, user, route, model, day, hour, account".to_owned()
    })
}

/// Does it.
///
/// Options for sums count only where no subcommand is given.
pub(in crate::cli) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: UsageArguments,
) -> anyhow::Result<ExitCode> {
    let command = arguments.command;
    if command.is_some() && screen.is_csv() {
        return Err(CliError::Usage("only sums can be written as csv".to_owned()).into());
    }
    let UsageArguments { by, since, until, on, environment, token, owner, user, .. } = arguments;
    named::not_a_secret("a token", token.as_deref())?;
    match command {
        None => {
            let user = user::id(client, user.as_deref()).await?;
            let search = UsageSearch { by, since, until, on, environment, token, owner, user };
            report::run(client, screen, &search).await
        }
        Some(UsageCommand::Balance { amount, account }) => {
            balance::run(client, screen, &account, amount).await
        }
        Some(UsageCommand::WriteOff { call, reason, undo }) => {
            let way = if undo { WriteOffStep::Back } else { WriteOffStep::Off };
            write_off::run(client, screen, (&call, way), reason).await
        }
    }
}
