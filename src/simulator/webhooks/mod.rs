//! Webhooks: the generation is there, and its end is delivered, signed as the vendor signs.
//!
//! The vendor refuses loopback and private hosts. A stand-in on one machine would have nobody to deliver
//! to then, so [`Delivers`] says what it takes beside public addresses, and what it really sends.

mod deliver;
mod delivers;
mod send;
mod signer;
mod twist;

pub use deliver::{Parcel, Postman};
pub use delivers::Delivers;
pub use signer::{SignedAs, USER, WebhookSigner};
pub use twist::Twist;
