//! The machine: its clock, its disk, the data folder.

use super::finding::DoctorCheck;
use crate::{
    app::clock_doubt,
    config::LoadedSettings,
    domain::Timestamp,
    spool::free_space,
    store::{LARGE_LOG, Reader},
};
use rustix::fs::{Access, access};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// 2026-01-01: before this program was written.
const EARLIEST: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);
/// 2100-01-01: budgets and expiries would be nonsense.
const LATEST: Timestamp = Timestamp::from_micros(4_102_444_800_000_000);

/// Looks at the clock, by which budgets are reset and tokens expire.
///
/// It finds a clock that was never set, not one that is minutes off.
pub(super) fn clock(now: Timestamp) -> DoctorCheck {
    if (EARLIEST..LATEST).contains(&now) {
        DoctorCheck::good("clock", now.to_string())
    } else {
        DoctorCheck::broken("clock", format!("{now} cannot be: set it, or tokens expire wrongly"))
    }
}

/// Looks at who may enter the data folder.
///
/// One that is not there yet deserves a look; one that others may enter is broken.
pub(super) fn data_folder(dir: &Path) -> DoctorCheck {
    let shown = dir.display();
    let found = match fs::metadata(dir) {
        Ok(found) if found.is_dir() => found,
        Ok(_) => return DoctorCheck::broken("data folder", format!("{shown} is not a folder")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let words = format!("{shown} is not there yet; `ideogate serve` makes it");
            return DoctorCheck::doubtful("data folder", words);
        }
        Err(error) => return DoctorCheck::broken("data folder", format!("{shown}: {error}")),
    };
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let words = format!("{shown} is open to others (mode {mode:03o}): chmod 700 {shown}");
        return DoctorCheck::broken("data folder", words);
    }
    match access(dir, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => DoctorCheck::good("data folder", format!("{shown} is ours alone")),
        Err(error) => {
            let words = format!("{shown} may not be used by this user: {error}");
            DoctorCheck::broken("data folder", words)
        }
    }
}

/// Looks at the size of the database's write-ahead log.
///
/// `None` while it is not large. It grows while somebody reads the database for long.
pub(super) fn log(size: u64, folder: &str) -> Option<DoctorCheck> {
    let sized = bytesize::ByteSize(size);
    let words = || {
        format!(
            "{sized} of write-ahead log: somebody has been reading the database for long, and it shrinks once \
             they are done (`fuser {folder}/ideogate.db` tells who)"
        )
    };
    (size > LARGE_LOG).then(|| DoctorCheck::doubtful("database", words()))
}

/// Looks at the space left where the data folder is, or will be.
///
/// Measured is the nearest folder above that is there.
pub(super) fn disk_of(dir: &Path, least: u64) -> DoctorCheck {
    let there = dir.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    match free_space(there) {
        Ok(free) => disk(free, least),
        Err(error) => DoctorCheck::broken("disk", format!("cannot be measured: {error}")),
    }
}

/// Looks at the space that is left.
///
/// Less than `least` is broken, and less than four times as much deserves a look.
pub(super) fn disk(free: u64, least: u64) -> DoctorCheck {
    let (left, least_shown) = (bytesize::ByteSize(free), bytesize::ByteSize(least));
    if free < least {
        let words = format!("{left} left, {least_shown} needed (`bodies.min_free`): free some");
        DoctorCheck::broken("disk", words)
    } else if free < least.saturating_mul(4) {
        DoctorCheck::doubtful("disk", format!("{left} left, {least_shown} needed"))
    } else {
        DoctorCheck::good("disk", format!("{left} left"))
    }
}

/// Looks whether the clock is behind the record in this folder, if there is one.
///
/// `None` where there is no record, or the clock is right.
pub(super) fn record_clock(dir: &Path, now: Timestamp) -> Option<DoctorCheck> {
    // A record that cannot be read is told where the record is looked at.
    let reader = Reader::open(dir).ok()?;
    let doubt = clock_doubt(&reader, now).ok().flatten()?;
    Some(DoctorCheck::broken("clock", doubt))
}

/// Returns what was seen to deserve a look.
///
/// Each is a finding of its own.
pub(super) fn warnings(all: Vec<String>) -> Vec<DoctorCheck> {
    all.into_iter().map(|words| DoctorCheck::doubtful("machine", words)).collect()
}

/// Looks at the files that the settings name, and at what the machine grants. Keys and the data folder are
/// looked at by themselves.
///
/// A mistake about the checkpoint file is broken; a doubt deserves a look.
pub(super) fn held_against(loaded: &LoadedSettings) -> Vec<DoctorCheck> {
    match loaded.check() {
        Ok(checked) => warnings(checked.doubts.now()),
        Err(mistakes) => {
            let of_file = mistakes.iter().filter(|one| one.key() == "audit.checkpoint_file");
            of_file.map(|one| DoctorCheck::broken("machine", one.to_string())).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::finding::CheckMark, *};

    #[test]
    fn a_clock_that_cannot_be_is_found() {
        assert_eq!(clock(Timestamp::from_micros(0)).mark, CheckMark::Broken);
        assert_eq!(clock(EARLIEST).mark, CheckMark::Good);
    }

    #[test]
    fn a_data_folder_that_others_may_enter_is_found() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(data_folder(dir.path()).mark, CheckMark::Good);
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o750)).unwrap();
        assert_eq!(data_folder(dir.path()).mark, CheckMark::Broken);
        assert_eq!(data_folder(&dir.path().join("later")).mark, CheckMark::Doubtful);
    }

    #[test]
    fn a_log_that_grew_too_large_is_found() {
        assert_eq!(log(LARGE_LOG, "data"), None);
        assert_eq!(log(LARGE_LOG + 1, "data").unwrap().mark, CheckMark::Doubtful);
    }

    #[test]
    fn a_full_disk_is_found_before_the_folder_is_there() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(disk_of(&dir.path().join("later"), 0).mark, CheckMark::Good);
        assert_eq!(disk_of(dir.path(), u64::MAX).mark, CheckMark::Broken);
    }
}
