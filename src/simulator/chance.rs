//! What is not to be foreseen: names and seeds.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ulid::Ulid;

/// Returns a name in the vendor's fashion.
pub(super) fn name() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Ulid::generate().to_bytes())
}

/// Returns any number.
pub(super) fn number() -> u32 {
    let [.., a, b, c, d] = Ulid::generate().to_bytes();
    u32::from_be_bytes([a, b, c, d])
}
