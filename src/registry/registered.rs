//! What a registry keeps.

use crate::{
    domain::TokenDigest,
    store::{Reader, StoreError},
};
use std::fmt;

/// A holder of secrets as a registry keeps it; never changed, only replaced.
pub trait Registered: Clone + fmt::Debug + Send + Sync + 'static {
    /// Names it for ever.
    type Id: Clone + Ord + fmt::Debug + Send + Sync + 'static;
    /// What several are called, as in `tokens`.
    const PLURAL: &'static str;
    /// The name of the task that loads all of them again.
    const RELOAD_TASK: &'static str;

    /// Reads all of them from the store.
    fn read_all(reader: &Reader) -> Result<Vec<Self>, StoreError>;

    /// Returns its id.
    fn id(&self) -> &Self::Id;

    /// Returns the digests of the secrets by which it is found.
    fn digests(&self) -> impl Iterator<Item = TokenDigest>;

    /// Takes over what memory alone knows from the one that it replaces after a reload.
    fn resume(&self, _before: &Self) {}
}
