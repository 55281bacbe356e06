//! `ideogate usage balance`
//!
//! It is an estimate: Ideogram tells no balance to the gateway.

use crate::{
    admin::{BalanceView, NewBalance},
    cli::{client::AdminClient, error::CliError, output::Output, times::moment},
    config::no_such,
    domain::{AccountName, Usd},
};
use std::process::ExitCode;

/// Shows what should be left on an account; tells what is on it first, if an amount is given.
///
/// What is told goes on record.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    account: &str,
    amount: Option<Usd>,
) -> anyhow::Result<ExitCode> {
    // Checked here, for it becomes part of a path.
    let account: AccountName = account.parse().map_err(|error| {
        CliError::Usage(format!("'{account}' is not the name of an account: {error}"))
    })?;
    let balance = match amount {
        Some(amount_usd) => {
            let path = format!("/api/v1/usage/balances/{account}");
            client.post_json(&path, &NewBalance { amount_usd }).await?
        }
        None => fetch(client, &account).await?,
    };
    if screen.is_json() {
        screen.json(&balance)?;
    } else {
        show(screen, &balance)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the balance of an account; it is an error if there is no such account.
async fn fetch(client: &AdminClient, account: &AccountName) -> anyhow::Result<BalanceView> {
    let all: Vec<BalanceView> = client.get("/api/v1/usage/balances").await?;
    let names: Vec<_> = all.iter().map(|balance| balance.account.as_str()).collect();
    let unknown = CliError::Usage(no_such("account", account.as_str(), &names));
    let found = all.iter().find(|balance| balance.account == *account).cloned();
    Ok(found.ok_or(unknown)?)
}

/// Prints a balance field by field.
fn show(screen: Output, balance: &BalanceView) -> anyhow::Result<()> {
    let BalanceView { account, balance_usd, set_at, charged_usd, left_usd, .. } = balance;
    let top_up = format!(
        "below ${} to ${}, if that is switched on at Ideogram",
        balance.top_up_threshold_usd, balance.top_up_balance_usd
    );
    let dollars =
        |amount: &Option<Usd>| amount.map_or("unknown".to_owned(), |usd| format!("${usd}"));
    let told = set_at.map_or_else(
        || format!("never: `ideogate usage balance --account {account} AMOUNT`"),
        |at| format!("{} at {}", dollars(balance_usd), moment(at)),
    );
    screen.fields(&[
        ("account", account.to_string()),
        ("left", dollars(left_usd)),
        ("told", told),
        ("charged since", dollars(charged_usd)),
        ("tops up", top_up),
    ])?;
    if let Some(words) = low(balance) {
        screen.note(words);
    }
    Ok(())
}

/// Returns words about each account that should be topped up.
///
/// An account whose balance was never told is not among them.
pub(in crate::cli) async fn low_balances(client: &AdminClient) -> anyhow::Result<Vec<String>> {
    let all: Vec<BalanceView> = client.get("/api/v1/usage/balances").await?;
    Ok(all.iter().filter_map(low).collect())
}

/// Returns words about a balance that is low; `None` where it is not, or where it was never told.
fn low(balance: &BalanceView) -> Option<String> {
    let left = balance.left_usd.filter(|_| balance.low)?;
    let (account, threshold) = (&balance.account, balance.top_up_threshold_usd);
    Some(format!(
        "The balance of {account} is low: ${left} should be left, below ${threshold}. After topping \
         up, tell it with `ideogate usage balance --account {account} AMOUNT`."
    ))
}
