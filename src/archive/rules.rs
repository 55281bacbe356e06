//! Where old days go, and for how long.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// What the settings say about old days. It is asked for anew at each turn, so that a change of the settings
/// is in force with the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveRules {
    /// How long records stay in the database; `None` means for ever.
    pub keep: Option<Duration>,
    /// How long segments stay; `None` means for ever.
    pub archive_keep: Option<Duration>,
    /// Where segments are.
    pub folder: FolderPlace,
}

/// Where segments are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderPlace {
    /// The usual folder, which is made when it is first needed.
    Usual(PathBuf),
    /// A folder that the settings name, which must be there.
    Named(PathBuf),
}

impl FolderPlace {
    /// Returns the path.
    pub fn path(&self) -> &Path {
        match self {
            Self::Usual(path) | Self::Named(path) => path,
        }
    }
}
