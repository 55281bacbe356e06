//! Answers that nobody has received yet.
