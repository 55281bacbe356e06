//! What was signed about the last exports, for who fetches it after the export itself.

use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};

/// Exports that are remembered.
const MOST: usize = 64;

/// The notes of the last exports by name; clones share them. They are gone with the process.
#[derive(Debug, Clone, Default)]
pub struct ExportNotes(Arc<Mutex<VecDeque<(String, String)>>>);

impl ExportNotes {
    /// Remembers what was signed about an export that came to its end.
    pub(super) fn add(&self, name: String, note: String) {
        let mut notes = self.0.lock();
        if notes.len() == MOST {
            notes.pop_front();
        }
        notes.push_back((name, note));
    }

    /// Returns what was signed about an export.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        let notes = self.0.lock();
        notes.iter().find(|(own, _)| own == name).map(|(_, note)| note.clone())
    }
}
