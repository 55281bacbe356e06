//! The shape that our secrets share, tested before any lookup.

use super::{
    EnvironmentName,
    base62::{CHECKSUM_DIGITS, SECRET_DIGITS, checksum, is_base62},
};

/// Digits of the secret with its checksum, which end every secret of ours.
const DIGITS: usize = SECRET_DIGITS + CHECKSUM_DIGITS;

/// Whom a secret of ours was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// A client: `idg_<environment>_<43 base62><6 base62 CRC-32>`.
    Client,
    /// An operator: `ido_<43 base62><6 base62 CRC-32>`.
    Operator,
}

impl SecretKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Client, Self::Operator];

    /// Returns how every secret of this kind starts.
    ///
    /// NEVER CHANGE A PREFIX: secrets in the hands of their holders, the scanners that look for
    /// leaked ones and the rules of other people's proxies all know it.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Client => "idg_",
            Self::Operator => "ido_",
        }
    }

    /// Returns the kind that a text claims to be by its start, well-formed or not.
    pub fn claimed_by(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))
    }

    /// Returns the kind of a text that has the shape of a secret of ours and the checksum that
    /// goes with it: whatever this names was made here, or by somebody who wants it to look so.
    pub fn detect(text: &str) -> Option<Self> {
        Self::claimed_by(text).filter(|kind| kind.check(text).is_ok())
    }

    /// Tests the shape and the checksum of a text that may be a secret of this kind. It costs no
    /// lookup, so a flood of mistyped texts costs little. The checksum finds slips and proves
    /// nothing.
    pub fn check(self, text: &str) -> Result<(), SecretShapeError> {
        let rest = text.strip_prefix(self.prefix()).ok_or(SecretShapeError::Prefix)?;
        check_digits(text, self.digits(rest)?)
    }

    /// Returns what follows the prefix and the environment, where there is one.
    fn digits(self, rest: &str) -> Result<&str, SecretShapeError> {
        match self {
            Self::Client => {
                // The first underscore ends the name, since names have none.
                let (environment, digits) = rest.split_once('_').ok_or(SecretShapeError::Prefix)?;
                let name = environment.parse::<EnvironmentName>();
                name.map(|_| digits).map_err(|_| SecretShapeError::Environment)
            }
            Self::Operator => Ok(rest),
        }
    }
}

fn check_digits(text: &str, digits: &str) -> Result<(), SecretShapeError> {
    if digits.len() != DIGITS {
        return Err(SecretShapeError::Length);
    }
    if !is_base62(digits) {
        return Err(SecretShapeError::Alphabet);
    }
    let (covered, given) = text.split_at(text.len() - CHECKSUM_DIGITS);
    // Need not take equal time: it is computed from what came, and tells nobody more than that.
    if checksum(crc32fast::hash(covered.as_bytes())) != *given.as_bytes() {
        return Err(SecretShapeError::Checksum);
    }
    Ok(())
}

/// A text does not have the shape of a secret of ours, so nothing is looked up for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretShapeError {
    /// It does not start like one.
    #[error("it does not start like a token: 'idg_' and an environment, or 'ido_'")]
    Prefix,
    /// The part between the prefix and the secret is no environment's name.
    #[error("the token names no environment")]
    Environment,
    /// The secret has another length.
    #[error("the token is cut off or too long")]
    Length,
    /// The secret has characters that no token has.
    #[error("the token has characters that do not belong into it")]
    Alphabet,
    /// The checksum does not fit: something was mistyped.
    #[error("the token is mistyped: its checksum does not fit")]
    Checksum,
}
