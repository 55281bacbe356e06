//! Ideogram's keys: seen, asked about, exchanged. Never the keys themselves.

pub(super) mod list;
pub(super) mod rotate;
pub(super) mod verify;

pub use rotate::KeyRotationRequest;
