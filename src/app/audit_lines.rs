//! `[AUDIT]` lines, for log collectors that read stdout.

use crate::{audit::AuditLine, store::Journal, tasks::Tasks};
use std::{
    fmt::{self, Display},
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::broadcast::error::RecvError;

/// Where lines about the record go; clones share it.
#[derive(Clone)]
pub(super) struct LinesOut(Arc<Mutex<Box<dyn Write + Send>>>);

impl LinesOut {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(out)))
    }

    /// Writes one line.
    pub(super) fn write(&self, line: impl Display) -> io::Result<()> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(out, "{line}")?;
        out.flush()
    }
}

impl fmt::Debug for LinesOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinesOut")
    }
}

/// Writes each committed record as a line until the journal ends.
pub(super) fn write_lines(tasks: &Tasks, journal: &Journal, out: LinesOut) {
    let mut records = journal.subscribe();
    tasks.stand("audit lines", async move {
        loop {
            match records.recv().await {
                Ok(record) => {
                    if let Err(error) = out.write(AuditLine::of(&record)) {
                        tracing::warn!(%error, "audit lines can no longer be written");
                        return;
                    }
                }
                // The database has them all; the lines are a copy.
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "audit lines could not keep up");
                }
                Err(RecvError::Closed) => return,
            }
        }
    });
}
