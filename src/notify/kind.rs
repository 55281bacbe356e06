//! What is told of.

/// What a notification is about. Its text is what receivers look at, and never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// A budget is used up to 80 or 100 percent.
    BudgetThreshold,
    /// What is left on an account fell below its threshold, or is used up.
    BalanceLow,
    /// Ideogram rejects a key.
    KeyRejected,
    /// A key is in service for longer than it should be.
    KeyOld,
    /// Nobody can say what became of calls.
    CallUnknown,
    /// The database or its disk fills.
    DiskLow,
    /// No call can be put on record.
    AuditUnavailable,
    /// The end of the record is not signed.
    CheckpointFailed,
    /// A token ends soon.
    TokenExpiring,
}

impl NoticeKind {
    /// Every kind there is.
    pub const ALL: [Self; 9] = [
        Self::BudgetThreshold,
        Self::BalanceLow,
        Self::KeyRejected,
        Self::KeyOld,
        Self::CallUnknown,
        Self::DiskLow,
        Self::AuditUnavailable,
        Self::CheckpointFailed,
        Self::TokenExpiring,
    ];

    /// Returns the kind as receivers see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BudgetThreshold => "budget.threshold",
            Self::BalanceLow => "balance.low",
            Self::KeyRejected => "key.rejected",
            Self::KeyOld => "key.old",
            Self::CallUnknown => "call.unknown",
            Self::DiskLow => "disk.low",
            Self::AuditUnavailable => "audit.unavailable",
            Self::CheckpointFailed => "checkpoint.failed",
            Self::TokenExpiring => "token.expiring",
        }
    }
}
