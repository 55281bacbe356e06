//! `ideogate pause` and `ideogate resume`

use super::{client::AdminClient, output::Output, times};
use crate::{
    admin::{PauseView, PausedView},
    calls::{PauseRequest, ResumeRequest},
    domain::{Clock, SystemClock, Timestamp},
};
use clap::Args;
use std::process::ExitCode;

/// What takes no new calls.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate pause
  ideogate pause --environment prod --reason 'moving to a new key' --for 30m")]
pub struct PauseArguments {
    /// Only the calls of this environment
    #[arg(long, value_name = "ENV")]
    environment: Option<String>,
    /// Only the calls of this account, in all its environments
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Why; whoever calls reads it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// When it ends by itself, as in 30m [default: when somebody resumes]
    #[arg(long = "for", value_name = "DURATION")]
    span: Option<String>,
}

/// What takes calls again.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate resume
  ideogate resume --environment prod")]
pub struct ResumeArguments {
    /// The environment that was paused
    #[arg(long, value_name = "ENV")]
    environment: Option<String>,
    /// The account that was paused
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Pauses calls.
///
/// Calls that were sent go on. The state outlives a restart.
pub(super) async fn pause(
    client: &AdminClient,
    screen: Output,
    arguments: PauseArguments,
) -> anyhow::Result<ExitCode> {
    let PauseArguments { environment, account, reason, span } = arguments;
    let asked = PauseRequest { environment, account, reason, span };
    let view: PauseView = client.post_json("/api/v1/pause", &asked).await?;
    if screen.is_json() {
        screen.json(&view)?;
        return Ok(ExitCode::SUCCESS);
    }
    for one in &view.pauses {
        screen.line(sentence(one, SystemClock.now()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Resumes calls.
///
/// What was not paused is told and no failure, and so is what stays paused.
pub(super) async fn resume(
    client: &AdminClient,
    screen: Output,
    arguments: ResumeArguments,
) -> anyhow::Result<ExitCode> {
    let before: PauseView = client.get("/api/v1/pause").await?;
    let targets = targets(&arguments);
    let ResumeArguments { environment, account, reason } = arguments;
    let asked = ResumeRequest { environment, account, reason };
    let after: PauseView = client.post_json("/api/v1/resume", &asked).await?;
    if screen.is_json() {
        screen.json(&after)?;
        return Ok(ExitCode::SUCCESS);
    }
    for target in targets {
        let was_paused = before.pauses.iter().any(|one| one.target == target);
        let what = words(&target);
        screen.line(if was_paused {
            format!("{what} is resumed")
        } else {
            format!("{what} was not paused")
        })?;
    }
    for one in &after.pauses {
        screen.line(format!("still: {}", sentence(one, SystemClock.now())))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells what is paused, until when and why, in one line.
pub(super) fn sentence(one: &PausedView, now: Timestamp) -> String {
    let until = one.until.map(|until| format!(" until {}", times::from_now(until, now)));
    let reason = one.reason.as_ref().map(|reason| format!(": {reason}"));
    let (until, reason) = (until.unwrap_or_default(), reason.unwrap_or_default());
    format!("{} is paused{until}{reason}", words(&one.target))
}

/// Returns the command that ends a pause.
pub(super) fn remedy(one: &PausedView) -> String {
    let named = |option: &str, name: &Option<String>| {
        name.as_ref().map(|name| format!(" --{option} {name}")).unwrap_or_default()
    };
    let (environment, account) =
        (named("environment", &one.environment), named("account", &one.account));
    format!("ideogate resume{environment}{account}")
}

fn targets(arguments: &ResumeArguments) -> Vec<String> {
    let account = arguments.account.as_ref().map(|name| format!("account:{name}"));
    let environment = arguments.environment.as_ref().map(|name| format!("environment:{name}"));
    let named: Vec<_> = account.into_iter().chain(environment).collect();
    if named.is_empty() { vec!["all".to_owned()] } else { named }
}

fn words(target: &str) -> String {
    match target.split_once(':') {
        Some((kind, name)) => format!("{kind} {name}"),
        None => "the gateway".to_owned(),
    }
}
