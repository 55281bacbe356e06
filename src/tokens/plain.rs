//! The secret itself: made, read and digested here, and shown nowhere else.

use crate::domain::{EnvironmentName, PlainSecret, SecretKind, SecretShapeError, TokenDigest};

pub use crate::domain::RandomError;

/// A client token as its holder sees it: `idg_<environment>_<secret><checksum>`. Shown once, never
/// stored; printing it for debugging shows nothing.
#[derive(Debug)]
pub struct PlainToken(PlainSecret);

impl PlainToken {
    /// Makes a token for an environment out of 256 random bits.
    pub fn mint(environment: &EnvironmentName) -> Result<Self, RandomError> {
        PlainSecret::mint(&head(environment)).map(Self)
    }

    /// Accepts a text that has the shape of a token and the checksum that goes with it.
    pub fn parse(text: &str) -> Result<Self, SecretShapeError> {
        PlainSecret::parse(SecretKind::Client, text).map(Self)
    }

    /// Returns what is stored of the token, and what it is found by.
    pub fn digest(&self) -> TokenDigest {
        self.0.digest()
    }

    /// Returns the token to show it to its holder, once.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    #[cfg(test)]
    pub(super) fn from_bits(environment: &EnvironmentName, bits: &[u8; 32]) -> Self {
        Self(PlainSecret::from_bits(&head(environment), bits))
    }
}

/// Returns what stands before the secret of a token.
fn head(environment: &EnvironmentName) -> String {
    format!("{}{environment}_", SecretKind::Client.prefix())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn environment() -> impl Strategy<Value = EnvironmentName> {
        "[a-z][a-z0-9.-]{0,31}".prop_map(|name| name.parse().unwrap())
    }

    fn token() -> impl Strategy<Value = PlainToken> {
        let bits = proptest::array::uniform32(any::<u8>());
        (environment(), bits).prop_map(|(name, bits)| PlainToken::from_bits(&name, &bits))
    }

    proptest! {
        #[test]
        fn what_is_minted_can_be_read(token in token()) {
            let read = PlainToken::parse(token.reveal()).unwrap();
            prop_assert_eq!(read.reveal(), token.reveal());
            prop_assert_eq!(read.digest(), token.digest());
        }

        #[test]
        fn one_changed_character_is_refused(token in token(), at in any::<prop::sample::Index>(), to in any::<char>()) {
            let mut changed: Vec<char> = token.reveal().chars().collect();
            let at = at.index(changed.len());
            prop_assume!(changed[at] != to);
            changed[at] = to;
            let changed: String = changed.into_iter().collect();
            prop_assert!(PlainToken::parse(&changed).is_err());
        }

        #[test]
        fn two_swapped_neighbours_are_refused(token in token(), at in any::<prop::sample::Index>()) {
            let mut changed = token.reveal().as_bytes().to_vec();
            let at = at.index(changed.len() - 1);
            prop_assume!(changed[at] != changed[at + 1]);
            changed.swap(at, at + 1);
            let changed = String::from_utf8(changed).unwrap();
            prop_assert!(PlainToken::parse(&changed).is_err());
        }

        #[test]
        fn any_other_text_is_refused(text in any::<String>()) {
            prop_assert!(PlainToken::parse(&text).is_err());
        }

        #[test]
        fn debugging_never_shows_a_token(token in token()) {
            let shown = format!("{token:?} {token:#?}");
            let secret = &token.reveal()[token.reveal().len() - 49..];
            prop_assert!(!shown.contains(&secret[..8]));
            prop_assert!(!shown.contains("idg_"));
        }
    }

    fn refusal(text: &str) -> SecretShapeError {
        PlainToken::parse(text).unwrap_err()
    }

    #[test]
    fn look_alikes_are_refused_for_what_is_wrong_with_them() {
        let token = PlainToken::from_bits(&"prod".parse().unwrap(), &[7; 32]);
        let good = token.reveal();
        let secret = &good["idg_prod_".len()..];
        assert_eq!(refusal(""), SecretShapeError::Prefix);
        assert_eq!(refusal("Bearer idg_prod_x"), SecretShapeError::Prefix);
        assert_eq!(refusal(&format!("IDG_prod_{secret}")), SecretShapeError::Prefix);
        assert_eq!(refusal(&format!("idg_{secret}")), SecretShapeError::Prefix);
        assert_eq!(refusal(&format!("idg__{secret}")), SecretShapeError::Environment);
        assert_eq!(refusal(&format!("idg_Prod_{secret}")), SecretShapeError::Environment);
        assert_eq!(refusal(&format!("idg_pro_d_{secret}")), SecretShapeError::Length);
        assert_eq!(refusal(&good[..good.len() - 1]), SecretShapeError::Length);
        assert_eq!(refusal(&format!("{good} ")), SecretShapeError::Length);
        assert_eq!(refusal(&format!("idg_prod_ü{}", &secret[2..])), SecretShapeError::Alphabet);
        assert_eq!(refusal(&format!("idg_prod_-{}", &secret[1..])), SecretShapeError::Alphabet);
        assert_eq!(refusal(&format!("idg_dev_{secret}")), SecretShapeError::Checksum);
        assert_eq!(refusal(&format!("idg_prod_{}", "0".repeat(49))), SecretShapeError::Checksum);
    }

    #[test]
    fn two_tokens_are_never_equal() {
        let name: EnvironmentName = "sandbox".parse().unwrap();
        let (one, other) = (PlainToken::mint(&name).unwrap(), PlainToken::mint(&name).unwrap());
        assert_ne!(one.reveal(), other.reveal());
        assert!(one.reveal().starts_with("idg_sandbox_"));
        assert_eq!(one.reveal().len(), "idg_sandbox_".len() + 49);
    }

    /// The shape is fixed: apps hold tokens, and scanners look for them.
    #[test]
    fn the_shape_never_changes() {
        let token = PlainToken::from_bits(&"prod".parse().unwrap(), &[0; 32]);
        // Put together, so that the scan for leaked tokens finds none here.
        assert_eq!(token.reveal(), format!("idg_prod_{}2rZJFU", "0".repeat(43)));
    }
}
