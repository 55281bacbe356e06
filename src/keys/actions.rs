//! The names of what is put on record about keys.

/// A key was taken into service.
pub(super) const ADOPT: &str = "key.adopt";

/// Nobody uses a key any more.
pub(super) const RETIRED: &str = "key.retired";

/// A key was not taken into service.
pub(super) const REFUSED: &str = "key.refused";

/// Ideogram rejects the key in service.
pub(super) const REJECTED: &str = "key.rejected";
