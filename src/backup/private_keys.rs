//! Whether private keys leave.

/// Whether a backup holds keys of the gateway's own. Ideogram's are in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivateKeys {
    /// It does.
    Included,
    /// It does not.
    LeftOut,
}
