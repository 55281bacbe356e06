//! The words of the trade: values that every floor speaks of. No I/O happens here.
//!
//! | word | type |
//! | --- | --- |
//! | account, environment, route | [`AccountName`], [`EnvironmentName`], [`Route`] |
//! | token, scope, principal | [`Token`], [`Scope`], [`Principal`] |
//! | operator, role, who asks for a change | [`Operator`], [`Role`], [`Actor`] |
//! | end user | [`PersonId`], [`AssertedPerson`], [`StoredPerson`] |
//! | call, place, demand, fingerprint | [`CallId`], [`Places`], [`Demand`], [`Fingerprint`] |
//! | client | [`Client`], [`ClientState`] |
//! | claim, idempotency key | [`Claim`], [`IdempotencyKey`] |
//! | audit record, bundle | [`AuditRecord`], [`Bundle`] |
//! | money, time | [`Usd`], [`Timestamp`], [`Clock`] |

mod action;
mod actor;
mod address;
mod base62;
mod bundle;
mod claim;
mod client;
mod demand;
mod error_chain;
mod error_code;
mod fingerprint;
mod growth_limit;
mod hidden;
mod id;
mod id_or_name;
mod money;
mod name;
mod once_key;
mod operator;
mod pause;
mod person;
mod plain_secret;
mod price;
mod principal;
mod rate;
mod record;
mod route;
mod route_table;
mod scope;
mod secret_shape;
mod segment;
mod span;
mod time;
mod tls_words;
mod token;
mod token_secret;
mod webhook;

pub use action::Action;
pub use actor::{Actor, Origin, Way};
pub use address::AddressDetail;
pub use bundle::{
    Bill, Bundle, CloseCall, Effect, Generation, GenerationState, OpenCall, ReadUse, StoredToken,
};
pub use claim::{CLAIMED_FOR, Claim, ClaimKey, ClaimState, IdempotencyKey, IdempotencyKeyError};
pub use client::{Client, ClientConnection, ClientState, Unwatched};
pub use demand::{Demand, FieldValue, Places};
pub use error_chain::error_chain;
pub use error_code::ErrorCode;
pub use fingerprint::Fingerprint;
pub use growth_limit::{GrowthLimit, LEAST_MAX_SIZE, size_for_calls};
pub use hidden::{HIDDEN_WORDS, hides};
pub use id::{CallId, GenerationId, OperatorId, PersonId, RequestId, TokenId};
pub use id_or_name::{IdOrName, MisplacedSecret};
pub use money::{MoneyError, Usd};
pub use name::{AccountName, EnvironmentName, NameError, OperatorName, RouteName};
pub use once_key::OnceKey;
pub use operator::{Operator, Role, RoleError, StoredOperator};
pub use pause::{Pause, PauseTarget, PauseTargetError};
pub use person::{AssertedPerson, PersonDigest, SealedName, StoredPerson};
pub use plain_secret::{PlainSecret, RandomError};
pub use price::{PriceCondition, PricePer, PriceRow, PriceTable, Quotation};
pub use principal::Principal;
pub use rate::read_rate;
pub use record::{
    AdminChange, Attempt, AuditRecord, GENERATION_PENDING, Intent, Outcome, OutcomeRecord, ReadOf,
    RecordBody, Refusal, RefusalSummary,
};
pub use route::{
    Asynchronous, BodyKind, Cost, ModelRule, PathPattern, PathPatternError, PlacesRule, Route,
    Settlement, WebhookRule,
};
pub use route_table::{DeniedPath, RouteMatch, RouteTable};
pub use scope::{Scope, ScopeError, ScopeGrant, ScopeSet};
pub use secret_shape::{SecretKind, SecretShapeError};
pub use segment::{StoredSegment, segment_name};
pub use span::written_span;
pub use time::{Clock, SteeredClock, SystemClock, Timestamp};
pub use tls_words::{certificate_words, pem_words, tls_words};
pub use token::{ExtraBudget, Token, TokenDigest, TokenLimits, TokenState};
pub use token_secret::{SecretUse, TokenSecret};
pub use webhook::{Delivery, DeliveryDigest, VendorUser};
