//! `[AUDIT]` lines, for log collectors that read stdout.

use crate::{audit::AuditLine, store::Journal, tasks::Tasks};
use std::io::Write;
use tokio::sync::broadcast::error::RecvError;

/// Writes each committed record as a line until the journal ends.
pub(super) fn write_lines(tasks: &Tasks, journal: &Journal, mut out: Box<dyn Write + Send>) {
    let mut records = journal.subscribe();
    tasks.stand("audit lines", async move {
        loop {
            match records.recv().await {
                Ok(record) => {
                    if let Err(error) = writeln!(out, "{}", AuditLine::of(&record)) {
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
