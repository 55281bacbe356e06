//! What is restored, and what goes wrong with it.

use super::report;
use crate::{
    app::{DataFolderError, FromBackup, FromBackupError, restore_backup},
    audit::trust::EvidenceSource,
    backup::{BackupProblem, LaterRecordsError, RecordFileError, RestorationError, TokenTrust},
    cli::{
        error::CliError,
        evidence::{inside, keys, outside},
        file::file,
        global::Global,
        locate,
        output::{Output, chain},
        progress::Progress,
    },
    config::Settings,
    domain::{Actor, Origin, Principal, SystemClock},
    store::{RestoringError, StoreError},
};
use clap::Args;
use rustix::process::geteuid;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

/// What to restore, where to, and what is known of the time after it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate restore --from /backup/ideogate.backup --data /var/lib/ideogate
  ideogate restore --from monday.backup --data /var/lib/ideogate \\
      --record since-monday.jsonl --checkpoint /elsewhere/checkpoints
  ideogate restore --from monday.backup --data /var/lib/ideogate \\
      --record segments/000000052342-000000060012.jsonl.zst --key /elsewhere/ideogate.key
  ideogate restore --from just-now.backup --data /new/disk/ideogate --trust-tokens

Makes a data folder that a gateway can be started on. Needs no gateway, and none may use the \
folder. Whatever the records say was revoked, disabled, reduced, rotated, forgotten or spent \
after the backup is applied; whatever they say was given is told, and not given. Unless \
checkpoints from elsewhere say that the records reach to the end, all tokens come back disabled. \
Without the signing key, or where signed records may be missing, a new key begins. The record \
says all that. Exits 0; 2 if the backup or a file of records is not as it was signed, and \
nothing is left in the folder then.")]
pub struct RestoreArguments {
    /// The backup
    #[arg(long, value_name = "FILE", value_parser = file())]
    from: PathBuf,
    /// The folder to restore into; it is made, or empty
    #[arg(long, value_name = "FOLDER", value_parser = file())]
    data: PathBuf,
    /// An export as JSON lines, or a segment, with records of after the backup; may be given again
    #[arg(long, value_name = "FILE", value_parser = file())]
    record: Vec<PathBuf>,
    /// Let tokens work although nobody knows what was taken away from them after the records end
    #[arg(long)]
    trust_tokens: bool,
    /// Checkpoints that were kept elsewhere; may be given again
    #[arg(long, value_name = "FILE", value_parser = file())]
    checkpoint: Vec<PathBuf>,
    /// The verifier key that you noted, or a file with it; may be given again [default: the backup's own]
    #[arg(long, value_name = "KEY|FILE")]
    key: Vec<String>,
}

/// Restores a backup, and tells what came of it.
pub(in crate::cli) fn run(
    global: &Global,
    screen: Output,
    arguments: &RestoreArguments,
) -> anyhow::Result<ExitCode> {
    let settings = Arc::new(locate::settings(global)?.settings);
    let principal = Principal::LocalUser(geteuid().as_raw());
    let asked = FromBackup {
        from: &arguments.from,
        dir: &arguments.data,
        outside: evidence(arguments, &settings)?,
        settings,
        records: &arguments.record,
        keys: keys(&arguments.key)?,
        trust: if arguments.trust_tokens { TokenTrust::Said } else { TokenTrust::Covered },
        by: Actor { principal, request: None, origin: Some(Origin::Command) },
        clock: Arc::new(SystemClock),
    };
    let mut progress = Progress::new("restoring");
    let restored = restore_backup(&asked, &mut |read| progress.bytes(read));
    // The bar goes before anything is printed.
    drop(progress);
    let report = restored.map_err(told)?;
    report::print(screen, &arguments.data, &arguments.record, &report)?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the checkpoints that were given, and those of the settings' file where it lies elsewhere.
fn evidence(
    arguments: &RestoreArguments,
    settings: &Settings,
) -> anyhow::Result<Vec<(EvidenceSource, String)>> {
    let mut found = outside(&arguments.checkpoint)?;
    let own = settings.audit.checkpoint_file.as_deref();
    let is_elsewhere =
        |path: &&Path| !path.starts_with(&arguments.data) && !path.starts_with(&settings.data.dir);
    if let Some(path) = own.filter(is_elsewhere) {
        found.push(inside(path)?);
    }
    Ok(found)
}

/// Returns a failure with the exit code that goes with it.
fn told(error: FromBackupError) -> anyhow::Error {
    match code(&error) {
        Fault::Use => CliError::Usage(chain(&error.into())).into(),
        Fault::Finding => CliError::Bad(chain(&error.into())).into(),
        Fault::Failure => error.into(),
    }
}

/// Whose fault it is.
enum Fault {
    /// It was used in a way that makes no sense.
    Use,
    /// A file is not what it should be.
    Finding,
    /// Something failed.
    Failure,
}

fn code(error: &FromBackupError) -> Fault {
    match error {
        FromBackupError::Folder(DataFolderError::Unusable(..))
        | FromBackupError::File(..)
        | FromBackupError::Backup(_, BackupProblem::Unwritable(..))
        | FromBackupError::Records(RecordFileError::Io(..))
        | FromBackupError::Key(_) => Fault::Failure,
        FromBackupError::Folder(_)
        | FromBackupError::NotEmpty(..)
        | FromBackupError::Backup(_, BackupProblem::OtherVersion(_))
        | FromBackupError::Records(RecordFileError::Table(_)) => Fault::Use,
        FromBackupError::Backup(..)
        | FromBackupError::OtherKey(..)
        | FromBackupError::Records(_) => Fault::Finding,
        FromBackupError::Restoration(error) => code_of_restoration(error),
    }
}

fn code_of_restoration(error: &RestorationError) -> Fault {
    match error {
        RestorationError::Read(StoreError::NewerSchema { .. })
        | RestorationError::Write(RestoringError::Store(StoreError::NewerSchema { .. }))
        | RestorationError::Records(LaterRecordsError::OtherLog { .. })
        | RestorationError::Unknown(_) => Fault::Use,
        RestorationError::Write(
            RestoringError::Unlinked(_)
            | RestoringError::Changed(_)
            | RestoringError::Contradicts(_),
        )
        | RestorationError::Bad(_)
        | RestorationError::OtherEnd { .. }
        | RestorationError::Records(_)
        | RestorationError::Contradicted { .. } => Fault::Finding,
        RestorationError::Read(_) | RestorationError::Write(_) | RestorationError::Key(_) => {
            Fault::Failure
        }
    }
}
