//! Identifiers that the gateway hands out, each with a prefix that says what it names.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

macro_rules! identifier {
    ($(#[$docs:meta])* $name:ident, $prefix:literal) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Returns a new identifier that sorts after those of earlier milliseconds. It is a
            /// ULID in lower case: 48 bits of milliseconds, then 80 random ones. Two of one
            /// millisecond come in no order.
            pub fn random() -> Self {
                let text = Ulid::generate().to_string().to_lowercase();
                Self(format!(concat!($prefix, "{}"), text).into())
            }

            /// Accepts an identifier that was stored or sent before. Nothing of it is checked, not
            /// even the prefix.
            pub fn from_stored(text: impl Into<Box<str>>) -> Self {
                Self(text.into())
            }

            /// Returns the identifier as text, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// Names a token everywhere outside the credential itself; public, and stable over rotation.
    TokenId,
    "tok_"
);
identifier!(
    /// Names one call through the gateway, from its intent to its outcome.
    CallId,
    "call_"
);
identifier!(
    /// Names one request at the door, whether or not it became a call.
    RequestId,
    "req_"
);
identifier!(
    /// Names one operator, whatever they are called and whatever secret they hold.
    OperatorId,
    "op_"
);

identifier!(
    /// Names one end user on record, and says nothing of who that is.
    PersonId,
    "usr_"
);

impl RequestId {
    /// Returns when the id was made, to the millisecond; `None` for a text that is no id of ours.
    pub fn made_at(&self) -> Option<Timestamp> {
        let ulid = Ulid::from_string(self.0.strip_prefix("req_")?).ok()?;
        let micros = ulid.timestamp_ms().checked_mul(1000)?;
        Some(Timestamp::from_micros(i64::try_from(micros).ok()?))
    }
}

/// Names a generation at Ideogram; the vendor chooses it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenerationId(Box<str>);

impl GenerationId {
    /// Accepts the vendor's identifier as it came. Nothing is assumed of its form.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// Returns the identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
