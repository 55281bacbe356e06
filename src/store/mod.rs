//! Durable state: one writer with group commit, and readers beside it.
