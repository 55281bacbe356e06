//! The file as it comes.

use crate::{
    admin::{BACKUP_BYTES, BACKUP_NAME, BackupRequest},
    audit::packed::PackedMeter,
    cli::{
        client::AdminClient,
        part::{beside, cannot, create, name},
        progress::Progress,
    },
};
use anyhow::Context;
use reqwest::Response;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::interval;

/// How often it is shown that the gateway is at work.
const TURN: Duration = Duration::from_millis(100);

/// A backup under another name, beside the one that it will have; removed when it is dropped unless it got that
/// one.
#[derive(Debug)]
pub(super) struct BackupPart {
    path: PathBuf,
    file: File,
}

impl BackupPart {
    /// Makes the file, for its owner alone.
    pub(super) fn begin(to: &Path) -> anyhow::Result<Self> {
        let path = beside(to, ".part");
        let file = create(&path).with_context(|| cannot("write", &path))?;
        Ok(Self { path, file })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what the gateway sends, until it is on the disk, and returns the backup's name.
    pub(super) async fn receive(
        &mut self,
        client: &AdminClient,
        asked: &BackupRequest,
    ) -> anyhow::Result<String> {
        let mut response = opened(client, asked).await?;
        let name =
            header(&response, &BACKUP_NAME).context("the gateway gave the backup no name")?;
        let of = header(&response, &BACKUP_BYTES).and_then(|bytes| bytes.parse().ok());
        let (mut meter, mut progress) = (PackedMeter::new()?, Progress::new("receiving"));
        let of = of.unwrap_or_default();
        loop {
            let piece = match response.chunk().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(error) => return Err(client.broke_off(error, "the backup").await),
            };
            self.file.write_all(&piece).with_context(|| cannot("write", &self.path))?;
            // What cannot be counted is told when it is read again.
            progress.bytes_of(meter.take(&piece).unwrap_or(of), of);
        }
        // On the disk before it is checked, so that what is checked is what stays.
        self.file.sync_all().with_context(|| cannot("write", &self.path))?;
        Ok(name)
    }

    /// Gives the file its name, which it keeps.
    pub(super) fn finish(self, to: &Path) -> anyhow::Result<()> {
        name(&self.path, to)
    }
}

impl Drop for BackupPart {
    fn drop(&mut self) {
        // Not there any more where it got its name; what else could go wrong is not worth hiding why it broke off.
        fs::remove_file(&self.path).ok();
    }
}

/// Asks for a backup, and waits until the gateway has copied its database.
async fn opened(client: &AdminClient, asked: &BackupRequest) -> anyhow::Result<Response> {
    let (mut progress, mut turns) = (Progress::new("copying"), interval(TURN));
    let opening = client.post_open("/api/v1/backup", asked);
    tokio::pin!(opening);
    loop {
        tokio::select! {
            opened = &mut opening => return opened,
            _ = turns.tick() => progress.waiting(),
        }
    }
}

/// Returns a header of the answer.
fn header(response: &Response, name: &http::HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}
