//! `ideogate audit search`

use super::entry;
use crate::{
    admin::{AuditSearch, NEXT_AFTER},
    cli::{client::Client, named, screen::Screen},
};
use anyhow::Context;
use clap::Args;
use std::process::ExitCode;

/// What to search for; everything if nothing is said.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate audit search --since 1h
  ideogate audit search --since 24h --environment prod --result failure
  ideogate audit search --request-id req_01kaxyz --output json
  ideogate audit search --since 2026-01-01 --until 2026-01-31 --output json")]
pub struct SearchArguments {
    /// From when on: how long ago, as in 1h, a UTC day from its beginning, or RFC 3339
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Until when: a UTC day to its end, how long ago, or RFC 3339, that moment not included
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// The environment; one that was removed is found too
    #[arg(long, value_name = "ENV")]
    environment: Option<String>,
    /// The token's id, or its name where that is unique
    #[arg(long, value_name = "ID|NAME")]
    token: Option<String>,
    /// success or failure, or an outcome: refused, failed, unknown
    #[arg(long)]
    result: Option<String>,
    /// The id of the request, as the answer's Ideogate-Request-Id had it
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    /// The id of the call
    #[arg(long, value_name = "ID")]
    call: Option<String>,
    /// The most entries to show
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
}

/// Searches page by page until the end or the limit.
pub(super) async fn run(
    client: &Client,
    screen: Screen,
    arguments: SearchArguments,
) -> anyhow::Result<ExitCode> {
    named::not_a_secret("a token", arguments.token.as_deref())?;
    let mut left = arguments.limit.unwrap_or(usize::MAX);
    let mut asked = AuditSearch {
        since: arguments.since,
        until: arguments.until,
        environment: arguments.environment,
        token: arguments.token,
        result: arguments.result,
        request_id: arguments.request_id,
        call: arguments.call,
        limit: arguments.limit.map(|limit| limit.clamp(1, 1000)),
        after: None,
    };
    while left > 0 {
        let response = client.open("/api/v1/audit", &asked).await?;
        let next = response.headers().get(NEXT_AFTER).and_then(|next| next.to_str().ok());
        let next = next.and_then(|next| next.parse().ok());
        let lines = response.text().await.map_err(reqwest::Error::without_url);
        let lines = lines.with_context(|| format!("{} broke off its answer", client.at()))?;
        for line in lines.lines().take(left) {
            entry::print(screen, line)?;
        }
        left = left.saturating_sub(lines.lines().count());
        asked.after = next;
        if next.is_none() {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}
