//! What can be done, and who does it.

use super::{
    list,
    rotate::{self, RotateKeyArguments},
    verify,
};
use crate::cli::{client::AdminClient, output::Output};
use clap::Subcommand;
use std::process::ExitCode;

/// Shows Ideogram's keys by their last four characters, and exchanges them.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// List the keys: in service, next, draining, refused, retired
    #[command(after_help = "Examples:
  ideogate key list
  ideogate key list --output json | jq '.[] | select(.safe_to_revoke)'

Revoke a key at Ideogram only when it says so: then no call uses it, and its connections are \
closed.")]
    List,
    /// Ask Ideogram, for free, whether it takes the keys
    #[command(after_help = "Examples:
  ideogate key verify

Exits 2 if a key is rejected.")]
    Verify,
    /// Take a new key: from the file, or the one that was given as the next
    #[command(after_help = "Examples:
  ideogate key rotate
  ideogate key rotate --environment prod --wait

The new key is tried first, for free; a bad one is refused, and the old one stays. New calls use \
the new key; calls that were sent end with the old one. Files that change are noticed by \
themselves too. Exits 1 if no key was switched that should have been.")]
    Rotate(RotateKeyArguments),
}

/// Does it.
///
/// All of it asks the gateway: no key is read here.
pub(in crate::cli) async fn run(
    client: &AdminClient,
    screen: Output,
    command: KeyCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        KeyCommand::List => list::run(client, screen).await,
        KeyCommand::Verify => verify::run(client, screen).await,
        KeyCommand::Rotate(arguments) => rotate::run(client, screen, &arguments).await,
    }
}
