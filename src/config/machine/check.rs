//! Everything that can be seen before the gateway runs.
//!
//! It looks and changes nothing: no folder is made, no lock taken, no address bound.

use super::{Doubts, archive_folder, checkpoint_file, data_folder};
use crate::config::{FieldError, FieldErrors, LoadedSettings, Secrets};

/// Settings that were held against the machine: the keys that were found, and what deserves a look.
///
/// The check tells how things are now; what the start does later may still fail.
#[derive(Debug)]
pub struct Checked {
    /// The keys.
    pub secrets: Secrets,
    /// What works, and deserves a look.
    pub doubts: Doubts,
}

impl LoadedSettings {
    /// Reads the keys and looks at the files that the settings name, or returns everything that is wrong with
    /// them. Changes nothing.
    ///
    /// Everything is looked at before anything is returned, so that one run tells all. Blocks while it
    /// reads files.
    pub fn check(&self) -> Result<Checked, FieldErrors> {
        let folder = data_folder::check(&self.settings.data.dir, &self.settings.shown);
        let file = checkpoint_file::check(&self.settings, &self.settings.shown);
        let archive = archive_folder::check(&self.settings, &self.settings.shown);
        let found: Vec<FieldError> = folder.into_iter().chain(file).chain(archive).collect();
        match (Secrets::load(&self.settings, &self.variables), FieldErrors::found(found)) {
            (Ok(secrets), None) => Ok(Checked { doubts: Doubts::collect(self, &secrets), secrets }),
            (Ok(_), Some(mistakes)) | (Err(mistakes), None) => Err(mistakes),
            (Err(first), Some(others)) => Err(first.and(others)),
        }
    }
}
