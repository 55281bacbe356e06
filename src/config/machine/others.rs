//! Whether other users of the machine can read a file.
//!
//! It judges modes alone: access lists of the file system are not read.

use std::{
    fs::{self, Metadata},
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// The mode bit that lets others read.
const READ: u32 = 0o004;
/// The mode bits that let the group or others write.
const WRITE: u32 = 0o022;
/// The mode bit that lets others enter a folder; shifted by three, the group's.
const ENTER: u32 = 0o001;

/// Returns what others can do with a file that holds a secret, and what to do about it.
///
/// `what` names the setting or variable that the file is for. `None` if the file is not there, or cannot be
/// looked at.
///
/// A file that its group may read is no doubt; one that its group may write is.
pub fn doubt(what: &str, path: &Path) -> Option<String> {
    let mode = mode(&fs::metadata(path).ok()?);
    let deed = match mode {
        mode if mode & WRITE != 0 => "written",
        mode if mode & READ != 0 => "read",
        _ => return None,
    };
    let shown = path.display();
    others_get_there(path).then(|| {
        format!("{what}: {shown} can be {deed} by other users (mode {mode:03o}): chmod 600 {shown}")
    })
}

/// A folder on the way that others cannot enter keeps them off, whatever the file's own mode says.
///
/// Links are followed first. What cannot be followed counts as closed.
fn others_get_there(path: &Path) -> bool {
    // A link may lead into another folder, and it is that folder that counts.
    let Ok(whole) = fs::canonicalize(path) else { return false };
    let can_enter = |folder: &Path| {
        fs::metadata(folder).is_ok_and(|about| mode(&about) & (ENTER | ENTER << 3) != 0)
    };
    whole.ancestors().skip(1).all(can_enter)
}

/// Returns the nine permission bits of a file.
fn mode(about: &Metadata) -> u32 {
    about.permissions().mode() & 0o777
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_open_to_others_unless_its_mode_or_a_folder_keeps_them_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "k").unwrap();
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        set(folder.path(), 0o755);
        for (mode, told) in [
            (0o644, Some("read")),
            (0o666, Some("written")),
            (0o660, Some("written")),
            (0o640, None),
            (0o600, None),
        ] {
            set(&path, mode);
            let said = doubt("a key", &path);
            assert_eq!(said.is_some(), told.is_some(), "{mode:o}: {said:?}");
            assert!(said.unwrap_or_default().contains(told.unwrap_or_default()));
        }
        set(&path, 0o644);
        set(folder.path(), 0o700);
        assert_eq!(doubt("a key", &path), None);
        assert_eq!(doubt("a key", &folder.path().join("none")), None);
    }
}
