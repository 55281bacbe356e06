//! The entry that people see, in the shape the company asked for.

use crate::domain::{
    CallId, EnvironmentName, ErrorCode, GenerationId, OperatorId, Outcome, Places, Principal,
    RequestId, RouteName, Timestamp, TokenId, Usd, Way,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What happened to one call, one refused request or one change: its records, folded.
///
/// As JSON its own fields are in camel case and those of `metadata` in snake case, as the company
/// asked for. Amounts are texts in dollars, times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When it began. Of a call it is when its intent was recorded, before it was sent.
    pub timestamp: Timestamp,
    /// What was done, as in `ideogram.api.call`.
    pub action: Box<str>,
    /// Who did it. It is who began it; a change by somebody else to the same call is an entry of
    /// its own.
    pub user_id: Principal,
    /// What it was done to.
    pub resource: Box<str>,
    /// How it ended, in one word.
    pub result: EntryResult,
    /// Everything else.
    pub metadata: Metadata,
}

/// How an entry ended, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryResult {
    /// It was done.
    Success,
    /// It was refused, it failed, or nobody can say that it was done.
    Failure,
    /// It goes on: the call has no outcome yet, or the generation that it started has no end.
    Pending,
}

impl EntryResult {
    /// Returns the word for `outcome`.
    pub(super) fn from_outcome(outcome: Outcome) -> Self {
        if outcome == Outcome::Success { Self::Success } else { Self::Failure }
    }
}

/// The details of an [`Entry`]. All but [`More`] are always there, `null` when they are not known.
/// None of them ever holds a prompt or a link to a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The request at the door.
    pub request_id: Option<RequestId>,
    /// The call.
    pub call_id: Option<CallId>,
    /// The token used.
    pub token_id: Option<TokenId>,
    /// Its environment.
    pub environment: Option<EnvironmentName>,
    /// The end user, by the id that stands for whom the app named; in entries of old records as the
    /// app wrote it.
    pub on_behalf_of: Option<Box<str>>,
    /// Places taken, or asked for.
    pub places: Option<Places>,
    /// What was charged, in dollars. It is zero for what was refused here, and `None` while nothing
    /// is known.
    pub cost_usd: Option<Usd>,
    /// The status the client was given.
    pub status: Option<u16>,
    /// The status Ideogram gave last.
    pub upstream_status: Option<u16>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it waited in the queue, in milliseconds.
    pub queue_ms: Option<u64>,
    /// How long Ideogram took, in milliseconds. Of several outcomes the longest counts.
    pub upstream_ms: Option<u64>,
    /// How long the gateway itself took, in milliseconds.
    pub gateway_ms: Option<u64>,
    /// What the gateway decided: `allowed`, `in_flight` while a call has no outcome, or the code of a refusal.
    pub decision: Box<str>,
    /// The generations that the answer named.
    pub generation_ids: Vec<GenerationId>,
    /// The version of the upstream key.
    pub key_version: Option<Box<str>>,
    /// Where the client connected from.
    pub client_addr: Option<Box<str>>,
    /// The number of the record it begins with. Entries keep it for ever, whatever is appended to
    /// them.
    pub seq: u64,
    /// What is known only of some entries.
    #[serde(flatten)]
    pub more: More,
}

/// Details that only some entries have; absent otherwise.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct More {
    /// The number of the token's secret that was presented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<u32>,
    /// Why, where the outcome or the code does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// What was reserved before the call, in dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_usd: Option<Usd>,
    /// The model asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Box<str>>,
    /// The rendering speed asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<Box<str>>,
    /// The host that receives the webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_host: Option<Box<str>>,
    /// Images that came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<u32>,
    /// Images among them that Ideogram withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsafe_images: Option<u32>,
    /// How often Ideogram refused it before, without billing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_attempts: Option<u32>,
    /// `true` when Ideogram's answer held the gateway's key, which was overwritten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_redacted: Option<bool>,
    /// What was there before a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is there after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Which operator made a change, if one did over the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<OperatorId>,
    /// By which way whoever made a change came: `socket`, `tcp` or `command`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// Refusals that were counted and not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The request that was asked about, which may be one of those that were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_count: Option<RequestId>,
    /// When counting began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The route, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<RouteName>,
    /// The token's owner when the call was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Box<str>>,
    /// When the call was opened, before it waited: its money counts in the day and month of that
    /// time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// The code the client saw, where the gateway answered itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// The kind of the one record a line is about; only in `[AUDIT]` lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// The hash of the one record a line is about, in hex; only in `[AUDIT]` lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<Box<str>>,
}
