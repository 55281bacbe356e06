//! Keys that signed this record before it was restored, each with the number where what it signed ends here.

use super::{SigningFileError, VerifierKey};
use crate::store::{OWNER_ONLY, replace_file};
use std::{fs, io, path::Path};

/// The file in the data folder. Only a restore writes it.
pub const FORMER_FILE: &str = "audit-signing.former";

/// A key that signed the record once. Of what it signed only that holds here which is up to this record: the
/// restore knew of no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerKey {
    /// The public half; the private one is not here.
    pub key: VerifierKey,
    /// The number of the last record that came from its log.
    pub ends: u64,
}

impl FormerKey {
    /// Reads the former keys of a data folder; none where there is no file.
    pub fn in_folder(dir: &Path) -> Result<Vec<Self>, SigningFileError> {
        let path = dir.join(FORMER_FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(|error| SigningFileError::Io(path.clone(), error))?,
        };
        let read = text.lines().map(Self::of_line).collect::<Option<_>>();
        read.ok_or(SigningFileError::Damaged(path))
    }

    /// Writes the former keys of a data folder, in place of those that may be there.
    pub fn write(keys: &[Self], dir: &Path) -> Result<(), SigningFileError> {
        let path = dir.join(FORMER_FILE);
        let lines: Vec<_> = keys.iter().map(|one| format!("{} {}\n", one.ends, one.key)).collect();
        let text = lines.concat();
        replace_file(&path, text.as_bytes(), OWNER_ONLY)
            .map_err(|error| SigningFileError::Io(path, error))
    }

    fn of_line(line: &str) -> Option<Self> {
        let (ends, key) = line.split_once(' ')?;
        Some(Self { key: key.parse().ok()?, ends: ends.parse().ok()? })
    }
}
