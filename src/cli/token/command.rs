//! What can be done, and who does it.

use super::{
    create::{self, CreateArguments},
    list::{self, ListArguments},
    prune::{self, PruneArguments},
    reduce::{self, ReduceArguments},
    rotate::{self, RotateArguments},
    show::{self, ShowArguments},
    state::{self, StateArguments},
    update::{self, UpdateArguments},
};
use crate::cli::{client::AdminClient, output::Output};
use clap::Subcommand;
use std::process::ExitCode;

/// Gives tokens to apps, and takes them away.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token; its secret is shown this once
    Create(Box<CreateArguments>),
    /// List tokens
    List(ListArguments),
    /// Show one token
    Show(ShowArguments),
    /// Refuse a token until it is enabled again
    #[command(after_help = "Examples:\n  ideogate token disable tok_01kaxyz")]
    Disable(StateArguments),
    /// Accept a disabled token again
    #[command(after_help = "Examples:\n  ideogate token enable tok_01kaxyz")]
    Enable(StateArguments),
    /// Refuse a token for ever
    #[command(after_help = "Examples:\n  ideogate token revoke tok_01kaxyz")]
    Revoke(StateArguments),
    /// Give a token another secret; the old one works on for a while
    Rotate(RotateArguments),
    /// Change a token: give more, take away, name it otherwise
    Update(Box<UpdateArguments>),
    /// Take rights away from a token
    Reduce(Box<ReduceArguments>),
    /// Forget tokens that ended long ago
    Prune(PruneArguments),
}

/// Does it.
///
/// Whether the caller may do it is for the gateway to say.
pub(in crate::cli) async fn run(
    client: &AdminClient,
    screen: Output,
    command: TokenCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        TokenCommand::Create(arguments) => create::run(client, screen, *arguments).await,
        TokenCommand::List(arguments) => list::run(client, screen, &arguments).await,
        TokenCommand::Show(arguments) => show::run(client, screen, &arguments).await,
        TokenCommand::Disable(arguments) => state::run(client, screen, &arguments, "disable").await,
        TokenCommand::Enable(arguments) => state::run(client, screen, &arguments, "enable").await,
        TokenCommand::Revoke(arguments) => state::run(client, screen, &arguments, "revoke").await,
        TokenCommand::Rotate(arguments) => rotate::run(client, screen, &arguments).await,
        TokenCommand::Update(arguments) => update::run(client, screen, *arguments).await,
        TokenCommand::Reduce(arguments) => reduce::run(client, screen, *arguments).await,
        TokenCommand::Prune(arguments) => prune::run(client, screen, &arguments).await,
    }
}
