//! Whether checkpoints can be kept where the settings say.
//!
//! The file is best on another disk, where nobody who can change the record can change it too.

use super::data_folder::{about, may};
use crate::config::{field_error::FieldError, settings::Settings, shown::EffectiveSettings};
use rustix::fs::Access;
use std::{fs, io, path::Path};

/// The setting.
const KEY: &str = "audit.checkpoint_file";

/// Returns what is wrong with the file that the settings name; without one, there is nothing to look at.
///
/// Nothing is made or opened: permissions are asked for.
pub(super) fn check(settings: &Settings, shown: &EffectiveSettings) -> Option<FieldError> {
    let file = settings.audit.checkpoint_file.as_deref()?;
    let problem = problem(file, &settings.data.dir)?;
    Some(about(KEY, problem, shown))
}

/// Returns what is wrong. A file that is there must be a plain one that this user can read and write; one
/// that is not must have a folder that it can be made in.
fn problem(file: &Path, data: &Path) -> Option<String> {
    match fs::metadata(file) {
        Ok(found) if found.is_dir() => Some("is a folder, and must be a file".to_owned()),
        Ok(found) if !found.is_file() => Some("must be a plain file".to_owned()),
        Ok(_) => may(file, Access::READ_OK | Access::WRITE_OK)
            .err()
            .map(|error| format!("cannot be written by this user: {error}")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => of_folder(file, data),
        Err(error) => Some(format!("cannot be reached: {error}")),
    }
}

/// The data folder is made at the start; any other must be there.
///
/// Returns what is wrong with the folder that the file would be made in.
fn of_folder(file: &Path, data: &Path) -> Option<String> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    if folder == data {
        return None;
    }
    let shown = folder.display();
    if !folder.is_dir() {
        return Some(format!("cannot be made, for there is no folder {shown}: make it first"));
    }
    let error = may(folder, Access::WRITE_OK | Access::EXEC_OK).err()?;
    Some(format!("cannot be made in {shown} by this user: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_can_be_written_or_made_is_good_and_any_other_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let data = at("data");
        fs::write(at("there"), "").unwrap();
        for good in ["there", "new", "data/checkpoints"] {
            assert_eq!(problem(&at(good), &data), None, "{good}");
        }
        for (wrong, told) in
            [("", "is a folder"), ("none/new", "no folder"), ("there/new", "cannot be reached")]
        {
            let said = problem(&at(wrong), &data).unwrap();
            assert!(said.contains(told), "{wrong}: {said}");
        }
        assert!(problem(Path::new("/dev/null"), &data).unwrap().contains("plain file"));
    }
}
