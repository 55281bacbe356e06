//! What a delivery claims in its headers, before anything is proved.

use super::{
    DeliveryRejection,
    headers::{
        GENERATION, KEY, SHARED, SHARED_TIMESTAMP, SIGNATURE, TIMESTAMP, USER, VENDOR,
        is_generation, is_name, lower_hex, needed, one, seconds,
    },
};
use crate::domain::Timestamp;
use http::HeaderMap;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// What a delivery claims in its headers; well formed, and its time is within the window.
///
/// Nothing in it is proved: anybody can write headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryClaims {
    /// By the vendor's signature.
    pub(super) vendor: Option<VendorClaims>,
    /// By a shared secret.
    pub(super) shared: Option<SharedClaims>,
}

/// What comes with the vendor's signature.
///
/// The shapes are those of Ideogram's documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VendorClaims {
    /// The generation that it speaks of.
    pub(super) generation: Box<str>,
    /// The user at Ideogram.
    pub(super) user: Box<str>,
    /// As it was written, for that is what was signed.
    pub(super) timestamp: Box<str>,
    /// The key that is said to have signed; a hint.
    pub(super) key: Box<str>,
    /// The signature of Ed25519 (RFC 8032).
    pub(super) signature: [u8; 64],
}

/// What comes with a signature by a shared secret.
///
/// It names neither a generation nor a user: these are read in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SharedClaims {
    /// The HMAC-SHA256.
    pub(super) signature: [u8; 32],
    /// When it was signed, if that is in a header.
    pub(super) timestamp: Option<Box<str>>,
}

impl DeliveryClaims {
    /// Reads the headers of a delivery that arrives at `now`.
    ///
    /// It is an error if a header is missing, comes twice or is misshapen, if the time is outside the window,
    /// and if there is no signature at all.
    pub(super) fn read(
        headers: &HeaderMap,
        now: Timestamp,
        window: Duration,
    ) -> Result<Self, DeliveryRejection> {
        let vendor = VendorClaims::read(headers, now, window)?;
        let shared = SharedClaims::read(headers, now, window)?;
        if vendor.is_none() && shared.is_none() {
            return Err(DeliveryRejection::Unsigned);
        }
        Ok(Self { vendor, shared })
    }
}

impl VendorClaims {
    fn read(
        headers: &HeaderMap,
        now: Timestamp,
        window: Duration,
    ) -> Result<Option<Self>, DeliveryRejection> {
        if !VENDOR.iter().any(|name| headers.contains_key(*name)) {
            return Ok(None);
        }
        let generation = needed(headers, GENERATION, is_generation)?;
        let user = needed(headers, USER, is_name)?;
        let timestamp = needed(headers, TIMESTAMP, |text| seconds(text).is_some())?;
        let key = needed(headers, KEY, is_name)?;
        let signature = needed(headers, SIGNATURE, is_name)?;
        let signature = lower_hex(signature).ok_or(DeliveryRejection::Misshapen(SIGNATURE))?;
        check_time(timestamp, now, window)?;
        Ok(Some(Self {
            generation: generation.into(),
            user: user.into(),
            timestamp: timestamp.into(),
            key: key.into(),
            signature,
        }))
    }

    /// Returns what was signed: three texts without line breaks, and the digest of the raw body.
    ///
    /// No two deliveries have the same message, for none of the three can hold a line break.
    pub(super) fn message(&self, body: &[u8]) -> String {
        let Self { generation, user, timestamp, .. } = self;
        format!("{generation}\n{user}\n{timestamp}\n{}", hex::encode(Sha256::digest(body)))
    }
}

impl SharedClaims {
    fn read(
        headers: &HeaderMap,
        now: Timestamp,
        window: Duration,
    ) -> Result<Option<Self>, DeliveryRejection> {
        let Some(text) = one(headers, SHARED)? else { return Ok(None) };
        // With its prefix or without, in letters of either size: many libraries sign like this,
        // each in its own way.
        let digits = text.strip_prefix("sha256=").unwrap_or(text).to_ascii_lowercase();
        let signature = lower_hex(&digits).ok_or(DeliveryRejection::Misshapen(SHARED))?;
        let timestamp = one(headers, SHARED_TIMESTAMP)?;
        if let Some(timestamp) = timestamp {
            seconds(timestamp).ok_or(DeliveryRejection::Misshapen(SHARED_TIMESTAMP))?;
            check_time(timestamp, now, window)?;
        }
        Ok(Some(Self { signature, timestamp: timestamp.map(Into::into) }))
    }
}

/// Refuses a time outside the window, before or after `now`.
fn check_time(text: &str, now: Timestamp, window: Duration) -> Result<(), DeliveryRejection> {
    let micros = seconds(text).and_then(|seconds| seconds.checked_mul(1_000_000));
    let at = micros.map(Timestamp::from_micros).ok_or(DeliveryRejection::Window)?;
    if is_within(at, now, window) { Ok(()) } else { Err(DeliveryRejection::Window) }
}

/// Says whether two times are at most `window` apart.
pub(super) fn is_within(at: Timestamp, now: Timestamp, window: Duration) -> bool {
    at.since(now).max(now.since(at)) <= window
}
