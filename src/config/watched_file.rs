//! Files whose content may be exchanged while the gateway runs.
//!
//! Nothing is subscribed to: whoever watches a file asks as often as it wants to know.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// A file that is looked at now and then, whichever way it is exchanged: written over, renamed into
/// place, or behind a link that is pointed elsewhere.
///
/// It looks only when it is asked, and never at the content.
#[derive(Debug)]
pub struct WatchedFile {
    /// Where it is; links are followed at each look.
    path: PathBuf,
    /// How it was at the last look; `None` if it was not there yet.
    seen: Option<Stamp>,
}

/// What changes when a file does, by its device, inode, length and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp([u64; 3], [i64; 4]);

impl WatchedFile {
    /// Watches a file from now on.
    ///
    /// A file that is not there is watched as well: it has changed once it comes.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let seen = Stamp::read(&path).ok();
        Self { path, seen }
    }

    /// Returns where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says whether the file changed since it was last looked at. A file that is gone did not: it is
    /// between its old content and its new one.
    ///
    /// Each change is told once. Blocks for a look at the file's state.
    pub fn changed(&mut self) -> bool {
        // What was seen stays, so that whatever comes into its place is a change.
        let Ok(now) = Stamp::read(&self.path) else { return false };
        self.seen.replace(now) != Some(now)
    }
}

impl Stamp {
    /// Takes the state of the file that a path leads to.
    fn read(path: &Path) -> io::Result<Self> {
        let about = fs::metadata(path)?;
        Ok(Self(
            [about.dev(), about.ino(), about.len()],
            // Both times: tools that keep the time of modification, like `cp -p`, change the other one.
            [about.mtime(), about.mtime_nsec(), about.ctime(), about.ctime_nsec()],
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changed_when_it_was_written_over_renamed_into_place_or_its_link_moved() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("one"), "1").unwrap();
        std::os::unix::fs::symlink("one", at("file")).unwrap();
        let mut file = WatchedFile::new(at("file"));
        assert!(!file.changed());
        fs::write(at("one"), "1 and more").unwrap();
        assert!(file.changed() && !file.changed());
        fs::write(at("new"), "2").unwrap();
        fs::rename(at("new"), at("one")).unwrap();
        assert!(file.changed() && !file.changed());
        fs::write(at("two"), "3").unwrap();
        std::os::unix::fs::symlink("two", at("link")).unwrap();
        fs::rename(at("link"), at("file")).unwrap();
        assert!(file.changed() && !file.changed());
    }

    #[test]
    fn a_file_that_is_gone_did_not_change_and_one_that_comes_back_did() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let mut file = WatchedFile::new(&path);
        assert!(!file.changed());
        fs::write(&path, "1").unwrap();
        assert!(file.changed());
        fs::remove_file(&path).unwrap();
        assert!(!file.changed());
    }
}
