//! Tokens: their shape, their snapshot in memory, their life.
//!
//! A [`PlainToken`] is seen once, by its holder. The store and the snapshot know its digest, and
//! everybody else knows the id of its [`crate::domain::Token`].

mod asked;
mod asked_limits;
mod change;
mod error;
mod extra_today;
mod known_token;
mod mandate;
mod mistakes;
mod narrower;
mod new_token;
mod notes;
mod plain;
mod production;
mod prune;
mod readings;
mod refusal;
mod request_error;
mod rotate;
mod scopes_asked;
mod secret;
mod service;
mod spending;
mod taken_names;
mod token_update;
mod update;
mod validate;
mod wider;
mod words;

#[cfg(test)]
mod tests;

pub use asked::{Asked, AskedKind};
pub use asked_limits::AskedLimits;
pub use error::TokensError;
pub use mandate::Mandate;
pub use narrower::{narrower, worse};
pub use new_token::NewToken;
pub use plain::{PlainToken, RandomError};
pub use prune::{PruneRequest, Pruned};
pub use refusal::TokenRefusal;
pub use request_error::RequestError;
pub use rotate::{DropNow, Rotated, RotationRequest};
pub use secret::{PresentedSecret, PresentedToken, SecretStanding};
pub use service::Tokens;
pub use spending::{NO_LIMIT, is_unlimited};
pub use token_update::TokenUpdate;
pub use wider::wider;
pub use words::{least_privilege_words, limited_words};
