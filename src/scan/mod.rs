//! Finds what must not be in a tree of files or in a commit: tokens of ours, Ideogram's keys, and
//! `.env` files that git does not ignore.
//!
//! A file is read in windows. A sieve of a few short texts runs over each; only where it stops is
//! there a close look. Tokens are told from look-alikes by their checksum; keys, which have no
//! fixed shape, by the name they are assigned to and by how random they look. What is found is
//! never kept whole.

mod assigned;
mod blobs;
mod dotenv;
mod exposed;
mod finding;
mod git;
mod landmarks;
mod names;
mod place;
mod scanner;
mod secrets;
mod staged;
mod tree;
mod values;
mod windows;

#[cfg(test)]
mod tests;

pub use finding::{Certainty, Leak, ScanFinding, ScanReport, Scanned, Unread};
pub use git::GitError;
pub use scanner::{PatternError, Scanner};
pub use tree::{Ignored, Tree};
