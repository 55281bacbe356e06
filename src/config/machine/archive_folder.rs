//! Whether old records can be moved where the settings say.

use super::data_folder::{about, may};
use crate::config::{field_error::FieldError, settings::Settings, shown::EffectiveSettings};
use rustix::{fs::Access, process::geteuid};
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

/// The setting.
const KEY: &str = "audit.archive_dir";

/// Returns what is wrong with the folder that the settings name; the usual one is made when it is needed.
///
/// Nothing is made: a folder that is not there may be a disk that is not mounted.
pub(super) fn check(settings: &Settings, shown: &EffectiveSettings) -> Option<FieldError> {
    let folder = settings.audit.archive_dir.as_deref()?;
    let problem = problem(folder, &settings.data.dir)?;
    Some(about(KEY, problem, shown))
}

/// Returns what is wrong: it must be a folder of this user alone, and not the data folder itself.
fn problem(folder: &Path, data: &Path) -> Option<String> {
    let found = match fs::metadata(folder) {
        Ok(found) => found,
        Err(error) => {
            return Some(format!("cannot be reached: {error}; make it, or mount its disk"));
        }
    };
    if !found.is_dir() {
        return Some("is no folder".to_owned());
    }
    if found.uid() != geteuid().as_raw() {
        return Some(format!("belongs to user {}, not to this one", found.uid()));
    }
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let shown = folder.display();
        return Some(format!("is open to other users (mode {mode:o}); run `chmod 700 {shown}`"));
    }
    if fs::canonicalize(folder).ok() == fs::canonicalize(data).ok() {
        return Some("is the data folder: give it a folder of its own".to_owned());
    }
    let all = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
    may(folder, all).err().map(|error| format!("cannot be used by this user: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_open_to_others_is_a_mistake_and_so_is_one_that_is_not_there_or_the_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (name, mode) in [("own", 0o700), ("open", 0o750), ("data", 0o700)] {
            fs::create_dir(at(name)).unwrap();
            fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        fs::write(at("file"), "").unwrap();
        assert_eq!(problem(&at("own"), &at("data")), None);
        for (wrong, told) in [
            ("open", "chmod 700"),
            ("none", "mount its disk"),
            ("file", "is no folder"),
            ("data", "is the data folder"),
        ] {
            let said = problem(&at(wrong), &at("data")).unwrap();
            assert!(said.contains(told), "{wrong}: {said}");
        }
    }
}
