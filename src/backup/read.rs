//! Reading a backup whole, which may be anybody's.

use super::{BackupMember, BackupProblem, BackupSubject, MemberName, form::BackupHeader};
use crate::{
    audit::{
        BackupManifest,
        packed::{PackedProblem, PackedReader, SignedEnd},
        trust::SignedCheckpoint,
    },
    store::{OWNER_ONLY, sync_folder_of},
};
use sha2::{Digest, Sha256};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// How much of a member is in memory at once.
const PIECE: usize = 1 << 16;

/// A backup that is what was signed. Whether its key is believed is for the caller to ask: whoever makes a
/// key of their own can sign a backup with it.
#[derive(Debug, Clone)]
pub struct BackupFile {
    /// What it is of.
    pub subject: BackupSubject,
    /// The version of ideogate that made it.
    pub version: Box<str>,
    /// What is in it.
    pub members: Vec<BackupMember>,
    /// A checkpoint of its last record, by the key of the subject.
    pub checkpoint: SignedCheckpoint,
    /// The bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

/// Reads a backup whole, and compares what is there with what the key that it names signed. What the database
/// in it says is not looked at. Blocks, and takes no more memory than its first line does.
pub fn examine_backup(file: impl Read) -> Result<BackupFile, BackupProblem> {
    BackupReading::open(file)?.read(None)
}

/// Reads a backup whole as [`examine_backup`] does, and unpacks its members into a folder, for their owner
/// alone. They are durable when this returns. No file there is overwritten; on a failure what was unpacked so
/// far is left, and is not to be relied on. Blocks.
pub fn unpack_backup(file: impl Read, into: &Path) -> Result<BackupFile, BackupProblem> {
    BackupReading::open(file)?.read(Some(into))
}

/// A backup whose first line was read.
struct BackupReading<R: Read> {
    packed: PackedReader<R>,
    /// Over all that was read so far.
    digest: Sha256,
    subject: BackupSubject,
    members: Vec<BackupMember>,
    version: Box<str>,
}

impl<R: Read> BackupReading<R> {
    fn open(file: R) -> Result<Self, BackupProblem> {
        let mut packed = PackedReader::open(file)?;
        let first = packed.first_line()?.ok_or(BackupProblem::NotOne)?;
        let (subject, members, version) = BackupHeader::read(&first)?;
        let digest = Sha256::new_with_prefix(&first);
        Ok(Self { packed, digest, subject, members, version })
    }

    fn read(mut self, into: Option<&Path>) -> Result<BackupFile, BackupProblem> {
        for member in std::mem::take(&mut self.members) {
            let path = into.map(|folder| folder.join(member.name.file_name()));
            self.member(&member, path.as_deref())?;
            self.members.push(member);
        }
        if let Some(folder) = into {
            let synced = sync_folder_of(&folder.join(MemberName::Database.file_name()));
            synced.map_err(unwritable(folder))?;
        }
        self.end()
    }

    fn member(&mut self, member: &BackupMember, path: Option<&Path>) -> Result<(), BackupProblem> {
        let mut out = path.map(|path| create(path).map_err(unwritable(path))).transpose()?;
        let (mut own, mut left, mut piece) = (Sha256::new(), member.bytes, vec![0; PIECE]);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            let read = self.packed.read(&mut piece[..most]).map_err(PackedProblem::from)?;
            if read == 0 {
                return Err(PackedProblem::CutOff.into());
            }
            let piece = &piece[..read];
            own.update(piece);
            self.digest.update(piece);
            if let (Some(out), Some(path)) = (&mut out, path) {
                out.write_all(piece).map_err(unwritable(path))?;
            }
            left -= read as u64;
        }
        if let (Some(out), Some(path)) = (&mut out, path) {
            out.sync_all().map_err(unwritable(path))?;
        }
        let is_own = <[u8; 32]>::from(own.finalize()) == member.sha256;
        if is_own { Ok(()) } else { Err(BackupProblem::Member(member.name)) }
    }

    /// Reads the last line, and compares what was read with what was signed.
    fn end(mut self) -> Result<BackupFile, BackupProblem> {
        let line = self.packed.line()?.ok_or(PackedProblem::CutOff)?;
        let end = SignedEnd::of_line(&line)?;
        let (bytes, sha256) = self.packed.end()?;
        let manifest = BackupManifest::claimed(&end.manifest).map_err(PackedProblem::Unsigned)?;
        let checkpoint = end.checkpoint_by(&manifest.key)?;
        let Self { subject, members, version, digest, .. } = self;
        let found = BackupManifest {
            key: subject.key.clone(),
            made_at: subject.made_at,
            head: subject.head,
            sha256: digest.finalize().into(),
        };
        if found != manifest || checkpoint.head != subject.head {
            return Err(PackedProblem::OtherContent.into());
        }
        let checkpoint = SignedCheckpoint { checkpoint, note: end.checkpoint };
        Ok(BackupFile { subject, version, members, checkpoint, bytes, sha256 })
    }
}

/// Makes a file that nobody else reads; one that is there already is an error.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path)
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> BackupProblem {
    let path: PathBuf = path.to_owned();
    move |error| BackupProblem::Unwritable(path, error)
}
