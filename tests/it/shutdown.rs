//! The process is asked to end.
