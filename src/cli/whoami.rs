//! `ideogate whoami`
//!
//! It is asked at the data plane, as an app would ask, and needs no operator's rights.

use super::{
    client, endpoint::check_url, error::CliError, file::file, global::Global, locate,
    output::Output, runtime::wait, times::moment, trust::Trust,
};
use crate::{
    config::{open_to_others, process_variables},
    proxy::{BudgetStanding, WhoAmI},
};
use anyhow::Context;
use clap::Args;
use reqwest::header::HeaderValue;
use serde_json::Value;
use std::{path::PathBuf, process::ExitCode};
use zeroize::Zeroizing;

/// Holds the token.
const VARIABLE: &str = "IDEOGATE_TOKEN";

/// Whom to ask, and with which token.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  IDEOGATE_TOKEN=idg_prod_… ideogate whoami
  ideogate whoami --token-file /run/secrets/ideogate --url https://ideogate.example.com
  ideogate whoami --output json

The token is taken from --token-file or the variable IDEOGATE_TOKEN, never from what is typed: \
other users could see that.")]
pub struct WhoAmIArguments {
    /// Where apps reach the gateway [default: what the settings say under listen.proxy]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The file that holds the token
    #[arg(long, value_name = "FILE", value_parser = file())]
    token_file: Option<PathBuf>,
}

/// Asks as an app would.
///
/// No call is made and nothing is billed. It is an error if the token is not accepted.
pub(super) fn run(
    global: &Global,
    screen: Output,
    arguments: &WhoAmIArguments,
) -> anyhow::Result<ExitCode> {
    let token = token(arguments, screen)?;
    let (url, trust) = place(global, arguments)?;
    let told = wait(ask(&url, &trust, &token))?;
    if screen.is_json() {
        screen.json(&told)?;
    } else {
        let who = serde_json::from_value(told);
        show(screen, &who.map_err(|_| CliError::NoGateway { at: url })?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns where to ask, and whose certificate to believe there.
///
/// Without `--url` it is the listener of the caller's settings, on this machine.
fn place(global: &Global, arguments: &WhoAmIArguments) -> Result<(String, Trust), CliError> {
    if let Some(url) = &arguments.url {
        check_url("--url", url)?;
        return Ok((url.trim_end_matches('/').to_owned(), Trust::new(global)));
    }
    let settings = locate::settings(global)?.settings;
    // The gateway of the settings is known by the certificate of the settings.
    let trust = match settings.listen.tls.as_ref() {
        Some(files) => Trust::Only(files.certificate.clone()),
        None => Trust::new(global),
    };
    Ok((locate::proxy_url(&settings)?, trust))
}

/// Reads the token from a file or a variable, without white space at its ends; the copy is wiped when it is
/// dropped.
fn token(arguments: &WhoAmIArguments, screen: Output) -> anyhow::Result<Zeroizing<String>> {
    let text = if let Some(file) = &arguments.token_file {
        if let Some(words) = open_to_others("--token-file", file) {
            screen.note(format!("warning: {words}"));
        }
        let read = std::fs::read_to_string(file);
        read.with_context(|| format!("{} cannot be read", file.display()))?
    } else {
        let mut variables = process_variables().into_iter();
        let found = variables.find(|(name, value)| name == VARIABLE && !value.is_empty());
        let missing = || format!("give the token with --token-file or the variable {VARIABLE}");
        found.ok_or_else(|| CliError::Usage(missing()))?.1
    };
    // Both copies are wiped: the one that was read, and the one without white space.
    Ok(Zeroizing::new(Zeroizing::new(text).trim().to_owned()))
}

/// Asks, and returns what the gateway says. The header with the token is not shown in debug texts.
async fn ask(url: &str, trust: &Trust, token: &str) -> anyhow::Result<Value> {
    let key = HeaderValue::from_str(token).ok();
    let mut key =
        key.ok_or_else(|| CliError::Usage("the token has odd characters in it".to_owned()))?;
    // Debug texts of the request leave it out then.
    key.set_sensitive(true);
    let request =
        client::plain(trust)?.get(format!("{url}/_ideogate/whoami")).header("Api-Key", key);
    let response = request.send().await.map_err(|error| unreachable(url, &error))?;
    let (status, is_gateway) = (response.status(), client::is_gateway(&response));
    let text = response.text().await.map_err(reqwest::Error::without_url);
    let text = text.with_context(|| format!("{url} broke off its answer"))?;
    let told: Option<Value> = serde_json::from_str(&text).ok();
    let told =
        told.filter(|_| is_gateway).ok_or_else(|| CliError::NoGateway { at: url.to_owned() })?;
    if status.is_success() {
        return Ok(told);
    }
    let (Some(words), Some(code)) = (told["message"].as_str(), told["code"].as_str()) else {
        return Err(CliError::NoGateway { at: url.to_owned() }.into());
    };
    anyhow::bail!("{url} answered {status} {code}: {words}")
}

/// Returns why nobody could be asked.
fn unreachable(url: &str, error: &reqwest::Error) -> anyhow::Error {
    let at = url.to_owned();
    match client::distrust(error) {
        Some(said) => CliError::Untrusted { at, said }.into(),
        None => CliError::Unreachable { at, said: client::last_cause(error) }.into(),
    }
}

/// Prints what the token is, may do and has left.
fn show(screen: Output, who: &WhoAmI) -> anyhow::Result<()> {
    let scopes: Vec<_> = who.scopes.grants().map(|grant| grant.to_string()).collect();
    let available = if who.available { "" } else { ", which has no key: no call is possible" };
    let mut fields = vec![
        ("token", who.token_id.to_string()),
        ("name", who.name.to_string()),
        ("owner", who.owner.as_deref().unwrap_or("nobody").to_owned()),
        ("environment", format!("{}{available}", who.environment)),
        ("scopes", scopes.join(" ")),
        ("expires", moment(who.expires_at)),
    ];
    if let Some(retires_at) = who.secret.retires_at {
        let text = format!("was replaced; it is refused from {} on", moment(retires_at));
        fields.push(("this secret", text));
    }
    if let Some(rate) = &who.rate {
        fields.push(("rate", format!("{} requests a minute", rate.per_minute)));
    }
    screen.fields(&fields)?;
    let rows = who.budgets.iter().map(row).collect::<Vec<_>>();
    if !rows.is_empty() {
        let header = ["budget of", "period", "limit $", "spent $", "left $", "resets at"];
        screen.table(header, rows, "")?;
    }
    for sentence in &who.may {
        screen.line(format!("It {sentence}"))?;
    }
    Ok(())
}

/// Returns a budget as a row.
fn row(budget: &BudgetStanding) -> [String; 6] {
    [
        budget.of.clone(),
        format!("{:?}", budget.period).to_lowercase(),
        budget.limit_usd.to_string(),
        budget.spent_usd.to_string(),
        budget.left_usd.to_string(),
        moment(budget.resets_at),
    ]
}
