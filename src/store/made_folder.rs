//! Folders that are still there after the machine crashed.

use std::{
    fs::{DirBuilder, File},
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt,
    path::Path,
};

/// Makes a folder, and those above it that are missing, for this user alone. What was made is durable
/// when this returns: a record whose folder is forgotten by the disk would be lost with it.
///
/// New folders have mode 0700; those that are there already keep theirs. Two that make the same
/// folder at the same time both succeed. A folder above that may be written but not read is left
/// unsynced. Blocks.
pub fn make_folder(dir: &Path) -> io::Result<()> {
    make(dir, &mut sync)
}

fn make(dir: &Path, sync: &mut impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let above = dir.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    make(above, sync)?;
    match DirBuilder::new().mode(0o700).create(dir) {
        // Somebody else was quicker, and may not have synced it yet.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && dir.is_dir() => {}
        made => made?,
    }
    sync(above)
}

fn sync(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        // Whoever may write into a folder but not read it cannot sync it either.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        opened => opened?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{os::unix::fs::PermissionsExt, path::PathBuf};

    fn synced(dir: &Path) -> Vec<PathBuf> {
        let mut synced = Vec::new();
        make(dir, &mut |folder| {
            synced.push(folder.to_owned());
            sync(folder)
        })
        .unwrap();
        synced
    }

    #[test]
    fn the_parent_of_each_folder_that_is_made_is_synced() {
        let root = tempfile::tempdir().unwrap();
        let (a, b) = (root.path().join("a"), root.path().join("a/b"));
        assert_eq!(synced(&b.join("c")), [root.path(), &*a, &*b]);
        let mode = std::fs::metadata(&b).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(synced(&b.join("c")), [""; 0].map(PathBuf::from), "it was there");
        assert_eq!(synced(&b.join("d")), [b]);
    }

    #[test]
    fn a_file_in_the_way_is_told() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(make_folder(&file).is_err());
        assert!(make_folder(&file.join("inside")).is_err());
    }
}
