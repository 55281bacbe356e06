//! The vendor's key set: the keys in it that can verify a webhook.
//!
//! A set is a JWK set (RFC 7517), with keys for Ed25519 (RFC 8037). Keys of other kinds are passed over, not
//! refused.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

/// The most keys that are looked at; the rest of a longer set is not.
const MOST: usize = 32;

/// A public key of the vendor's.
///
/// It can verify and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VendorKey {
    /// Its name in the set.
    id: Option<Box<str>>,
    /// The public key.
    point: [u8; 32],
}

/// Members that nobody asks for are passed over.
#[derive(Deserialize)]
struct JwksDocument {
    keys: Vec<Value>,
}

/// What is read of an entry; `kty`, `crv` and `x` must be there.
#[derive(Deserialize)]
struct JwksEntry {
    kty: Box<str>,
    crv: Box<str>,
    x: Box<str>,
    #[serde(default)]
    kid: Option<Box<str>>,
    #[serde(default)]
    alg: Option<Box<str>>,
    #[serde(default, rename = "use")]
    usage: Option<Box<str>>,
    #[serde(default)]
    key_ops: Option<Vec<Box<str>>>,
    /// A private key has no business in a public set, and is nobody's to trust.
    #[serde(default)]
    d: Option<Value>,
}

/// Returns the usable keys of a document, each once; `None` when it is no key set or has none.
pub(super) fn keys(document: &[u8]) -> Option<Vec<VendorKey>> {
    let document: JwksDocument = serde_json::from_slice(document).ok()?;
    let mut keys: Vec<VendorKey> = Vec::new();
    for entry in document.keys.into_iter().take(MOST) {
        // Each by itself: an entry of another kind, or a damaged one, must not cost the whole set.
        let Some(key) = serde_json::from_value(entry).ok().and_then(VendorKey::from_entry) else {
            continue;
        };
        if !keys.iter().any(|known| known.point == key.point) {
            keys.push(key);
        }
    }
    (!keys.is_empty()).then_some(keys)
}

impl VendorKey {
    /// Returns the key of an entry; `None` where it is not for verifying Ed25519 signatures.
    fn from_entry(entry: JwksEntry) -> Option<Self> {
        let is_or_absent = |found: &Option<Box<str>>, wanted: &[&str]| {
            found.as_deref().is_none_or(|found| wanted.contains(&found))
        };
        let may_verify = entry.key_ops.is_none_or(|ops| ops.iter().any(|op| **op == *"verify"));
        let is_ours = &*entry.kty == "OKP"
            && &*entry.crv == "Ed25519"
            && is_or_absent(&entry.usage, &["sig"])
            && is_or_absent(&entry.alg, &["EdDSA", "Ed25519"])
            && may_verify
            && entry.d.is_none();
        let point = BASE64_URL_SAFE_NO_PAD.decode(&*entry.x).ok()?.try_into().ok()?;
        is_ours.then_some(Self { id: entry.kid, point })
    }

    /// Returns the key's name, where it has one.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Says whether this key made the signature.
    ///
    /// It is false for a key that is no point of the curve, too.
    pub(super) fn made(&self, signature: &[u8; 64], message: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.point).verify(message, signature).is_ok()
    }
}
