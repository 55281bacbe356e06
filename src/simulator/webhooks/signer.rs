//! The keys that deliveries are signed with.
//!
//! The scheme is Ideogram's: Ed25519 over generation, user, time and the body's SHA-256, a line each.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// The user that deliveries are of.
pub const USER: &str = "simulated-user";

/// Signs deliveries, and publishes what they are verified with.
///
/// Keys are made anew in every process and never stored.
#[derive(Debug)]
pub struct WebhookSigner(Mutex<Vec<Ed25519KeyPair>>);

/// What a delivery is signed as.
#[derive(Debug, Clone, Copy)]
pub struct SignedAs<'a> {
    /// The generation.
    pub generation: &'a str,
    /// The user.
    pub user: &'a str,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
}

impl WebhookSigner {
    /// Returns a signer with a key of its own.
    ///
    /// Where the system gives no randomness it has none, and signs with an empty signature.
    pub fn new() -> Self {
        Self(Mutex::new(Ed25519KeyPair::generate().into_iter().collect()))
    }

    /// Lends the keys, the oldest first.
    fn lock(&self) -> MutexGuard<'_, Vec<Ed25519KeyPair>> {
        self.0.lock()
    }

    /// Signs with a new key from now on; the old ones stay published.
    pub fn rotate(&self) {
        self.lock().extend(Ed25519KeyPair::generate());
    }

    /// Returns all public keys.
    ///
    /// They are a JWK set (RFC 7517) of keys for Ed25519 (RFC 8037).
    pub fn published(&self) -> Json {
        let pairs = self.lock();
        let key = |(number, pair): (usize, &Ed25519KeyPair)| {
            json!({"kty": "OKP", "crv": "Ed25519", "kid": name(number + 1), "alg": "EdDSA",
                "use": "sig", "x": BASE64_URL_SAFE_NO_PAD.encode(pair.public_key())})
        };
        json!({"keys": pairs.iter().enumerate().map(key).collect::<Vec<_>>()})
    }

    /// Returns the headers of a delivery with this body.
    ///
    /// The newest key signs. The signature is in lower-case hexadecimal.
    pub fn headers(&self, signed: SignedAs<'_>, body: &[u8]) -> Vec<(&'static str, String)> {
        let SignedAs { generation, user, at } = signed;
        let digest = hex::encode(Sha256::digest(body));
        let pairs = self.lock();
        let sign = |pair: &Ed25519KeyPair| {
            pair.sign(format!("{generation}\n{user}\n{at}\n{digest}").as_bytes())
        };
        let signature = pairs.last().map(|pair| hex::encode(sign(pair).as_ref()));
        vec![
            ("x-ideogram-webhook-generation-id", generation.to_owned()),
            ("x-ideogram-webhook-user-id", user.to_owned()),
            ("x-ideogram-webhook-timestamp", at.to_string()),
            ("x-ideogram-webhook-key-id", name(pairs.len())),
            ("x-ideogram-webhook-signature", signature.unwrap_or_default()),
        ]
    }
}

/// Returns the name of a key, counted from 1.
fn name(number: usize) -> String {
    format!("simulator-{number}")
}
