//! `ideogate operator disable`, `enable` and `revoke`

use crate::{
    admin::OperatorView,
    cli::{client::AdminClient, error::CliError, named, output::Output},
};
use clap::Args;
use std::process::ExitCode;

/// Which operators.
#[derive(Debug, Args)]
pub struct OperatorStateArguments {
    /// The operators' ids or names; never their tokens
    #[arg(value_name = "ID|NAME", required = true)]
    ids: Vec<String>,
}

/// Changes the operators, one after the other.
///
/// All names are looked at before the first is sent. The first that fails ends it, and those before it stay
/// changed.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &OperatorStateArguments,
    change: &str,
) -> anyhow::Result<ExitCode> {
    let ids = arguments.ids.iter().map(|text| id(text)).collect::<Result<Vec<_>, _>>()?;
    for id in ids {
        let path = format!("/api/v1/operators/{id}/{change}");
        tell(screen, &client.post(&path).await?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells what an operator is now.
pub(super) fn tell(screen: Output, operator: &OperatorView) -> anyhow::Result<()> {
    if screen.is_json() {
        return screen.json(operator);
    }
    let OperatorView { id, name, role, state, .. } = operator;
    Ok(screen.line(format!("{id} ({name}, {role}) is {state}"))?)
}

/// Returns what names an operator as a part of a path; refuses a token given for it.
///
/// A token in its place is never repeated.
pub(super) fn id(text: &str) -> Result<String, CliError> {
    named::segment("an operator", text)
}
