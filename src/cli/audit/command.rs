//! What can be done, and who does it.

use super::{
    accept_restore::{self, AcceptRestoreArguments},
    archive::{self, ArchiveArguments},
    export::{self, ExportArguments},
    key,
    person::{self, PersonCommand},
    search::{self, SearchArguments},
    show, tail,
    verify::{self, VerifyArguments},
};
use crate::cli::{global::Global, locate, output::Output, runtime::wait};
use clap::Subcommand;
use std::process::ExitCode;

/// Shows who did what, and proves it.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Watch entries as they come to their end
    #[command(after_help = "Examples:
  ideogate audit tail
  ideogate audit tail --output json | jq 'select(.result == \"failure\")'")]
    Tail,
    /// Search the record, oldest first
    Search(SearchArguments),
    /// Show one entry by the id of its call or request
    #[command(after_help = "Examples:
  ideogate audit show call_01kaxyz
  ideogate audit show req_01kaxyz --output json")]
    Show {
        /// The id of a call or of a request
        #[arg(value_name = "ID")]
        id: String,
        /// Look into segments too, where it is not in the database
        #[arg(long)]
        archived: bool,
    },
    /// Check that nothing in the record was changed, removed or reordered
    Verify(VerifyArguments),
    /// Write the record, or a part of it, into a file that proves itself
    Export(ExportArguments),
    /// Move old days out of the database into files that prove themselves
    Archive(ArchiveArguments),
    /// Print what checkpoints and exports are checked with; note it elsewhere
    #[command(after_help = "Examples:
  ideogate audit key
  ideogate audit key > /elsewhere/ideogate.key")]
    Key,
    /// Sign where the record ends now, and print that; keep it elsewhere
    #[command(after_help = "Examples:
  ideogate audit checkpoint
  ideogate audit checkpoint >> /elsewhere/checkpoints")]
    Checkpoint,
    /// List end users, or forget one
    #[command(subcommand)]
    Person(PersonCommand),
    /// Go on with a record that is not the one that was signed, and say so in it
    AcceptRestore(AcceptRestoreArguments),
}

/// Does it.
///
/// `verify` and `accept-restore` read files and need no gateway; all others ask one.
pub(in crate::cli) fn run(
    global: &Global,
    screen: Output,
    command: AuditCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::Tail => wait(tail::run(&locate::client(global)?, screen)),
        AuditCommand::Search(arguments) => {
            wait(search::run(&locate::client(global)?, screen, arguments))
        }
        AuditCommand::Show { id, archived } => {
            wait(show::run(&locate::client(global)?, screen, &id, archived))
        }
        AuditCommand::Verify(arguments) => verify::run(global, screen, &arguments),
        AuditCommand::Export(arguments) => {
            wait(export::run(&locate::client(global)?, screen, arguments))
        }
        AuditCommand::Archive(arguments) => {
            wait(archive::run(&locate::client(global)?, screen, &arguments))
        }
        AuditCommand::Key => wait(key::key(&locate::client(global)?, screen)),
        AuditCommand::Checkpoint => wait(key::checkpoint(&locate::client(global)?, screen)),
        AuditCommand::Person(command) => {
            wait(person::run(&locate::client(global)?, screen, command))
        }
        AuditCommand::AcceptRestore(arguments) => accept_restore::run(global, screen, &arguments),
    }
}
