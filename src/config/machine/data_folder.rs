//! Whether the data folder can be used, or made.
//!
//! The folder holds the record and paid answers, so that one that other users can enter is a mistake and no
//! doubt.

use crate::config::{field_error::FieldError, shown::EffectiveSettings};
use rustix::{
    fs::{Access, AtFlags, CWD, accessat},
    io::Errno,
};
use std::{fs, io, os::unix::fs::PermissionsExt, path::Path};

/// The setting.
const KEY: &str = "data.dir";

/// Returns what is wrong with the folder.
///
/// A folder that is not there is good if it can be made. Makes nothing.
pub(super) fn check(dir: &Path, shown: &EffectiveSettings) -> Option<FieldError> {
    problem(dir).map(|problem| about(KEY, problem, shown))
}

/// Returns a mistake about a setting as it was read.
///
/// It has the place and the value that the settings show for the key.
pub(super) fn about(key: &str, problem: String, shown: &EffectiveSettings) -> FieldError {
    let mistake = FieldError::about(key, problem);
    let Some(setting) = shown.get(key) else { return mistake };
    let mistake = mistake.at(setting.origin.clone());
    match &setting.value {
        Some(value) => mistake.with_value(value.clone()),
        None => mistake,
    }
}

/// Asks whether this process may do something, as the user that counts for files.
///
/// That is the effective user. The answer holds for now: permissions may change before the file is opened.
pub(super) fn may(path: &Path, what: Access) -> Result<(), Errno> {
    // Without the flag the real user would be asked about, but files are opened as the effective one.
    accessat(CWD, path, what, AtFlags::EACCESS)
}

/// Returns what is wrong with the folder itself: it must be a folder, closed to group and others, and
/// usable by this user.
fn problem(dir: &Path) -> Option<String> {
    let all = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
    match fs::metadata(dir) {
        Ok(found) if !found.is_dir() => Some("is no folder".to_owned()),
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            let (mode, dir) = (found.permissions().mode() & 0o777, dir.display());
            Some(format!("is open to other users (mode {mode:o}); run `chmod 700 {dir}`"))
        }
        Ok(_) => may(dir, all).err().map(|e| format!("cannot be used by this user: {e}")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => of_parent(dir),
        Err(error) => Some(format!("cannot be reached: {error}")),
    }
}

/// Returns what is wrong with the nearest folder above that is there, in which the others would be made.
fn of_parent(dir: &Path) -> Option<String> {
    let there = dir.ancestors().skip(1).find(|folder| folder.exists());
    let there = there.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let error = may(there, Access::WRITE_OK | Access::EXEC_OK).err()?;
    Some(format!("cannot be made in {} by this user: {error}", there.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_none_or_open_to_others_is_told_and_one_to_be_made_is_good() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "").unwrap();
        fs::create_dir(at("open")).unwrap();
        fs::set_permissions(at("open"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(at("own")).unwrap();
        fs::set_permissions(at("own"), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(problem(&at("own")), None);
        assert_eq!(problem(&at("later/and/deeper")), None);
        assert_eq!(problem(Path::new("no-such-folder-here")), None);
        assert!(problem(&at("file")).unwrap().contains("is no folder"));
        assert!(problem(&at("file/below")).unwrap().contains("cannot be reached"));
        assert!(problem(&at("open")).unwrap().contains("chmod 700"));
    }
}
