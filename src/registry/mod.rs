//! A registry: all holders of secrets in memory, found by id or by the digest of a secret.
//!
//! Lookups read a snapshot and never wait. A change takes its turn, is committed, then swapped in, then
//! told to those who wait: what is in the snapshot is on record. Clients' tokens and operators are kept
//! this way; what a change means is decided by their rooms.

mod registered;
mod service;
mod snapshot;
#[cfg(test)]
mod tests;

pub use registered::Registered;
pub use service::{Registry, RegistryWriter};
pub use snapshot::RegistrySnapshot;
