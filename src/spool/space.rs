//! The room that is left on a disk.

use std::{io, path::Path};

/// Returns the bytes free to this user on the disk of a folder that is there. What is reserved for
/// the system's administrator does not count as free. Fails where the folder cannot be looked at.
pub fn free_space(dir: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(dir)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}
