//! Names that people choose in settings.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A name that people chose cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a name has 1 to {longest} characters out of a-z, 0-9, '.' and '-', and starts with a letter"
)]
pub struct NameError {
    longest: usize,
}

macro_rules! name {
    ($(#[$docs:meta])* $name:ident, $longest:literal) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                if text.len() <= $longest && is_name(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(NameError { longest: $longest })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// Names an account: an Ideogram organization with its cap, balance and keys.
    AccountName, 32
);
name!(
    /// Names an environment: the limits of its tokens, pointing at an account.
    EnvironmentName, 32
);
name!(
    /// Names an entry of the route table, as in `v3.generate`.
    RouteName, 64
);
name!(
    /// Names an operator, as in `anna` or `ci.deploy`; part of the `userId` of what they do.
    OperatorName, 64
);

impl RouteName {
    /// Says whether Ideogram tells what a generation of this route was billed: the first API never does.
    pub fn tells_bills(&self) -> bool {
        self.0.starts_with("v2.")
    }
}

fn is_name(text: &str) -> bool {
    // Without an underscore, which ends an environment's name within a token.
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(allowed)
}
