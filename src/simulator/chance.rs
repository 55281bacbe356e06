//! What is not to be foreseen: names and seeds.
//!
//! Nothing here protects anything: a name has to be new, not secret.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ulid::Ulid;

/// Returns a name in the vendor's fashion.
///
/// It has 22 characters of base64 for URLs.
pub(super) fn name() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Ulid::generate().to_bytes())
}

/// Returns any number.
///
/// It decides a seed where none is asked for.
pub(super) fn number() -> u32 {
    let [.., a, b, c, d] = Ulid::generate().to_bytes();
    u32::from_be_bytes([a, b, c, d])
}
