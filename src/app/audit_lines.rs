//! `[AUDIT]` lines, for log collectors that read stdout.

use crate::{audit::AuditLine, store::Journal, tasks::Tasks};
use std::{
    fmt::{self, Display},
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::broadcast::error::RecvError;

/// Where lines about the record go; clones share it. Lines are held back at first: what waits for
/// the gateway to be ready reads the first line and must not find another one there.
#[derive(Clone)]
pub(super) struct LinesOut(Arc<Mutex<Out>>);

struct Out {
    to: Box<dyn Write + Send>,
    /// Lines that wait, until they are let out.
    held: Option<Vec<String>>,
}

impl LinesOut {
    pub(super) fn new(to: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(Out { to, held: Some(Vec::new()) })))
    }

    /// Writes one line, or keeps it until lines are let out.
    pub(super) fn write(&self, line: impl Display) -> io::Result<()> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Out { to, held } = &mut *out;
        if let Some(held) = held {
            held.push(line.to_string());
            return Ok(());
        }
        writeln!(to, "{line}")?;
        to.flush()
    }

    /// Writes the lines that waited; those that follow are written at once.
    pub(super) fn let_out(&self) -> io::Result<()> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for line in out.held.take().unwrap_or_default() {
            writeln!(out.to, "{line}")?;
        }
        out.to.flush()
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
