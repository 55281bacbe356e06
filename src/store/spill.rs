//! Where outcomes lie safe while the database cannot be written: a file whose space is taken early.
//!
//! Each line is `<crc32 of the JSON, 8 hex digits> <bundle as JSON>`; the rest of the file is zeros.
//! A line that was cut off by a crash fails its checksum; nobody was told that it is safe.
//!
//! The file is read at the start, and only there. While the process lives, memory holds the same
//! bundles, and those are what is committed when the outage ends.

use crate::domain::Bundle;
use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

/// What the file holds at most; an outcome takes about one KiB. That is room for some thousands of
/// calls that were sent before the database failed.
pub(super) const SPILL_SIZE: usize = 4 * 1024 * 1024;

/// The spill file, open for as long as the journal is. Nobody else may write to it: where the next
/// line goes is kept in memory.
#[derive(Debug)]
pub(super) struct SpillFile {
    file: File,
    size: usize,
    used: usize,
    /// Up to where something was ever written, also by an attempt that failed.
    touched: usize,
}

impl SpillFile {
    /// Opens or makes the file, and returns the bundles a former run left in it.
    ///
    /// Lines come back in the order in which they were written. One that is damaged is left out and
    /// told in the log as an error, with all that is left of it. A file that is larger than `size`
    /// is read whole and not cut.
    pub(super) fn open(path: &Path, size: usize) -> io::Result<(Self, Vec<Bundle>)> {
        let mut options = OpenOptions::new();
        // Never cut: it may hold what a former run owes.
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.mode(0o600).open(path)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        if content.len() < size {
            // Written, not only promised, so that a full disk cannot take the space back.
            file.write_all_at(&vec![0; size - content.len()], content.len() as u64)?;
            file.sync_all()?;
            path.parent().map(File::open).transpose()?.map(|dir| dir.sync_all()).transpose()?;
        }
        // JSON holds no zero byte, so the first one is where the lines end.
        let used = content.iter().position(|byte| *byte == 0).unwrap_or(content.len());
        let touched = content.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let bundles = content[..used].split(|byte| *byte == b'\n').filter_map(read_line).collect();
        Ok((Self { file, size, used, touched }, bundles))
    }

    /// Writes bundles behind those that are there; they are durable when this returns. Fails with
    /// `StorageFull`, and writes nothing, if they do not all fit. After a failed write the next one
    /// begins at the same place.
    pub(super) fn append<'a>(
        &mut self,
        bundles: impl Iterator<Item = &'a Bundle>,
    ) -> io::Result<()> {
        let mut lines = Vec::new();
        for bundle in bundles {
            write_line(bundle, &mut lines)?;
        }
        if lines.is_empty() {
            return Ok(());
        }
        if self.used + lines.len() > self.size {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the spill file is full"));
        }
        self.touched = self.touched.max(self.used + lines.len());
        self.file.write_all_at(&lines, self.used as u64)?;
        // Data alone: the length of the file was made durable when it was opened, and never
        // changes.
        self.file.sync_data()?;
        self.used += lines.len();
        Ok(())
    }

    /// Forgets everything; called when all of it is in the database. The space stays taken. If this
    /// fails, what is left is recognized at the next start and not applied twice.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        if self.touched > 0 {
            self.file.write_all_at(&vec![0; self.touched], 0)?;
            self.file.sync_data()?;
            (self.used, self.touched) = (0, 0);
        }
        Ok(())
    }
}

fn write_line(bundle: &Bundle, lines: &mut Vec<u8>) -> io::Result<()> {
    let json = serde_json::to_vec(bundle)?;
    lines.extend(format!("{:08x} ", crc32fast::hash(&json)).into_bytes());
    lines.extend(json);
    lines.push(b'\n');
    Ok(())
}

fn read_line(line: &[u8]) -> Option<Bundle> {
    let (checksum, json) = line.split_at_checked(9)?;
    let checksum = std::str::from_utf8(checksum).ok()?.trim_end();
    let whole = u32::from_str_radix(checksum, 16).ok() == Some(crc32fast::hash(json));
    let bundle = whole.then(|| serde_json::from_slice(json).ok()).flatten();
    if bundle.is_none() {
        tracing::error!(line = %String::from_utf8_lossy(line), "a line of the spill file is damaged");
    }
    bundle
}
