//! The cap holds, and the wait is fair.
