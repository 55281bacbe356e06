//! The folder that segments are in.

use super::{
    ArchiveError, FolderPlace,
    names::{is_part, numbers, part},
};
use crate::store::{ChainBase, OWNER_ONLY, make_folder, replace_file};
use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
    process::geteuid,
};
use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use ulid::Ulid;

/// The file that tells an archive folder from an empty place where one should be mounted.
const MARK: &str = "ideogate.archive";

/// What must stay free beside a segment, in bytes.
const SPARE: u64 = 16 * 1024 * 1024;

/// The archive folder: ours, closed to others, and the one that the segments on record are in.
#[derive(Debug, Clone)]
pub(super) struct ArchiveFolder {
    path: PathBuf,
    id: Box<str>,
    log: Box<str>,
}

impl ArchiveFolder {
    /// Opens the folder, and marks it when it is used for the first time.
    ///
    /// Where segments must be in it, one without a mark or with another is not taken for it, and none is
    /// made.
    pub(super) fn open(
        place: &FolderPlace,
        base: &ChainBase,
        expected: Expected,
        log: &str,
    ) -> Result<Self, ArchiveError> {
        let path = place.path();
        let gone = |error| ArchiveError::FolderGone(path.to_owned(), error);
        if matches!((place, expected), (FolderPlace::Usual(_), Expected::Anything)) {
            make_folder(path).map_err(gone)?;
        }
        let about = fs::metadata(path).map_err(gone)?;
        let open = |why: String| Err(ArchiveError::FolderOpen(path.to_owned(), why.into()));
        if !about.is_dir() {
            return open("is no folder".to_owned());
        }
        let (owner, own) = (about.uid(), geteuid().as_raw());
        if owner != own {
            return open(format!("belongs to user {owner}, and the gateway runs as user {own}"));
        }
        if about.mode() & 0o077 != 0 {
            let mode = about.mode() & 0o777;
            return open(format!("is open to other users (mode {mode:o}); run `chmod 700` on it"));
        }
        let id = Self::mark(path, base, expected, log)?;
        Ok(Self { path: path.to_owned(), id, log: log.into() })
    }

    /// Returns the folder's id, which its mark holds; makes one where none may be missed.
    fn mark(
        path: &Path,
        base: &ChainBase,
        expected: Expected,
        log: &str,
    ) -> Result<Box<str>, ArchiveError> {
        let file = path.join(MARK);
        let changed = || ArchiveError::FolderChanged(path.to_owned());
        match fs::read_to_string(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if matches!(expected, Expected::Segments) {
                    return Err(changed());
                }
                let id = Ulid::generate().to_string().to_lowercase();
                let text = format!("{id}\n{log}\n");
                let written = replace_file(&file, text.as_bytes(), OWNER_ONLY);
                written.map_err(|error| ArchiveError::of_writing(path.to_owned(), error))?;
                Ok(id.into())
            }
            Err(error) => Err(ArchiveError::Io(file, error)),
            Ok(text) => {
                let mut lines = text.lines();
                let (id, by) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
                match (&base.folder, expected) {
                    (Some(known), _) if **known == *id => Ok(id.into()),
                    // A crash came between its mark and the first segment on record, or all were deleted.
                    (_, Expected::Anything) if by == log => Ok(id.into()),
                    (_, Expected::Segments) => Err(changed()),
                    (_, Expected::Anything) => {
                        let why = "this is the archive folder of another gateway";
                        Err(ArchiveError::Foreign(file, why.into()))
                    }
                }
            }
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Returns the segments that are there, by name.
    pub(super) fn names(&self) -> Result<Vec<String>, ArchiveError> {
        let mut names = self.all()?;
        names.retain(|name| numbers(name).is_some());
        names.sort();
        Ok(names)
    }

    fn all(&self) -> Result<Vec<String>, ArchiveError> {
        let gone = |error| ArchiveError::FolderGone(self.path.clone(), error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(gone)? {
            names.extend(entry.map_err(gone)?.file_name().into_string().ok());
        }
        Ok(names)
    }

    /// Takes away what a crash left of segments that were never whole.
    pub(super) fn remove_parts(&self) -> Result<(), ArchiveError> {
        for name in self.all()?.into_iter().filter(|name| is_part(name, &self.log)) {
            self.remove(&name)?;
        }
        Ok(())
    }

    /// Takes a file away, and makes that durable; one that is not there is none to take away.
    pub(super) fn remove(&self, name: &str) -> Result<(), ArchiveError> {
        let file = self.file(name);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ArchiveError::Io(file, error))
            }
            _ => self.sync(),
        }
    }

    /// Opens a new file for a segment that is about to be written.
    pub(super) fn begin(&self, name: &str) -> Result<File, ArchiveError> {
        let file = self.file(&self.part(name));
        let mut options = OpenOptions::new();
        let made = options.write(true).create_new(true).mode(OWNER_ONLY).open(&file);
        made.map_err(|error| ArchiveError::of_writing(self.path.clone(), error))
    }

    pub(super) fn part(&self, name: &str) -> String {
        part(name, &self.log)
    }

    /// Gives a segment its name, durably. A file that has it already is never replaced.
    pub(super) fn publish(&self, name: &str) -> Result<(), ArchiveError> {
        let (from, to) = (self.file(&self.part(name)), self.file(name));
        let renamed = match renameat_with(CWD, &from, CWD, &to, RenameFlags::NOREPLACE) {
            // Not every file system can do it in one step: a second name does not replace either.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                fs::hard_link(&from, &to).and_then(|()| fs::remove_file(&from))
            }
            renamed => renamed.map_err(io::Error::from),
        };
        match renamed {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(ArchiveError::Foreign(to, "a file of this name is there already".into()))
            }
            Err(error) => Err(ArchiveError::Io(to, error)),
            Ok(()) => self.sync(),
        }
    }

    fn sync(&self) -> Result<(), ArchiveError> {
        let synced = File::open(&self.path).and_then(|folder| folder.sync_all());
        synced.map_err(|error| ArchiveError::Io(self.path.clone(), error))
    }

    /// Fails where a segment of so many bytes, unpacked, would hardly fit. Packed they are less than a
    /// quarter.
    pub(super) fn has_room(&self, bytes: u64) -> Result<(), ArchiveError> {
        let gone = |errno: Errno| ArchiveError::FolderGone(self.path.clone(), errno.into());
        let disk = rustix::fs::statvfs(&self.path).map_err(gone)?;
        let (free, wanted) = (disk.f_bavail.saturating_mul(disk.f_frsize), bytes / 4 + SPARE);
        if free >= wanted {
            return Ok(());
        }
        let told = format!("{free} bytes are free, and {wanted} are wanted");
        Err(ArchiveError::FolderFull(self.path.clone(), io::Error::other(told)))
    }
}

/// Whether segments must be in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// Some are on record, and their files were not deleted.
    Segments,
    /// None is missed, whatever is there.
    Anything,
}
