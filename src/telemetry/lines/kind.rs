//! What a line is.

/// What a line is, and so what is missing when it is dropped. It names the series of a metric, so
/// there are only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// An event of the log.
    Log,
    /// A record, as an `[AUDIT]` line.
    Audit,
    /// A signed end of the record, as a `[CHECKPOINT]` line.
    Checkpoint,
    /// What a command says to whoever started it.
    Output,
}

impl LineKind {
    /// All kinds, in the order in which they are counted.
    pub const ALL: [Self; 4] = [Self::Log, Self::Audit, Self::Checkpoint, Self::Output];

    /// Returns the kind's name. It is what metrics and `[DROPPED]` lines call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Audit => "audit",
            Self::Checkpoint => "checkpoint",
            Self::Output => "output",
        }
    }

    /// Returns the kind's place in [`ALL`](Self::ALL).
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}
