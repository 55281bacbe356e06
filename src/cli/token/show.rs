//! `ideogate token show`

use crate::{
    admin::{SecretView, TokenView},
    cli::{client::AdminClient, output::Output, times},
    domain::{Clock, SystemClock, Timestamp, written_span},
};
use clap::Args;
use std::process::ExitCode;

/// Which token.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate token show tok_01kaxyz
  ideogate token show tok_01kaxyz --output json")]
pub struct ShowArguments {
    /// The token's id, or its name where that is unique; never the token itself
    #[arg(value_name = "ID|NAME")]
    id: String,
}

/// Shows the token.
///
/// Of its secrets only numbers and times are shown.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &ShowArguments,
) -> anyhow::Result<ExitCode> {
    let token: TokenView =
        client.get(&format!("/api/v1/tokens/{}", super::state::id(&arguments.id)?)).await?;
    if screen.is_json() {
        screen.json(&token)?;
    } else {
        show(screen, token)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows a token, a field a line, and its secrets.
///
/// What it may do is told in sentences, as the gateway makes them.
pub(super) fn show(screen: Output, mut token: TokenView) -> anyhow::Result<()> {
    let secrets = std::mem::take(&mut token.secrets);
    let may = std::mem::take(&mut token.may);
    let now = SystemClock.now();
    screen.fields(&fields(token, now))?;
    for sentence in may {
        screen.line(format!("It {sentence}"))?;
    }
    let row = |secret: SecretView| {
        let used = secret.last_used_at;
        [
            secret.number.to_string(),
            times::moment(secret.made_at),
            super::rotate::end(&secret, now),
            used.map_or_else(|| "never".to_owned(), |used| times::from_now(used, now)),
        ]
    };
    let rows = secrets.into_iter().map(row).collect();
    screen.table(["secret", "made", "state", "last used"], rows, "")?;
    Ok(())
}

/// Returns a token field by field; limits that are not set are left out.
pub(super) fn fields(token: TokenView, now: Timestamp) -> Vec<(&'static str, String)> {
    let limits = token.limits;
    let lists = [
        ("models", limits.models),
        ("speeds", limits.speeds),
        ("webhook hosts", limits.webhook_hosts),
        ("image hosts", limits.image_hosts),
        ("networks", limits.cidrs.iter().map(ToString::to_string).collect()),
    ];
    let lists = lists.map(|(name, list)| (name, (!list.is_empty()).then(|| list.join(" "))));
    let limits = [
        ("images a call", limits.max_images.map(|count| count.to_string())),
        ("places at once", limits.max_places.map(|count| count.to_string())),
        ("requests a minute", limits.requests_per_minute.map(|count| count.to_string())),
        ("queue timeout", limits.queue_timeout.map(written_span)),
        ("daily budget", limits.daily_budget.map(|amount| format!("${amount}"))),
        ("extra today", token.extra_today.map(|amount| format!("${amount}"))),
        ("monthly budget", limits.monthly_budget.map(|amount| format!("${amount}"))),
    ];
    let mut fields = vec![
        ("id", token.id),
        ("name", token.name),
        ("owner", token.owner.unwrap_or_else(|| "nobody".to_owned())),
        ("environment", token.environment),
        ("state", token.state),
        ("scopes", token.scopes.join(" ")),
        ("created", times::from_now(token.created_at, now)),
        ("expires", times::from_now(token.expires_at, now)),
    ];
    let set = limits.into_iter().chain(lists);
    fields.extend(set.filter_map(|(name, value)| value.map(|value| (name, value))));
    if token.no_budget {
        fields.push(("no budget", "as was said".to_owned()));
    }
    if !token.metadata.is_empty() {
        let words = token.metadata.iter().map(|(key, value)| format!("{key}={value}"));
        fields.push(("metadata", words.collect::<Vec<_>>().join(" ")));
    }
    fields
}
