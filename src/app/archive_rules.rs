//! What the settings say about old days of the record.

use crate::{
    archive::{ArchiveRules, FolderPlace},
    config::Settings,
};

/// The folder that segments are in unless the settings name another.
const USUAL: &str = "segments";

/// Returns what the settings say.
pub(super) fn archive_rules(settings: &Settings) -> ArchiveRules {
    let audit = &settings.audit;
    let usual = || FolderPlace::Usual(settings.data.dir.join(USUAL));
    ArchiveRules {
        keep: audit.keep,
        archive_keep: audit.archive_keep,
        folder: audit.archive_dir.clone().map_or_else(usual, FolderPlace::Named),
    }
}
