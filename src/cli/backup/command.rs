//! What can be typed, and what is done then.

use super::{checking::checked, receive::BackupPart, told::MadeBackup};
use crate::{
    admin::{ArchiveView, BackupRequest, CheckpointKeyView, KeptBackupView},
    cli::{client::AdminClient, error::CliError, file::file, output::Output},
};
use anyhow::{Context, bail};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};
use tokio::signal::ctrl_c;

/// Where the backup goes, and what is in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate backup --to /backups/ideogate.backup --force
  ideogate backup --to /backups/ideogate-$(date +%F).backup
  ideogate backup --to /safe/ideogate.backup --with-keys

One file of one moment, while the gateway serves: the database and what belongs to it. It is \
signed, read again whole, and only then takes the place of a file of before. Ideogram's keys are \
never in it, nor settings. With --with-keys, which the socket alone allows, it holds the keys \
that sign the record and seal answers and names: who reads such a file can speak as this \
gateway. Segments never change: copy their folder. `ideogate restore` takes the file.")]
pub struct BackupArguments {
    /// The file to write
    #[arg(long, value_name = "FILE", value_parser = file())]
    to: PathBuf,
    /// Include the gateway's own private keys; never Ideogram's
    #[arg(long)]
    with_keys: bool,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// Makes a backup, or leaves everything as it was.
///
/// It is an error if it breaks off, cannot be written, is not what the gateway signed, or is interrupted.
pub(in crate::cli) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: BackupArguments,
) -> anyhow::Result<ExitCode> {
    arguments.may_write()?;
    let made = tokio::select! {
        made = make(client, &arguments) => made?,
        interrupted = ctrl_c() => {
            interrupted.context("cannot wait for signals")?;
            bail!("interrupted: no backup was made");
        }
    };
    let name = &made.name;
    // The file is good, whatever becomes of this.
    let kept = client.post::<KeptBackupView>(&format!("/api/v1/backup/{name}/kept")).await;
    if let Err(error) = kept {
        screen.note(format!("the gateway was not told that the backup is here: {error}"));
    }
    made.tell(screen)?;
    Ok(ExitCode::SUCCESS)
}

async fn make(client: &AdminClient, arguments: &BackupArguments) -> anyhow::Result<MadeBackup> {
    let BackupArguments { to, with_keys, .. } = arguments;
    let key: CheckpointKeyView = client.get("/api/v1/audit/key").await?;
    // Before the gateway is asked: what cannot be written here need not be put on record there.
    let mut part = BackupPart::begin(to)?;
    let name = part.receive(client, &BackupRequest { with_keys: *with_keys }).await?;
    let found = checked(part.path()).await?;
    if found.subject.key.to_string() != key.key {
        bail!("the backup is signed by another key than the gateway's, {}", found.subject.key);
    }
    let segments = match found.subject.base.seq {
        0 => None,
        _ => Some(client.get::<ArchiveView>("/api/v1/audit/archive").await?.folder),
    };
    // Again: somebody may have written there meanwhile.
    arguments.may_write()?;
    part.finish(to)?;
    Ok(MadeBackup { file: to.clone(), name, found, segments })
}

impl BackupArguments {
    /// Refuses to replace what is there, unless that was said.
    fn may_write(&self) -> Result<(), CliError> {
        if self.to.is_dir() {
            let told = format!("{} is a folder: name a file in it", self.to.display());
            return Err(CliError::Usage(told));
        }
        if self.force || !self.to.exists() {
            return Ok(());
        }
        let told = format!("{} is there already; --force replaces it", self.to.display());
        Err(CliError::Usage(told))
    }
}
