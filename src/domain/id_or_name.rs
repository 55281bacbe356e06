//! What people write to name something: an id or a name, and never a secret by mistake.

use super::SecretKind;

/// A text that names something by its id or its name; it is no secret of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdOrName<'t>(&'t str);

/// A secret was given where the id or name of its holder is wanted. It is not in here, so that nobody
/// repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token was given where the id or name of its holder is wanted")]
pub struct MisplacedSecret;

impl<'t> IdOrName<'t> {
    /// Accepts every text that does not begin like a secret of ours, well-formed or not.
    pub fn parse(text: &'t str) -> Result<Self, MisplacedSecret> {
        match SecretKind::claimed_by(text) {
            Some(_) => Err(MisplacedSecret),
            None => Ok(Self(text)),
        }
    }

    /// Returns the text as it was written.
    pub const fn as_str(self) -> &'t str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_secret_is_no_name() {
        for secret in ["idg_prod_secret", "ido_secret", "idg_"] {
            assert_eq!(IdOrName::parse(secret), Err(MisplacedSecret));
        }
        for text in ["tok_01kaxyz", "op_1", "poster-bot", "my idg_", "IDG_prod", ""] {
            assert_eq!(IdOrName::parse(text).map(IdOrName::as_str), Ok(text));
        }
    }
}
