//! A secret of ours as its holder sees it: made, read and digested here.

use super::{
    SecretKind, SecretShapeError, TokenDigest,
    base62::{self, CHECKSUM_DIGITS, SECRET_DIGITS},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A secret in the shape of [`SecretKind`]. Shown once, never stored; printing it for debugging
/// shows nothing.
#[derive(Debug)]
pub struct PlainSecret(SecretString);

/// The machine gives no random bits, so no secret can be made.
#[derive(Debug, thiserror::Error)]
#[error("the machine gives no random bits")]
pub struct RandomError(#[source] getrandom::Error);

impl PlainSecret {
    /// Makes a secret out of 256 random bits; `head` is what stands before them, prefix included.
    /// The bits come from the operating system.
    pub fn mint(head: &str) -> Result<Self, RandomError> {
        let mut bits = Zeroizing::new([0; 32]);
        getrandom::fill(bits.as_mut_slice()).map_err(RandomError)?;
        Ok(Self::from_bits(head, &bits))
    }

    /// Makes the secret of these bits.
    pub fn from_bits(head: &str, bits: &[u8; 32]) -> Self {
        // Exactly as large as needed: a buffer that grows leaves copies of the secret behind.
        let mut text = String::with_capacity(head.len() + SECRET_DIGITS + CHECKSUM_DIGITS);
        text.push_str(head);
        base62::write_secret(bits, &mut text);
        let checksum = base62::checksum(crc32fast::hash(text.as_bytes()));
        text.extend(checksum.map(char::from));
        Self(text.into())
    }

    /// Accepts a text that has the shape of this kind and the checksum that goes with it. Whether
    /// it opens anything is for a lookup by its digest to say.
    pub fn parse(kind: SecretKind, text: &str) -> Result<Self, SecretShapeError> {
        kind.check(text).map(|()| Self(text.into()))
    }

    /// Returns what is stored of the secret, and what it is found by.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::from_secret(self.reveal())
    }

    /// Returns the secret to show it to its holder, once.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

impl TokenDigest {
    /// Returns the digest of a text that was presented as a secret.
    pub fn from_secret(presented: &str) -> Self {
        Self::from_bytes(Sha256::digest(presented.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heads() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("ido_".to_owned()),
            "[a-z][a-z0-9.-]{0,31}".prop_map(|n| format!("idg_{n}_"))
        ]
    }

    fn secret() -> impl Strategy<Value = PlainSecret> {
        let bits = proptest::array::uniform32(any::<u8>());
        (heads(), bits).prop_map(|(head, bits)| PlainSecret::from_bits(&head, &bits))
    }

    proptest! {
        #[test]
        fn a_secret_is_of_the_kind_that_its_head_says(secret in secret()) {
            let kind = SecretKind::detect(secret.reveal()).unwrap();
            prop_assert!(secret.reveal().starts_with(kind.prefix()));
            for other in SecretKind::ALL.into_iter().filter(|other| *other != kind) {
                prop_assert!(PlainSecret::parse(other, secret.reveal()).is_err());
            }
            let read = PlainSecret::parse(kind, secret.reveal()).unwrap();
            prop_assert_eq!(read.digest(), secret.digest());
        }

        #[test]
        fn one_changed_character_is_refused(secret in secret(), at in any::<prop::sample::Index>(), to in any::<char>()) {
            let mut changed: Vec<char> = secret.reveal().chars().collect();
            let at = at.index(changed.len());
            prop_assume!(changed[at] != to);
            changed[at] = to;
            let changed: String = changed.into_iter().collect();
            prop_assert_eq!(SecretKind::detect(&changed), None);
        }

        #[test]
        fn any_other_text_is_of_no_kind(text in any::<String>()) {
            prop_assert_eq!(SecretKind::detect(&text), None);
        }

        #[test]
        fn debugging_never_shows_a_secret(secret in secret()) {
            let shown = format!("{secret:?} {secret:#?}");
            let digits = &secret.reveal()[secret.reveal().len() - 49..];
            prop_assert!(!shown.contains(&digits[..8]));
            prop_assert!(!shown.contains("ido_") && !shown.contains("idg_"));
        }
    }

    /// The shapes are fixed: people hold such secrets, and scanners look for them.
    #[test]
    fn the_shapes_never_change() {
        let operator = PlainSecret::from_bits("ido_", &[0; 32]);
        let client = PlainSecret::from_bits("idg_prod_", &[0; 32]);
        // Put together, so that the scan for leaked secrets finds none here.
        let zeros = "0".repeat(43);
        assert_eq!(operator.reveal(), format!("ido_{zeros}2dTVzm"));
        assert_eq!(client.reveal(), format!("idg_prod_{zeros}2rZJFU"));
    }

    #[test]
    fn a_secret_without_its_environment_is_no_operators() {
        let operator = PlainSecret::from_bits("ido_", &[7; 32]);
        let renamed = operator.reveal().replacen("ido_", "idg_", 1);
        assert_eq!(SecretKind::Client.check(&renamed), Err(SecretShapeError::Prefix));
        let longer = format!("{}0", operator.reveal());
        assert_eq!(SecretKind::Operator.check(&longer), Err(SecretShapeError::Length));
    }
}
