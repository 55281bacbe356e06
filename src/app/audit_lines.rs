//! `[AUDIT]` lines, for log collectors that read stdout.
//!
//! They are a copy for whoever reads along. Nothing waits for a line, and a line that is lost is counted.

use crate::{
    audit::AuditLine,
    store::Journal,
    tasks::Tasks,
    telemetry::{LineKind, LineSink},
};
use parking_lot::Mutex;
use std::{fmt::Display, sync::Arc};
use tokio::sync::broadcast::error::RecvError;

/// Lines that are held back at most before the gateway is ready.
/// Those beyond are counted as missed.
const MOST_HELD: usize = 4096;

/// Where lines about the record go; clones share it. Lines are held back at first: what waits for
/// the gateway to be ready reads the first line and must not find another one there.
#[derive(Debug, Clone)]
pub(super) struct LinesOut(Arc<Out>);

/// What clones share.
#[derive(Debug)]
struct Out {
    /// Where lines go.
    to: LineSink,
    /// Lines that wait, until they are let out.
    held: Mutex<Option<Vec<(LineKind, String)>>>,
}

impl LinesOut {
    /// Returns a way out that holds lines back.
    pub(super) fn new(to: LineSink) -> Self {
        Self(Arc::new(Out { to, held: Mutex::new(Some(Vec::new())) }))
    }

    /// Has one line written, or keeps it until lines are let out; never waits.
    pub(super) fn write(&self, kind: LineKind, line: impl Display) {
        let mut held = self.0.held.lock();
        match &mut *held {
            None => self.0.to.line(kind, line),
            Some(held) if held.len() < MOST_HELD => held.push((kind, line.to_string())),
            Some(_) => self.0.to.miss(kind, 1),
        }
    }

    /// Has the lines written that waited, and those that follow at once.
    ///
    /// Their order stays. To be called once the first line was printed.
    pub(super) fn let_out(&self) {
        let mut held = self.0.held.lock();
        for (kind, line) in held.take().unwrap_or_default() {
            self.0.to.line(kind, line);
        }
    }
}

/// Has each committed record written as a line until the journal ends.
///
/// In the order of the record. Where commits come faster than lines can be made, lines are missed and
/// counted, and commits never wait.
pub(super) fn write_lines(tasks: &Tasks, journal: &Journal, out: LinesOut) {
    let mut records = journal.subscribe();
    tasks.spawn_background("audit lines", async move {
        loop {
            match records.recv().await {
                Ok(record) => out.write(LineKind::Audit, AuditLine::from_record(&record)),
                // The database has them all; the lines are a copy.
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "audit lines could not keep up");
                    out.0.to.miss(LineKind::Audit, missed);
                }
                Err(RecvError::Closed) => return,
            }
        }
    });
}
