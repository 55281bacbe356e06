//! The private half: it signs, and is never shown.

use super::{
    SignedNote, VerifierKey,
    verifier_key::{ED25519_TYPE, PUBLIC_LEN, is_name},
};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{fmt, io};
use zeroize::Zeroizing;

/// Bytes of the seed that an Ed25519 key is made from.
const SEED_LEN: usize = 32;

/// What the file of a signing key begins with, as in Go's `note` package.
const PREFIX: &str = "PRIVATE+KEY+";

/// Signs notes in the name of one log. Debugging it shows the public half alone, and it cannot be
/// serialized.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

/// The text of a new key's file; wiped when it is dropped.
pub(super) type KeyText = Zeroizing<String>;

impl SigningKey {
    /// Makes a key, and with it a log that nobody knows yet. The name has 64 random bits, so that
    /// two gateways never share one. The text is what its file must hold; nothing is written here.
    pub(in crate::audit) fn make() -> io::Result<(Self, KeyText)> {
        let mut log = [0; 8];
        let mut seed = Zeroizing::new([0; SEED_LEN]);
        random(&mut log)?;
        random(&mut *seed)?;
        let name = format!("ideogate.audit/{}", hex::encode(log));
        let key = Self::of_seed(&name, &seed).ok_or_else(|| io::Error::other("no key was made"))?;
        let text = key.text(&seed);
        Ok((key, text))
    }

    /// Reads the text of a key's file; `None` when it is damaged. The name, the id and the key must
    /// belong together, so that one changed letter is found.
    pub(in crate::audit) fn of_text(text: &str) -> Option<Self> {
        // Three parts and no more: base64 has plus signs of its own.
        let mut parts = text.trim_end().strip_prefix(PREFIX)?.splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let mut bytes = Zeroizing::new([0; 3 * SEED_LEN]);
        let read = STANDARD.decode_slice(key, &mut *bytes).ok()?;
        let mut seed = Zeroizing::new([0; SEED_LEN]);
        if read != SEED_LEN + 1 || bytes[0] != ED25519_TYPE || !is_name(name) {
            return None;
        }
        seed.copy_from_slice(&bytes[1..=SEED_LEN]);
        let key = Self::of_seed(name, &seed)?;
        (hex::encode(key.verifier.id()) == id).then_some(key)
    }

    fn of_seed(name: &str, seed: &[u8; SEED_LEN]) -> Option<Self> {
        // Unchecked by the library, for the file of a key holds no public half; `of_text` compares
        // the id instead.
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public: [u8; PUBLIC_LEN] = pair.public_key().as_ref().try_into().ok()?;
        Some(Self { pair, verifier: VerifierKey::new(name, public) })
    }

    /// The capacity is reserved first, so that no piece of the text stays behind in memory.
    fn text(&self, seed: &[u8; SEED_LEN]) -> KeyText {
        let mut key = Zeroizing::new([ED25519_TYPE; SEED_LEN + 1]);
        key[1..].copy_from_slice(seed);
        let mut text = Zeroizing::new(String::with_capacity(256));
        text.push_str(PREFIX);
        text.push_str(self.verifier.name());
        text.push('+');
        text.push_str(&hex::encode(self.verifier.id()));
        text.push('+');
        STANDARD.encode_string(&key[..], &mut text);
        text.push('\n');
        text
    }

    /// Returns the public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text, which must be made of whole lines. The same text always gets the same
    /// signature, as RFC 8032 has it.
    pub(in crate::audit) fn sign(&self, text: String) -> SignedNote {
        let signature = self.pair.sign(text.as_bytes());
        SignedNote::signed(text, self.verifier.name(), self.verifier.id(), signature.as_ref())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verifier, .. } = self;
        f.debug_struct("SigningKey").field("verifier", verifier).finish_non_exhaustive()
    }
}

fn random(bytes: &mut [u8]) -> io::Result<()> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| io::Error::other("there is no randomness"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_from_its_text_and_a_damaged_text_gives_none() {
        let (key, text) = SigningKey::make().unwrap();
        let again = SigningKey::of_text(&text).unwrap();
        assert_eq!(again.verifier(), key.verifier());
        for at in 0..text.trim_end().len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(bytes).unwrap();
            assert!(SigningKey::of_text(&damaged).is_none(), "{at}");
        }
        assert!(SigningKey::of_text("").is_none());
    }

    #[test]
    fn nothing_of_the_private_half_is_shown() {
        let (key, text) = SigningKey::make().unwrap();
        let secret = text.trim_end().splitn(5, '+').last().unwrap().to_owned();
        assert!(secret.len() > 40, "the private half, which may hold a + itself");
        let shown = format!("{key:?} {}", key.verifier());
        assert!(!shown.contains(&secret) && !shown.contains("PRIVATE"), "{shown}");
    }
}
