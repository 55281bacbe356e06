//! What can be done, and who does it.

use super::{
    create::{self, CreateOperatorArguments},
    list, me,
    role::{self, RoleArguments},
    rotate::{self, RotateOperatorArguments},
    show::{self, ShowOperatorArguments},
    state::{self, OperatorStateArguments},
};
use crate::cli::{client::AdminClient, output::Output};
use clap::Subcommand;
use std::process::ExitCode;

/// Says who may administer the gateway over the network.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Make an operator; their token is shown this once
    Create(CreateOperatorArguments),
    /// List all operators
    #[command(
        after_help = "Examples:\n  ideogate operator list\n  ideogate operator list --output json"
    )]
    List,
    /// Show one operator
    Show(ShowOperatorArguments),
    /// Tell who you are to the gateway
    #[command(after_help = "Examples:\n  ideogate operator me\n  \
                            ideogate --admin https://admin.example.com operator me")]
    Me,
    /// Give an operator another role; their token stays
    SetRole(RoleArguments),
    /// Give an operator a new token; the old one opens nothing from now on
    Rotate(RotateOperatorArguments),
    /// Refuse an operator until they are enabled again
    #[command(after_help = "Examples:\n  ideogate operator disable op_01kaxyz")]
    Disable(OperatorStateArguments),
    /// Let a disabled operator in again
    #[command(after_help = "Examples:\n  ideogate operator enable op_01kaxyz")]
    Enable(OperatorStateArguments),
    /// Refuse an operator for ever, at once
    #[command(after_help = "Examples:\n  ideogate operator revoke op_01kaxyz")]
    Revoke(OperatorStateArguments),
}

/// Does it.
///
/// Whether the caller may do it is for the gateway to say.
pub(in crate::cli) async fn run(
    client: &AdminClient,
    screen: Output,
    command: OperatorCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        OperatorCommand::Create(arguments) => create::run(client, screen, arguments).await,
        OperatorCommand::List => list::run(client, screen).await,
        OperatorCommand::Show(arguments) => show::run(client, screen, &arguments).await,
        OperatorCommand::Me => me::run(client, screen).await,
        OperatorCommand::SetRole(arguments) => role::run(client, screen, arguments).await,
        OperatorCommand::Rotate(arguments) => rotate::run(client, screen, arguments).await,
        OperatorCommand::Disable(arguments) => {
            state::run(client, screen, &arguments, "disable").await
        }
        OperatorCommand::Enable(arguments) => {
            state::run(client, screen, &arguments, "enable").await
        }
        OperatorCommand::Revoke(arguments) => {
            state::run(client, screen, &arguments, "revoke").await
        }
    }
}
