//! What can be asked of a reader, and what it answers.

use crate::domain::{
    AccountName, CallId, Claim, ClaimState, EnvironmentName, ErrorCode, Fingerprint, Generation,
    OpenCall, Outcome, PersonId, RequestId, RouteName, StoredPerson, Timestamp, TokenId, Usd,
};

/// Which records; what is absent or empty does not restrict.
///
/// An `attempt` or `outcome` record matches an environment, a token or an outcome when its call does.
///
/// All that is given must hold at once; of a list, one is enough. The default asks for every
/// record, from the first on. Times are those in the records, which a clock that was set back can
/// put out of order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordQuery {
    /// Only records after this one.
    pub after_seq: Option<u64>,
    /// Only records up to this one, and only what was known of their calls by then. Which records
    /// match it does not change when later ones are appended.
    pub up_to_seq: Option<u64>,
    /// Only records of this time or later.
    pub since: Option<Timestamp>,
    /// Only records before this time.
    pub until: Option<Timestamp>,
    /// Only records of this environment.
    pub environment: Option<EnvironmentName>,
    /// Only records of this token.
    pub token: Option<TokenId>,
    /// Only records about this end user.
    pub person: Option<PersonId>,
    /// Only records of calls whose token had this owner then.
    pub owner: Option<Box<str>>,
    /// Only records of this route.
    pub route: Option<RouteName>,
    /// Only records of what the gateway answered with this code.
    pub code: Option<ErrorCode>,
    /// Only records of what clients were answered with this status.
    pub status: Option<u16>,
    /// Only records of calls that go on: they have no outcome, or their generation has no end.
    pub goes_on: bool,
    /// Only records of this request.
    pub request: Option<RequestId>,
    /// Only records of this call.
    pub call: Option<CallId>,
    /// Only records of these kinds.
    pub kinds: Vec<&'static str>,
    /// Only records of calls that ended so; a call without an end is `unknown`.
    pub outcomes: Vec<Outcome>,
    /// At most so many. It counts records, or entries where entries are asked for.
    pub limit: Option<usize>,
    /// The newest first, and the newest when there is a limit. Entries come in the chain's order
    /// all the same; there it only says which of them a limit keeps.
    pub newest_first: bool,
}

/// A name that the record may know. Names are compared to the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention<'m> {
    /// An environment.
    Environment(&'m EnvironmentName),
    /// A token.
    Token(&'m TokenId),
    /// A request at the door.
    Request(&'m RequestId),
    /// A call.
    Call(&'m CallId),
    /// An end user, also one who was forgotten.
    Person(&'m PersonId),
    /// A route that was called.
    Route(&'m RouteName),
    /// The owner of a token that made a call.
    Owner(&'m str),
}

/// An end user, and what was done on their behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonUse {
    /// Who it is.
    pub person: StoredPerson,
    /// Calls, those that were only counted too.
    pub calls: u64,
    /// When the last of them was opened.
    pub last_at: Option<Timestamp>,
}

/// A call that ended for its client, but whose places are still taken. They come free when their
/// time is up or an operator says so, never by a guess about the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacesHeld {
    /// The call.
    pub call: OpenCall,
    /// How it ended.
    pub outcome: Outcome,
    /// Until when its places stay taken; may have passed. A time that has passed frees nothing by
    /// itself.
    pub until: Timestamp,
}

/// A call whose answer may have reached nobody: an identical retry must not be sent blindly. Calls
/// with an idempotency key are not among them: those are met by their key alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsettledCall {
    /// What makes it the same call again.
    pub fingerprint: Fingerprint,
    /// The call.
    pub call: CallId,
    /// The environment that paid.
    pub environment: EnvironmentName,
    /// The token that made it.
    pub token: TokenId,
    /// `unknown`, or `success` when its answer was not delivered.
    pub outcome: Outcome,
    /// When it ended.
    pub closed_at: Timestamp,
}

/// An idempotency key that is taken. It is taken until its time is up, whatever became of the call,
/// unless the call freed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptClaim {
    /// By which call, and until when.
    pub claim: Claim,
    /// Where that call stands.
    pub state: ClaimState,
}

/// A call that was charged by the price table, and whose generation can say what was billed. What
/// it says replaces the charge once, and nothing is asked of it after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedCall {
    /// The generation.
    pub generation: Generation,
    /// When the call was opened.
    pub opened_at: Timestamp,
    /// What it was charged.
    pub charged: Usd,
    /// What was reserved for it. Where nothing was reserved it is what was charged.
    pub bound: Usd,
}

/// The spend of one UTC day on one route by one token. A call counts on the day on which it was
/// opened, whenever it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailySpend {
    /// When the day begins.
    pub day: Timestamp,
    /// The account that is billed.
    pub account: AccountName,
    /// The environment that pays.
    pub environment: EnvironmentName,
    /// The token.
    pub token: TokenId,
    /// The route.
    pub route: RouteName,
    /// Calls opened on that day.
    pub calls: u64,
    /// Places those calls took. They are added up over the day and are not how many were taken at
    /// once.
    pub places: u64,
    /// What was charged for them.
    pub charged: Usd,
    /// What is still reserved for those of them whose charge is not known and that did not fail.
    pub reserved: Usd,
}

/// What one token did on one route on one UTC day. It is made of calls that were recorded, so what
/// was refused here is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteUse {
    /// The token.
    pub token: TokenId,
    /// The route.
    pub route: RouteName,
    /// Whether the calls took places; dry runs and reads take none.
    pub takes_places: bool,
    /// When the day begins.
    pub day: Timestamp,
    /// Calls opened on that day.
    pub calls: u64,
    /// When the last of them was opened.
    pub last_at: Timestamp,
    /// What was charged for them, or is reserved while that is not known.
    pub spent: Usd,
}

/// How often a token was refused on one route for reasons other than its rights. Refusals that were
/// only counted in a summary are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedUse {
    /// The token.
    pub token: TokenId,
    /// The route.
    pub route: RouteName,
    /// Refusals on record.
    pub refusals: u64,
    /// When the last was.
    pub last_at: Timestamp,
}
