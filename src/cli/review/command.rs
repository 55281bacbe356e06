//! What can be typed after `review`, and what comes of it.

use super::table;
use crate::{
    admin::{ReviewSearch, ReviewView},
    cli::{
        client::Client,
        fault::{FINDING, Fault},
        screen::Screen,
    },
    review::Severity,
};
use anyhow::Context;
use clap::Args;
use std::process::ExitCode;

/// What is reviewed, and what counts as found.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate review
  ideogate review --environment prod --fail-on low
  ideogate review --token tok_01kaxyz --since 90d
  ideogate review --output json | jq -r '.findings[].command // empty'

Changes nothing; each finding ends with the command that would. Exits 2 if something was found that is
as grave as --fail-on says, so that a CI job fails. What is looked for, and from when on it is too much,
is set under [review]. Uses are counted from the record: what left none is not seen.")]
pub struct ReviewArguments {
    /// Only what touches this environment
    #[arg(long, value_name = "ENV")]
    pub environment: Option<String>,
    /// Only this token, by its id
    #[arg(long, value_name = "ID")]
    pub token: Option<String>,
    /// Since when uses count: how long ago, as in 30d, a UTC day, or RFC 3339 [default: what the
    /// settings say]
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// From which severity on it exits 2: high, medium or low
    #[arg(long, value_name = "SEVERITY", default_value = "medium", value_parser = severity)]
    pub fail_on: Severity,
}

fn severity(text: &str) -> Result<Severity, String> {
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == text);
    let found = found.filter(|severity| *severity > Severity::Info);
    found.ok_or_else(|| "is one of high, medium, low".to_owned())
}

/// Reviews, and says by the exit code whether something was found.
pub(in crate::cli) async fn run(
    client: &Client,
    screen: Screen,
    arguments: ReviewArguments,
) -> anyhow::Result<ExitCode> {
    let ReviewArguments { environment, token, since, fail_on } = arguments;
    if token.as_deref().is_some_and(|token| token.starts_with("idg_")) {
        let words =
            "give the token's id, never the token itself; `ideogate token list` shows the ids";
        return Err(Fault::Usage(words.to_owned()).into());
    }
    let search = ReviewSearch { environment, token, since };
    let response = client.open("/api/v1/review", &search).await?;
    let bytes = response.bytes().await.map_err(reqwest::Error::without_url);
    let bytes = bytes.with_context(|| format!("{} broke off its answer", client.at()))?;
    let review: ReviewView = serde_json::from_slice(&bytes)
        .with_context(|| format!("{} gave an answer that cannot be read", client.at()))?;
    if screen.is_json() {
        screen.json(&review)?;
    } else {
        table::show(screen, &review)?;
    }
    let found = review.findings.iter().any(|finding| finding.severity >= fail_on);
    Ok(if found { ExitCode::from(FINDING) } else { ExitCode::SUCCESS })
}
