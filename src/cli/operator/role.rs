//! `ideogate operator set-role`

use super::state::{id, tell};
use crate::{
    admin::OperatorView,
    cli::{client::AdminClient, output::Output},
    operators::RoleChange,
};
use clap::Args;
use std::process::ExitCode;

/// Which operator, and which role.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  ideogate operator set-role op_01kaxyz --role viewer")]
pub struct RoleArguments {
    /// The operator's id, or their name where that is unique; never their token
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// How much they may do from now on: viewer, operator or admin
    #[arg(long)]
    role: String,
}

/// Gives the role.
///
/// Their token stays as it is.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: RoleArguments,
) -> anyhow::Result<ExitCode> {
    let path = format!("/api/v1/operators/{}/role", id(&arguments.id)?);
    let asked = RoleChange { role: arguments.role };
    let operator: OperatorView = client.post_json(&path, &asked).await?;
    tell(screen, &operator)?;
    Ok(ExitCode::SUCCESS)
}
