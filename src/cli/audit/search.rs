//! `ideogate audit search`
//!
//! What is printed is in the order of the record, oldest first, whatever was asked for.

use super::entry;
use crate::{
    admin::{ARCHIVED_UP_TO, AuditSearch, MISSING_SEGMENTS, NEXT_AFTER},
    cli::{client::AdminClient, error::FINDING, named, number::count, output::Output, user},
};
use clap::Args;
use std::process::ExitCode;

/// What to search for; everything if nothing is said.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate audit search --since 1h
  ideogate audit search --since 24h --environment prod --result failure
  ideogate audit search --last 50
  ideogate audit search --since 24h --owner marketing --route v3.generate --status 429
  ideogate audit search --since 7d --code outcome_unknown
  ideogate audit search --request-id req_01kaxyz --output json
  ideogate audit search --since 2026-01-01 --until 2026-01-31 --archived --output json")]
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
    /// The end user's id or name, or - for stdin
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// The owner that tokens had when the calls were made
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// The route, as `route list` names it
    #[arg(long, value_name = "ROUTE")]
    route: Option<String>,
    /// The code that the client was told, where the gateway answered itself
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// The status that the client was given
    #[arg(long, value_name = "STATUS")]
    status: Option<u16>,
    /// success, failure or pending, or an outcome: refused, failed, unknown
    #[arg(long)]
    result: Option<String>,
    /// The id of the request, as the answer's Ideogate-Request-Id had it
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    /// The id of the call
    #[arg(long, value_name = "ID")]
    call: Option<String>,
    /// The newest so many of them, oldest first
    #[arg(long, visible_alias = "limit", value_name = "COUNT", value_parser = count)]
    last: Option<u64>,
    /// Read segments too, for what left the database
    #[arg(long)]
    archived: bool,
}

/// Entries of one answer: as many as there may be.
/// The gateway gives no more at once.
const PAGE: usize = 1000;

/// Searches page by page until the end or the number asked for.
///
/// Each page is printed as it comes. Segments that cannot be read are named, and the exit code is 2 then. It is
/// an error if an answer breaks off; what was printed is right all
/// the same.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: SearchArguments,
) -> anyhow::Result<ExitCode> {
    named::not_a_secret("a token", arguments.token.as_deref())?;
    let mut left = arguments.last.unwrap_or(u64::MAX);
    let mut asked = AuditSearch {
        since: arguments.since,
        until: arguments.until,
        environment: arguments.environment,
        token: arguments.token,
        user: user::id(client, arguments.user.as_deref()).await?,
        owner: arguments.owner,
        route: arguments.route,
        code: arguments.code,
        status: arguments.status,
        result: arguments.result,
        request_id: arguments.request_id,
        call: arguments.call,
        limit: Some(PAGE),
        last: arguments.last,
        archived: arguments.archived.then_some(true),
        after: None,
    };
    let (mut missing, mut is_told) = (Vec::new(), false);
    while left > 0 {
        let response = client.open("/api/v1/audit", &asked).await?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let next = header(NEXT_AFTER).and_then(|next| next.parse().ok());
        missing.extend(header(MISSING_SEGMENTS).map(str::to_owned));
        // Once: the pages that follow say the same.
        if let Some(up_to) = header(ARCHIVED_UP_TO).filter(|_| !is_told) {
            screen.note(format!("records 1 to {up_to} lie in segments: --archived reads them too"));
            is_told = true;
        }
        let lines = match response.text().await {
            Ok(lines) => lines,
            Err(error) => return Err(client.broke_off(error, "its answer").await),
        };
        for line in lines.lines() {
            if left == 0 {
                break;
            }
            entry::print(screen, line)?;
            left -= 1;
        }
        // `last` chooses where the first page begins; the others begin where the one before ended.
        (asked.after, asked.last) = (next, None);
        if next.is_none() {
            break;
        }
    }
    if missing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    screen.note(format!("not read, so that entries are missing: {}", missing.join(",")));
    Ok(ExitCode::from(FINDING))
}
