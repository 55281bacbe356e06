//! Tokens: their shape, their snapshot in memory, their life.
//!
//! A [`PlainToken`] is seen once, by its holder. The store and the snapshot know its digest, and
//! everybody else knows the id of its [`crate::domain::Token`].

mod change;
mod error;
mod known_token;
mod mistakes;
mod new_token;
mod plain;
mod reduce;
mod refusal;
mod rotate;
mod secret;
mod service;
mod spending;
mod validate;
mod words;

#[cfg(test)]
mod tests;

pub use error::TokensError;
pub use new_token::{NewToken, RequestError};
pub use plain::{PlainToken, RandomError};
pub use reduce::Reduction;
pub use refusal::TokenRefusal;
pub use rotate::{DropNow, Rotated, RotationRequest};
pub use secret::{PresentedSecret, PresentedToken, SecretStanding};
pub use service::Tokens;
pub use spending::{NO_LIMIT, is_unlimited};
pub use words::{least_privilege_words, limited_words};
