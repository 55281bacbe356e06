//! `ideogate operator rotate`

use super::{create::tell, state::id};
use crate::{
    admin::NewSecret,
    cli::{client::AdminClient, output::Output},
    operators::OperatorRotation,
};
use clap::Args;
use std::process::ExitCode;

/// Which operator.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate operator rotate op_01kaxyz
  umask 077; ideogate operator rotate op_01kaxyz --expires-in 30d > operator.token

The token alone goes to stdout, this once. An operator who expired is let in again.")]
pub struct RotateOperatorArguments {
    /// The operator's id, or their name where that is unique; never their token
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// When the new token expires, as in 30d [default: what the settings say, 90d]
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
}

/// Gives the new token.
///
/// The old token opens nothing from then on, even if the answer with the new one is lost: rotate again then.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: RotateOperatorArguments,
) -> anyhow::Result<ExitCode> {
    let path = format!("/api/v1/operators/{}/rotate", id(&arguments.id)?);
    let asked = OperatorRotation { expires_in: arguments.expires_in };
    let made: NewSecret = client.post_json(&path, &asked).await?;
    tell(screen, &made)?;
    Ok(ExitCode::SUCCESS)
}
