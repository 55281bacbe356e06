//! The keys that calls are sent with: which one, who uses it, and whether it works.
//!
//! A [`KeySlot`] is what environments with one source of keys share. It has a current [`ServingKey`] and
//! perhaps a staged next one. Who sends holds a [`KeyUse`]; when the last is dropped, a key that is no
//! longer current can go.

mod serving;
mod slot;

pub use serving::{KeyCheck, KeyHealth, KeyUse, ServingKey};
pub use slot::KeySlot;
