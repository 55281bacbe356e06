//! `ideogate operator show`

use crate::{
    admin::OperatorView,
    cli::{client::AdminClient, output::Output, times},
    domain::{Clock, SystemClock},
};
use clap::Args;
use std::process::ExitCode;

/// Which operator.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate operator show op_01kaxyz
  ideogate operator show op_01kaxyz --output json")]
pub struct ShowOperatorArguments {
    /// The operator's id, or their name where that is unique; never their token
    #[arg(value_name = "ID|NAME")]
    id: String,
}

/// Shows the operator.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &ShowOperatorArguments,
) -> anyhow::Result<ExitCode> {
    let path = format!("/api/v1/operators/{}", super::state::id(&arguments.id)?);
    let operator: OperatorView = client.get(&path).await?;
    if screen.is_json() {
        screen.json(&operator)?;
    } else {
        screen.fields(&fields(operator))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns what is known of an operator, field by field.
///
/// The token is not among it: only its digest is kept.
pub(super) fn fields(operator: OperatorView) -> Vec<(&'static str, String)> {
    let now = SystemClock.now();
    vec![
        ("id", operator.id),
        ("name", operator.name),
        ("role", operator.role),
        ("state", operator.state),
        ("created", times::from_now(operator.created_at, now)),
        ("token made", times::from_now(operator.secret_made_at, now)),
        ("expires", times::from_now(operator.expires_at, now)),
    ]
}
