//! A close look at one text.

use super::{
    assigned::Assignments,
    finding::{Leak, ScanFinding, ScanReport, Scanned},
    landmarks::{Landmark, Landmarks},
    secrets,
    windows::{self, FileWindow, WindowBuffer},
};
use std::{
    io::{self, Read},
    ops::ControlFlow,
    path::Path,
};

/// The most that is told of one file: who has so many looks at the file, not at the list.
const MOST: usize = 1000;

/// Looks for what must not be there; made once, used by many threads.
///
/// It keeps nothing of what it has seen.
#[derive(Debug)]
pub struct Scanner {
    /// Where to look closely.
    landmarks: Landmarks,
    /// How keys of Ideogram's are found there.
    assignments: Assignments,
}

/// What is looked for cannot be made ready, which no input causes.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    /// The sieve cannot be built.
    #[error("the landmarks cannot be made ready")]
    Landmarks(#[from] aho_corasick::BuildError),
    /// The expression for assignments cannot be built.
    #[error("the pattern of assignments cannot be made ready")]
    Assignments(#[from] regex::Error),
}

impl Scanner {
    /// Returns a scanner.
    pub fn new() -> Result<Self, PatternError> {
        Ok(Self { landmarks: Landmarks::new()?, assignments: Assignments::new()? })
    }

    /// Looks at a stream to its end; findings carry this name as their path.
    ///
    /// Memory is bounded, whatever the length. It is an error if the source cannot be read; what was found
    /// until then is lost.
    pub fn stream(&self, name: &Path, source: impl Read) -> io::Result<ScanReport> {
        self.look(name, source, &mut WindowBuffer::new())
    }

    /// Looks at a text to its end, window by window.
    ///
    /// Of one text at most 1,000 findings are told, and a note says so.
    pub(super) fn look(
        &self,
        path: &Path,
        source: impl Read,
        room: &mut WindowBuffer,
    ) -> io::Result<ScanReport> {
        let mut findings = Vec::new();
        let bytes = windows::each(source, room, |window| {
            let leaks = window.placed(self.leaks(window));
            findings.extend(leaks.map(|(place, leak)| ScanFinding::new(path.into(), place, leak)));
            // One more than is told, so that a file with exactly that many is not said to hold more.
            if findings.len() > MOST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let mut report =
            ScanReport { scanned: Scanned { files: 1, bytes }, findings, ..ScanReport::default() };
        if report.findings.len() > MOST {
            report.findings.truncate(MOST);
            let words = format!("{}: only the first {MOST} are told of", path.display());
            report.notes.push(words);
        }
        Ok(report)
    }

    /// Returns what a window holds, and where, from its start to its end.
    fn leaks(&self, window: &FileWindow<'_>) -> Vec<(usize, Leak)> {
        let mut leaks = Vec::new();
        let mut named = Vec::new();
        for (at, mark) in self.landmarks.places(window.text) {
            match mark {
                Landmark::Vendor => named.push(at),
                _ => leaks.extend(secrets::at(window.text, at, mark).map(|leak| (at, leak))),
            }
        }
        leaks.extend(self.assignments.keys(window.text, &named));
        // The rest is seen whole by another window, which tells it.
        leaks.retain(|(at, _)| window.own.contains(at));
        // `placed` counts lines from one find to the next, so they must not go back.
        leaks.sort_by_key(|(at, _)| *at);
        leaks
    }
}
