//! `ideogate token disable`, `enable` and `revoke`

use crate::{
    admin::TokenView,
    cli::{client::AdminClient, error::CliError, named, output::Output},
};
use clap::Args;
use std::process::ExitCode;

/// Which tokens.
#[derive(Debug, Args)]
pub struct StateArguments {
    /// The tokens' ids or names; never the tokens themselves
    #[arg(value_name = "ID|NAME", required = true)]
    ids: Vec<String>,
}

/// Changes the tokens, one after the other.
///
/// All names are looked at before the first is sent. The first that fails ends it, and those before it stay
/// changed.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &StateArguments,
    change: &str,
) -> anyhow::Result<ExitCode> {
    let ids = arguments.ids.iter().map(|text| id(text)).collect::<Result<Vec<_>, _>>()?;
    for id in ids {
        let token: TokenView = client.post(&format!("/api/v1/tokens/{id}/{change}")).await?;
        if screen.is_json() {
            screen.json(&token)?;
        } else {
            screen.line(format!("{} ({}) is {}", token.id, token.name, token.state))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns what names a token as a part of a path; refuses a token given for it.
///
/// A token in its place is never repeated.
pub(super) fn id(text: &str) -> Result<String, CliError> {
    named::segment("a token", text)
}
