//! What can be done, and who does it.

use super::{release, status};
use crate::cli::{client::AdminClient, output::Output};
use clap::Subcommand;
use std::process::ExitCode;

/// Shows who waits, and frees what is stuck.
#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// Show places and queues by account and environment
    #[command(after_help = "Examples:
  ideogate queue status
  watch ideogate queue status
  ideogate queue status --output json | jq '.accounts[].queued'")]
    Status,
    /// Free the places of a call whose end nobody saw
    #[command(after_help = "Examples:
  ideogate queue release call_01kaxyz

Only for a call of which you know that Ideogram no longer works on it; its places are freed by \
themselves after `place_ttl`. Its money stays reserved. The release goes on record.")]
    Release {
        /// The call's id
        #[arg(value_name = "CALL")]
        call: String,
    },
}

/// Does it.
pub(in crate::cli) async fn run(
    client: &AdminClient,
    screen: Output,
    command: QueueCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        QueueCommand::Status => status::run(client, screen).await,
        QueueCommand::Release { call } => release::run(client, screen, &call).await,
    }
}
