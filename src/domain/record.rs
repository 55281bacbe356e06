//! What the audit keeps: append-only records, each about one step.

use super::{
    AccountName, Actor, CallId, EnvironmentName, ErrorCode, Fingerprint, GenerationId, OperatorId,
    Origin, PersonId, Places, Principal, RequestId, RouteName, Timestamp, TokenId, Usd, Way,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The reason of an outcome whose generation goes on: a later outcome of the call tells its end.
pub const GENERATION_PENDING: &str = "generation_pending";

/// One append-only record. The store gives it a sequence number and chains it.
///
/// Its JSON is hashed and kept as it was written, so fields are never renamed, and old records lack
/// those that came later. No prompt, picture link or idempotency key is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
// Nor are fields put in another order: what was spilled is found in the chain by its bytes, and
// would be written twice after an update.
pub struct AuditRecord {
    /// When the step happened.
    pub at: Timestamp,
    /// What was done, as in `ideogram.api.call` or `token.create`.
    pub action: Box<str>,
    /// Who did it.
    pub principal: Principal,
    /// What it was done to: a route, a token, a call.
    pub resource: Box<str>,
    /// The call it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The request at the door it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// What is particular to its kind.
    #[serde(flatten)]
    pub body: RecordBody,
}

impl OutcomeRecord {
    /// Returns an outcome of which nothing is known but how it ended, and why.
    pub fn new(outcome: Outcome, reason: impl Into<Box<str>>) -> Self {
        Self {
            outcome,
            reason: Some(reason.into()),
            status: None,
            upstream_status: None,
            charged: None,
            images: 0,
            unsafe_images: 0,
            generations: Vec::new(),
            upstream_ms: 0,
            gateway_ms: 0,
            key_redacted: false,
            user: None,
            code: None,
            of: None,
        }
    }
}

impl AuditRecord {
    /// Returns the record of a change: who made it, what was there before, and what is there now.
    pub fn change(
        at: Timestamp,
        by: impl Into<Actor>,
        action: impl Into<Box<str>>,
        resource: impl Into<Box<str>>,
        before: Value,
        after: Value,
    ) -> Self {
        let (action, resource) = (action.into(), resource.into());
        let Actor { principal, request, origin } = by.into();
        let body = RecordBody::Admin(AdminChange {
            before,
            after,
            operator: principal.operator().cloned(),
            client_addr: origin.and_then(Origin::address),
            way: origin.map(Origin::way),
        });
        Self { at, action, principal: principal.as_written(), resource, call: None, request, body }
    }

    /// Returns the id of the token that a change was made to, and its environment.
    pub fn changed_token(&self) -> Option<(&str, Option<&str>)> {
        let RecordBody::Admin(change) = &self.body else { return None };
        let environment = change.after["environment"].as_str();
        self.action.starts_with("token.").then_some((&*self.resource, environment))
    }
}

/// The kinds of records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "lowercase")]
pub enum RecordBody {
    /// A call is about to be sent.
    Intent(Box<Intent>),
    /// Ideogram refused it in a way that allows sending again.
    Attempt(Attempt),
    /// What became of a sent call.
    Outcome(Box<OutcomeRecord>),
    /// A request was refused here.
    Refusal(Box<Refusal>),
    /// An operator or the gateway changed something.
    Admin(AdminChange),
    /// Refusals that were counted instead of written.
    Summary(RefusalSummary),
}

impl RecordBody {
    /// Returns the kind as it is stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Intent(_) => "intent",
            Self::Attempt(_) => "attempt",
            Self::Outcome(_) => "outcome",
            Self::Refusal(_) => "refusal",
            Self::Admin(_) => "admin",
            Self::Summary(_) => "summary",
        }
    }

    /// Returns the end user that the record is about, by id. Attempts, changes and summaries are
    /// about none.
    pub const fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Intent(intent) => intent.user.as_ref(),
            Self::Outcome(outcome) => outcome.user.as_ref(),
            Self::Refusal(refusal) => refusal.user.as_ref(),
            Self::Attempt(_) | Self::Admin(_) | Self::Summary(_) => None,
        }
    }

    /// Says which end user the record is about. Of attempts, changes and summaries nothing is said.
    pub(super) fn name_person(&mut self, person: &PersonId) {
        let user = match self {
            Self::Intent(intent) => &mut intent.user,
            Self::Outcome(outcome) => &mut outcome.user,
            Self::Refusal(refusal) => &mut refusal.user,
            Self::Attempt(_) | Self::Admin(_) | Self::Summary(_) => return,
        };
        *user = Some(person.clone());
    }
}

/// Everything that is known before a call is sent. It is durable before the first byte of the call
/// goes out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The token used.
    pub token: TokenId,
    /// Its environment.
    pub environment: EnvironmentName,
    /// The account that is billed.
    pub account: AccountName,
    /// The route called.
    pub route: RouteName,
    /// The end user, as the app asserts it. The gateway takes the app's word for it. Only records of
    /// old have this; later ones say [`user`](Self::user).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Box<str>>,
    /// Places taken.
    pub places: Places,
    /// The upper bound of the price, reserved; `None` when the route has no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<Usd>,
    /// The version of the price table the reservation came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_version: Option<Box<str>>,
    /// What makes it the same call again.
    pub fingerprint: Fingerprint,
    /// The version of the upstream key, its last four characters. A short key has four digits of a
    /// hash in their place.
    pub key_version: Box<str>,
    /// Where the client connected from.
    pub client_addr: Box<str>,
    /// The model asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Box<str>>,
    /// The rendering speed asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<Box<str>>,
    /// Host of the webhook address, never the whole of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_host: Option<Box<str>>,
    /// How long it waited in the queue, in milliseconds.
    pub queue_ms: u64,
    /// The number of the token's secret that was presented; records of old have none and mean the
    /// first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<u32>,
    /// The end user, by the id that stands for the name which the app asserts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<PersonId>,
    /// The token's owner when the call was made; owners may change later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Box<str>>,
    /// When the call was opened, before it waited: its money counts in the day and month of that
    /// time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
}

/// One sending that Ideogram refused without billing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Ideogram's status, 429 or 401.
    pub upstream_status: u16,
    /// Why it may be sent again.
    pub reason: Box<str>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Ideogram did it.
    Success,
    /// Refused here; nothing was sent.
    Refused,
    /// Ideogram did not do it, and does not bill it.
    Failed,
    /// It was sent, and nobody can say what became of it.
    Unknown,
}

impl Outcome {
    /// Returns the outcome as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// What became of a call that was sent, or of the generation it started. A call may have several: a
/// later one corrects an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeRecord {
    /// How it ended.
    pub outcome: Outcome,
    /// Why, where the outcome alone does not say it: `crash`, `timeout`, `generation_pending`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// The status the client was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The status Ideogram gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_status: Option<u16>,
    /// What was charged; `None` when nothing is known of a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charged: Option<Usd>,
    /// Images that came out.
    #[serde(default)]
    pub images: u32,
    /// Images among them that Ideogram withheld as unsafe; they are billed.
    #[serde(default)]
    pub unsafe_images: u32,
    /// The generations the answer named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub generations: Vec<GenerationId>,
    /// How long Ideogram took, in milliseconds.
    #[serde(default)]
    pub upstream_ms: u64,
    /// How long the gateway itself took, in milliseconds.
    #[serde(default)]
    pub gateway_ms: u64,
    /// Whether Ideogram's answer held the gateway's key, which was overwritten.
    #[serde(default, skip_serializing_if = "is_false")]
    pub key_redacted: bool,
    /// The end user, where no intent of the same call says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<PersonId>,
    /// The code the client saw, where the gateway answered in Ideogram's stead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Whose read it was and of what, where no intent of the same call says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Box<ReadOf>>,
}

/// Whose read it was, and of what. A call that cannot cost anything has no intent, so its outcome says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadOf {
    /// The token used.
    pub token: TokenId,
    /// Its environment.
    pub environment: EnvironmentName,
    /// The account that served it.
    pub account: AccountName,
    /// The route called.
    pub route: RouteName,
    /// The token's owner at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Box<str>>,
    /// The version of the upstream key that it was sent with last.
    pub key_version: Box<str>,
    /// Where the client connected from.
    pub client_addr: Box<str>,
    /// How long it waited in the queue, in milliseconds.
    pub queue_ms: u64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The number of the token's secret that was presented.
    pub secret: u32,
}

/// A request that was refused here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The code the client saw.
    pub code: ErrorCode,
    /// The status the client saw.
    pub status: u16,
    /// What the client was not told, as in `token expired`.
    pub reason: Box<str>,
    /// The token, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenId>,
    /// Its environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// The route, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<RouteName>,
    /// The end user, as the app asserts it. Only records of old have this; later ones say
    /// [`user`](Self::user).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Box<str>>,
    /// Places asked for.
    #[serde(default)]
    pub places: Places,
    /// How long it waited in the queue, in milliseconds.
    #[serde(default)]
    pub queue_ms: u64,
    /// Where the client connected from.
    pub client_addr: Box<str>,
    /// The number of the token's secret that was presented, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<u32>,
    /// The end user, by the id that stands for the name which the app asserts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<PersonId>,
    /// The token's owner at that time, when the token is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Box<str>>,
}

/// A change made by an operator or by the gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdminChange {
    /// What was there.
    pub before: Value,
    /// What is there now.
    pub after: Value,
    /// Which operator made it, if one did over the network: names can be given again, ids cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
    /// Where whoever made it connected from: `socket`, or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_addr: Option<Box<str>>,
    /// By which way they came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
}

/// Refusals of one kind within a minute, beyond those written in full. The principal of its record
/// is whose refusals they were, or the gateway where they were many people's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefusalSummary {
    /// The code they share.
    pub code: ErrorCode,
    /// The route they share, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<RouteName>,
    /// When counting began.
    pub since: Timestamp,
    /// How many were counted and not written.
    pub count: u64,
}

// As serde wants it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
