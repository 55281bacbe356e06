//! The accounts that calls are sent to: how to reach them, with which keys, and what stops calls to them.
//!
//! An [`AccountLink`] is the way to one of them. A [`KeySlot`] is what its environments with one source of
//! keys share: a current [`ServingKey`], and perhaps a staged next one. Who sends holds a [`KeyUse`]; when
//! the last is dropped, a key that is no longer current can go. Nothing here makes a call that costs money.

mod account_link;
mod breaker;
mod key_slot;
mod service;
mod serving_key;

pub use account_link::AccountLink;
pub use breaker::{Breaker, BreakerState};
pub use key_slot::KeySlot;
pub use service::Accounts;
pub use serving_key::{KeyCheck, KeyHealth, KeyUse, ServingKey};
