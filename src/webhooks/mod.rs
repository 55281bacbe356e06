//! Webhooks of Ideogram's: whether a delivery is what it says, and of whom.
//!
//! ```text
//! headers ─▶ Claims ─┬─▶ vendor: Ed25519 over id, user, time and the body's digest, by the JWKS
//!   window           └─▶ shared: HMAC-SHA256 over the raw body, by a secret of ours
//!                                         │
//!                                         ▼
//!                                     Verified
//! ```
//!
//! Nothing is done here: what a verified delivery means for calls is told in `calls`. Keys come
//! through [`KeyFetch`], which this room cannot make: it has no way to the network, and no key of ours.

mod claims;
mod error;
mod failures;
mod headers;
mod jwks;
mod keys;
mod shared;
#[cfg(test)]
mod tests;
mod told;
mod verified;
mod verifier;

pub use claims::DeliveryClaims;
pub use error::{DeliveryRejection, FetchFailed};
pub use keys::{FetchedKeys, KeyFetch};
pub use verified::{Scheme, Verified};
pub use verifier::{SignerGroup, Verifier, VerifierOptions};
