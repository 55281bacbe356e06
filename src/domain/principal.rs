//! Who acts.

use super::{OperatorId, TokenId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, net::IpAddr};

/// Who makes a call or an admin change; the `userId` of an audit entry. Its text is on record for
/// ever.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A client that presented a token.
    Token(TokenId),
    /// A client without a usable token, at an address.
    Anonymous(IpAddr),
    /// A client without a usable token, of whose address no more is kept than this: a network, or
    /// nothing.
    Somewhere(Box<str>),
    /// A local user who opened the admin socket; the peer's uid.
    LocalUser(u32),
    /// An operator, by name; and by id, where it is known. The id is not part of the text.
    Operator(Box<str>, Option<OperatorId>),
    /// The gateway itself: recovery, pollers, housekeeping.
    Gateway,
}

impl Principal {
    /// Returns the token that acts, if one does.
    pub const fn token(&self) -> Option<&TokenId> {
        match self {
            Self::Token(token) => Some(token),
            _ => None,
        }
    }

    /// Returns the operator that acts, if one does and the id is known.
    pub const fn operator(&self) -> Option<&OperatorId> {
        match self {
            Self::Operator(_, id) => id.as_ref(),
            _ => None,
        }
    }

    /// Returns who acts as a record can be read to tell it: without what its text does not hold.
    #[must_use]
    pub fn as_written(self) -> Self {
        match self {
            Self::Operator(name, _) => Self::Operator(name, None),
            other => other,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(id) => id.fmt(f),
            Self::Anonymous(address) => write!(f, "address:{address}"),
            Self::Somewhere(address) => write!(f, "address:{address}"),
            Self::LocalUser(uid) => write!(f, "uid:{uid}"),
            Self::Operator(name, _) => write!(f, "operator:{name}"),
            Self::Gateway => f.write_str("gateway"),
        }
    }
}

impl Serialize for Principal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Principal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // No text is refused: a record whose principal could not be read would fail every search
        // that meets it.
        Ok(match text.split_once(':') {
            Some(("address", rest)) => match rest.parse() {
                Ok(address) => Self::Anonymous(address),
                Err(_) => Self::Somewhere(rest.into()),
            },
            Some(("uid", rest)) => match rest.parse() {
                Ok(uid) => Self::LocalUser(uid),
                Err(_) => Self::Operator(text.into(), None),
            },
            Some(("operator", rest)) => Self::Operator(rest.into(), None),
            _ if text == "gateway" => Self::Gateway,
            _ => Self::Token(TokenId::from_stored(text)),
        })
    }
}
