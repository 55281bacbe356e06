//! A token as the gateway knows it; its secret is not here, only a digest of it is ever kept.

use super::{EnvironmentName, ScopeSet, Timestamp, TokenId, Usd};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{collections::BTreeMap, fmt, time::Duration};
use utoipa::ToSchema;

/// The SHA-256 of a token's secret, which is all the store ever sees. A secret has 256 random bits,
/// so a digest without a salt cannot be searched for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Accepts a finished digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Serialize for TokenDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for TokenDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(D::Error::custom)?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

/// Whether a token may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenState {
    /// In use until it expires.
    Enabled,
    /// Refused until it is enabled again.
    Disabled,
    /// Refused for ever.
    Revoked,
}

impl TokenState {
    /// Returns how people are told of it at `now`: an end that passed counts more than being switched
    /// off, and less than being revoked.
    pub fn word_at(self, now: Timestamp, expires_at: Timestamp) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Enabled | Self::Disabled if expires_at <= now => "expired",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
        }
    }
}

/// What a token may do and has been given; budgets, limits and history hang on its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Names the token everywhere.
    pub id: TokenId,
    /// What its makers call it.
    pub name: Box<str>,
    /// Who answers for it; generations are shared between tokens of one owner.
    pub owner: Option<Box<str>>,
    /// The environment whose limits, account and key it uses.
    pub environment: EnvironmentName,
    /// What it was granted.
    pub scopes: ScopeSet,
    /// Whether it may be used.
    pub state: TokenState,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// Narrower limits than the environment's.
    pub limits: TokenLimits,
    /// Whether it was said that no budget of its own shall limit it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlimited: bool,
    /// What it may spend in one UTC day beyond its daily budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<ExtraBudget>,
    /// When it was revoked; absent for what was revoked before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// Free words of its makers.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// An amount that one UTC day's budget is larger by. It ends with its day, without anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraBudget {
    /// When that day begins.
    pub day: Timestamp,
    /// The amount, in dollars.
    pub amount: Usd,
}

impl Token {
    /// Returns when it ended or will end: when it was revoked or when it expires, whichever comes first. What was
    /// revoked before that was kept counts from its expiry.
    pub fn ended_at(&self) -> Timestamp {
        self.revoked_at.map_or(self.expires_at, |revoked| revoked.min(self.expires_at))
    }

    /// Returns what it may spend beyond its daily budget in the UTC day of `at`.
    pub fn extra_at(&self, at: Timestamp) -> Option<Usd> {
        self.extra.filter(|extra| extra.day == at.utc_day()).map(|extra| extra.amount)
    }

    /// Returns the most that it may spend in the UTC day of `at`.
    pub fn daily_budget_at(&self, at: Timestamp) -> Option<Usd> {
        let extra = self.extra_at(at).unwrap_or_default();
        self.limits.daily_budget.map(|budget| budget.plus(extra))
    }
}

/// Limits of one token; what is absent or empty is not limited here. They can only narrow what the
/// environment allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
// A limit that is not known here, as after a step back, must not be passed over: the token would be
// wider than it was made.
#[serde(default, deny_unknown_fields)]
pub struct TokenLimits {
    /// The most images one call may ask for.
    pub max_images: Option<u32>,
    /// The most places the token may hold at once.
    pub max_places: Option<u32>,
    /// The most requests a minute.
    pub requests_per_minute: Option<u32>,
    /// The longest wait in the queue.
    #[serde(with = "optional_duration")]
    #[schema(value_type = Option<String>)]
    pub queue_timeout: Option<Duration>,
    /// The most spend in a UTC day, in dollars.
    #[schema(value_type = Option<String>)]
    pub daily_budget: Option<Usd>,
    /// The most spend in a UTC month, in dollars.
    #[schema(value_type = Option<String>)]
    pub monthly_budget: Option<Usd>,
    /// The models it may name; empty means all.
    pub models: Vec<String>,
    /// The rendering speeds it may name; empty means all.
    pub speeds: Vec<String>,
    /// The hosts that may receive webhooks; empty means none.
    pub webhook_hosts: Vec<String>,
    /// The hosts that `image_urls` may point to; empty means all.
    pub image_hosts: Vec<String>,
    /// The addresses it may be used from; empty means all.
    #[schema(value_type = Vec<String>)]
    pub cidrs: Vec<IpNet>,
}

mod optional_duration {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::time::Duration;

    #[expect(clippy::ref_option, reason = "serde passes the field by reference")]
    pub(super) fn serialize<S: Serializer>(
        span: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match span {
            Some(span) => serializer.serialize_str(&crate::domain::written_span(*span)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| humantime::parse_duration(&text).map_err(D::Error::custom)).transpose()
    }
}
