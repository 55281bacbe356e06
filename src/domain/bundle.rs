//! What is committed together, or not at all.

use super::{
    AccountName, AssertedPerson, AuditRecord, CallId, Claim, ClaimState, Delivery, EnvironmentName,
    Fingerprint, GenerationId, OnceKey, Outcome, Pause, PauseTarget, PersonId, Places, RouteName,
    SecretUse, StoredOperator, StoredPerson, StoredSegment, Timestamp, Token, TokenId, TokenSecret,
    Usd, VendorUser,
};
use serde::{Deserialize, Serialize};

/// Records and the changes they tell of; one transaction. It is written to the spill file as JSON
/// during an outage, so what is in it must be readable by the next version.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Bundle {
    /// Appended to the chain in this order.
    pub records: Vec<AuditRecord>,
    /// Applied to the tables that are derived from the records.
    pub effects: Vec<Effect>,
    /// The end user whom the records are about. Which id stands for them is filled in when the
    /// bundle is written: by then they may have been forgotten, and are somebody new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<AssertedPerson>,
}

impl Bundle {
    /// Returns a bundle of one record without effects.
    pub fn record(record: AuditRecord) -> Self {
        Self { records: vec![record], ..Self::default() }
    }

    /// Returns the bundle as one about an end user, if the app names one.
    #[must_use]
    pub fn about(self, person: Option<AssertedPerson>) -> Self {
        Self { person, ..self }
    }

    /// Returns the bundle with the id that stands for its end user, in records and effects.
    #[must_use]
    pub fn naming(mut self, person: &PersonId) -> Self {
        self.person = None;
        self.records.iter_mut().for_each(|record| record.body.name_person(person));
        for effect in &mut self.effects {
            match effect {
                Effect::OpenCall(call) => call.person = Some(person.clone()),
                Effect::CountRead(read) => read.person = Some(person.clone()),
                _ => {}
            }
        }
        self
    }

    /// Returns the bundle with one more effect.
    #[must_use]
    pub fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

/// A change to a derived table. Most of them contradict what is stored when they find nothing to
/// change, and take their bundle with them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Effect {
    /// A call is about to be sent: its places and money are taken.
    OpenCall(Box<OpenCall>),
    /// A sent call ended, or became unknown.
    CloseCall(Box<CloseCall>),
    /// A call takes an idempotency key; one that is taken already contradicts.
    Claim(Box<Claim>),
    /// A claimed call ended, and its key stays taken.
    EndClaim(CallId, ClaimState),
    /// A call gives its key back: it cost nothing, and the same request may try again.
    FreeClaim(CallId),
    /// Keys that were kept until this time at the latest are free.
    ExpireClaims(Timestamp),
    /// What a pending or unknown call cost is known at last; `None` when it never had a price.
    Settle(CallId, Option<Usd>),
    /// So many images of a call are charged. Where more were counted before, that stays.
    Images(CallId, u32),
    /// A call that could not cost anything was answered: it is counted, and no row of its own.
    CountRead(Box<ReadUse>),
    /// An answer's last byte was handed to the client.
    Delivered(CallId),
    /// The places of an unknown or pending call are free again.
    ReleasePlaces(CallId),
    /// What was charged by the price table is replaced by what Ideogram billed.
    Bill(Box<Bill>),
    /// A call that was written off has its money reserved again.
    ReserveAgain(CallId),
    /// A generation was submitted and is being worked on, or was named by a finished answer.
    SaveGeneration(Box<Generation>),
    /// A generation was seen in a terminal state.
    FinishGeneration(GenerationId, GenerationState),
    /// A token was made or changed.
    SaveToken(Box<StoredToken>),
    /// A token got another secret, or one of its secrets got another end.
    SaveSecret(TokenId, Box<TokenSecret>),
    /// Secrets that ended by this time are forgotten: they are as unknown as any other text.
    ForgetSecrets(Timestamp),
    /// An end user is known from now on; whoever writes the bundle makes this.
    SavePerson(Box<StoredPerson>),
    /// An end user is forgotten: nothing says any more who stands behind the id.
    ForgetPerson(PersonId),
    /// Secrets were last used so; earlier uses than are known change nothing.
    NoteUses(Vec<SecretUse>),
    /// Tokens that ended long ago are forgotten at this time, with their secrets; their names are kept apart.
    PruneTokens(Vec<TokenId>, Timestamp),
    /// Something is paused; what is paused already has another reason or end from now on.
    SavePause(Box<Pause>),
    /// Something takes calls again.
    EndPause(PauseTarget),
    /// An operator was made or changed; a digest comes with a new secret.
    SaveOperator(Box<StoredOperator>),
    /// A webhook ends a generation; a second one contradicts.
    KeepDelivery(Box<Delivery>),
    /// An account's webhooks name this user of the vendor's; another one contradicts.
    PinVendorUser(Box<VendorUser>),
    /// Records are in a segment of the archive folder of this name, whose file is durable and was
    /// read again whole. One that does not follow the segment before it contradicts.
    KeepSegment(Box<StoredSegment>, Box<str>),
    /// The records up to this number leave the database, of which the last has this hash. Records
    /// that no segment holds contradict.
    MoveRecords(u64, [u8; 32]),
    /// The file of the segment that begins with this record is deleted.
    DropSegment(u64, Timestamp),
    /// What is signed of the segment that begins with this record is signed by another key.
    ResignSegment(u64, Box<str>),
    /// Records that are missing are accepted as lost: no segment behind them counts any more.
    AcceptLost(Box<StoredSegment>),
    /// The database's file becomes smaller by so many pages that nothing is in, or by fewer.
    Shrink(u32),
    /// Somebody was told of it, or it was given up.
    Notified(OnceKey, Timestamp),
    /// What was told before this time is forgotten.
    ForgetNotified(Timestamp),
}

/// A token without its secrets, which have effects of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredToken {
    /// The token as it is from now on.
    pub token: Token,
}

/// A call that was recorded and may have been sent: what must survive a crash. It is written in one
/// commit with the intent, before the first byte of the call goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCall {
    /// Names the call.
    pub call: CallId,
    /// The account whose places it holds.
    pub account: AccountName,
    /// The environment that pays.
    pub environment: EnvironmentName,
    /// The token that made it.
    pub token: TokenId,
    /// The route.
    pub route: RouteName,
    /// Places held.
    pub places: Places,
    /// What makes it the same call again.
    pub fingerprint: Fingerprint,
    /// Money reserved; `None` when the route has no price.
    pub reserved: Option<Usd>,
    /// When the call was opened, before it waited: its money counts in the day and month of that
    /// time.
    pub opened_at: Timestamp,
    /// The token's owner at that time.
    #[serde(default)]
    pub owner: Option<Box<str>>,
    /// The end user, if the app names one.
    #[serde(default)]
    pub person: Option<PersonId>,
    /// The model asked for.
    #[serde(default)]
    pub model: Option<Box<str>>,
    /// The images asked for.
    #[serde(default)]
    pub asked: u32,
}

/// One answered call that could not cost anything. Of many in one hour only the number is kept, and
/// when the last of them was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadUse {
    /// The account that served it.
    pub account: AccountName,
    /// The token's environment.
    pub environment: EnvironmentName,
    /// The token that made it.
    pub token: TokenId,
    /// The token's owner at that time.
    pub owner: Option<Box<str>>,
    /// The end user, if the app names one.
    pub person: Option<PersonId>,
    /// The route.
    pub route: RouteName,
    /// When it was opened.
    pub at: Timestamp,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseCall {
    /// The call.
    pub call: CallId,
    /// How it ended.
    pub outcome: Outcome,
    /// What was charged.
    pub charged: Option<Usd>,
    /// When it ended.
    pub closed_at: Timestamp,
    /// Until when its places stay taken; `None` when they are free. The time does not free them by
    /// itself: somebody must release them then.
    pub places_until: Option<Timestamp>,
    /// Images that are charged. Where more were counted before, that stays.
    #[serde(default)]
    pub images: u32,
}

/// What Ideogram billed for a call that was charged by the price table. It is applied once, and
/// only to the charge that it was made against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// The generation that told it, which has nothing more to tell.
    pub generation: GenerationId,
    /// The call that submitted it.
    pub call: CallId,
    /// What was charged for that by the price table; anything else contradicts.
    pub before: Usd,
    /// What is charged from now on.
    pub after: Usd,
}

/// Where a generation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GenerationState {
    /// Ideogram works on it; its places are taken.
    Pending,
    /// Its result is there, and it was charged by the price table: it can still say what was billed.
    Booked,
    /// Its result is there, and nothing more is asked of it.
    Completed,
    /// It will never have a result.
    Failed,
    /// Nobody saw it end in time; its places were freed.
    Abandoned,
}

/// A generation and who may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// The vendor's identifier.
    pub id: GenerationId,
    /// The call that submitted it.
    pub call: CallId,
    /// The account it runs on.
    pub account: AccountName,
    /// The environment it belongs to.
    pub environment: EnvironmentName,
    /// The owner it belongs to; `None` means to the token alone. Other tokens of that owner may
    /// poll it too.
    pub owner: Option<Box<str>>,
    /// The token that submitted it.
    pub token: TokenId,
    /// The route it was submitted on.
    pub route: RouteName,
    /// Places held while it is pending.
    pub places: Places,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// Until when its places stay taken if nobody sees it end.
    pub places_until: Timestamp,
    /// Where it stands.
    pub state: GenerationState,
}
