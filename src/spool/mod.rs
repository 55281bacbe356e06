//! Bodies at rest: in memory while small, in an unlinked file when large, always within a budget.
