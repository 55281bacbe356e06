//! What review finds.
