//! Writing a backup.

use super::{BackupMember, BackupSubject, MemberName, form::BackupHeader};
use crate::audit::{
    BackupManifest,
    packed::{PackedWriter, SignedEnd},
    trust::{Notary, SignedCheckpoint},
};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// How much of a member is in memory at once.
const PIECE: usize = 1 << 16;

/// A backup was not written. What is there of it is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupWriteError {
    /// It cannot be written.
    #[error("the backup cannot be written")]
    Out(#[from] io::Error),
    /// A file that belongs into it cannot be read.
    #[error("{} cannot be read", .0.display())]
    Member(PathBuf, #[source] io::Error),
    /// A file was changed while it was packed.
    #[error("{} was changed while it was packed", .0.display())]
    Changed(PathBuf),
}

/// Writes a backup of these files, and returns what was written to. The checkpoint must be of the last record
/// of the subject. Each file is read twice, and must not change meanwhile. Blocks.
pub fn write_backup<W: Write>(
    subject: &BackupSubject,
    mut files: Vec<(MemberName, PathBuf)>,
    notary: &Notary,
    checkpoint: &SignedCheckpoint,
    out: W,
) -> Result<W, BackupWriteError> {
    files.sort_by_key(|(name, _)| *name);
    let measured = files.iter().map(|(name, path)| measured(*name, path));
    let members = measured.collect::<Result<Vec<_>, _>>()?;
    let mut out = PackedWriter::begin(out)?;
    out.line(&BackupHeader::of(subject, &members))?;
    for (member, (_, path)) in members.iter().zip(&files) {
        if copied(member.name, path, &mut out)? != *member {
            return Err(BackupWriteError::Changed(path.clone()));
        }
    }
    let manifest = BackupManifest {
        key: subject.key.clone(),
        made_at: subject.made_at,
        head: subject.head,
        sha256: out.digest(),
    };
    let (manifest, checkpoint) = (manifest.signed(notary), checkpoint.note.clone());
    Ok(out.end(&SignedEnd { manifest, checkpoint })?)
}

fn measured(name: MemberName, path: &Path) -> Result<BackupMember, BackupWriteError> {
    copied(name, path, &mut io::sink())
}

/// Copies a file, and returns what was copied.
fn copied(
    name: MemberName,
    path: &Path,
    out: &mut impl Write,
) -> Result<BackupMember, BackupWriteError> {
    let failed = |error| BackupWriteError::Member(path.to_owned(), error);
    let mut file = File::open(path).map_err(failed)?;
    let (mut digest, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece).map_err(failed)?;
        if read == 0 {
            return Ok(BackupMember { name, bytes, sha256: digest.finalize().into() });
        }
        digest.update(&piece[..read]);
        out.write_all(&piece[..read])?;
        bytes += read as u64;
    }
}
