//! What can be typed after `review`, and what comes of it.

use super::table;
use crate::{
    admin::{ReviewSearch, ReviewView},
    cli::{client::AdminClient, error::FINDING, named, output::Output},
    review::Severity,
};
use clap::Args;
use std::process::ExitCode;

/// What is reviewed, and what counts as found.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate review
  ideogate review --environment prod --fail-on low
  ideogate review --token tok_01kaxyz --since 90d
  ideogate review --output json | jq -r '.findings[].command // empty'

Changes nothing; each finding ends with the command that would. Exits 2 if something was found \
that is as grave as --fail-on says, so that a CI job fails. What is looked for, and from when on \
it is too much, is set under [review]. Uses are counted from the record: what left none is not \
seen.")]
pub struct ReviewArguments {
    /// Only what touches this environment
    #[arg(long, value_name = "ENV")]
    pub environment: Option<String>,
    /// Only this token, by its id, or by its name where that is unique
    #[arg(long, value_name = "ID|NAME")]
    pub token: Option<String>,
    /// Since when uses count: how long ago, as in 30d, a UTC day from its beginning, or RFC 3339 [default: what the
    /// settings say]
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// From which severity on it exits 2: high, medium or low
    #[arg(long, value_name = "SEVERITY", default_value = "medium", value_parser = severity)]
    pub fail_on: Severity,
}

/// Reads a severity that can be failed on; the lowest cannot.
fn severity(text: &str) -> Result<Severity, String> {
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == text);
    // What is only good to know must not fail a job.
    let found = found.filter(|severity| *severity > Severity::Info);
    found.ok_or_else(|| "is one of high, medium, low".to_owned())
}

/// Reviews, and says by the exit code whether something was found.
///
/// What was found is no error: the code is 2 then.
pub(in crate::cli) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: ReviewArguments,
) -> anyhow::Result<ExitCode> {
    let ReviewArguments { environment, token, since, fail_on } = arguments;
    named::not_a_secret("a token", token.as_deref())?;
    let search = ReviewSearch { environment, token, since };
    let review: ReviewView = client.search("/api/v1/review", &search).await?;
    if screen.is_json() {
        screen.json(&review)?;
    } else {
        table::show(screen, &review)?;
    }
    let found = review.findings.iter().any(|finding| finding.severity >= fail_on);
    Ok(if found { ExitCode::from(FINDING) } else { ExitCode::SUCCESS })
}
