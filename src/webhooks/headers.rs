//! The header fields of a delivery: exactly one of each, in the one shape it has.
//!
//! Names are as Ideogram documents them; case does not count (RFC 9110, 5.1).

use super::DeliveryRejection;
use http::HeaderMap;

/// The generation.
pub(super) const GENERATION: &str = "x-ideogram-webhook-generation-id";
/// The vendor's user.
pub(super) const USER: &str = "x-ideogram-webhook-user-id";
/// When it was signed, in whole seconds since the Unix epoch.
pub(super) const TIMESTAMP: &str = "x-ideogram-webhook-timestamp";
/// Which key signed it; a hint.
/// Every key is tried.
pub(super) const KEY: &str = "x-ideogram-webhook-key-id";
/// The vendor's signature.
pub(super) const SIGNATURE: &str = "x-ideogram-webhook-signature";
/// All that the vendor's signature comes with.
pub(super) const VENDOR: [&str; 5] = [GENERATION, USER, TIMESTAMP, KEY, SIGNATURE];
/// The signature by a shared secret.
pub(super) const SHARED: &str = "x-ideogram-signature";
/// When it was signed by a shared secret, where the signature covers that.
pub(super) const SHARED_TIMESTAMP: &str = "x-ideogram-timestamp";

/// The longest name of anything.
const LONGEST: usize = 128;

/// Returns a header's value if it came, once, as visible ASCII.
///
/// It is an error if it came twice, or with anything but visible ASCII.
pub(super) fn one<'h>(
    headers: &'h HeaderMap,
    name: &'static str,
) -> Result<Option<&'h str>, DeliveryRejection> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(DeliveryRejection::Twice(name));
    }
    let text = value.to_str().ok().filter(|text| text.bytes().all(|b| b.is_ascii_graphic()));
    text.map(Some).ok_or(DeliveryRejection::Misshapen(name))
}

/// Returns a header that must be there in its shape.
pub(super) fn needed<'h>(
    headers: &'h HeaderMap,
    name: &'static str,
    is_shaped: impl FnOnce(&str) -> bool,
) -> Result<&'h str, DeliveryRejection> {
    let text = one(headers, name)?.ok_or(DeliveryRejection::Missing(name))?;
    if is_shaped(text) { Ok(text) } else { Err(DeliveryRejection::Misshapen(name)) }
}

/// Says whether a text can be a generation's name: URL-safe base64, as in our own paths.
pub(super) fn is_generation(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed)
}

/// Says whether a text can be another name of the vendor's.
pub(super) fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
}

/// Returns seconds since the Unix epoch, written in digits alone.
///
/// At most 12 digits, without a sign.
pub(super) fn seconds(text: &str) -> Option<i64> {
    // Twelve digits are enough for 30,000 years, and no number of microseconds overflows.
    let is_number = (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Returns the bytes of a signature that is written in lower-case hex and nothing else.
pub(super) fn lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let is_lower = !text.bytes().any(|b| b.is_ascii_uppercase());
    (is_lower && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(bytes)
}
