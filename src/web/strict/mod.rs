//! HTTP/1.1 without a second reading.
//!
//! hyper is lenient where a proxy must not be: it drops a `Content-Length` beside a
//! `Transfer-Encoding` and merges equal repeated ones, both before a service could notice. So
//! [`StrictStream`] sits below hyper, follows the messages itself, and lets a head through only when
//! it is complete and can be read in one way. In place of a bad head hyper is given a harmless one,
//! and the [`ConnectionNotes`] tells the service above to answer the [`ProtocolFault`] instead.

mod chunks;
mod fault;
mod framer;
mod head;
mod patience;
mod stream;
mod target;
mod wire;

#[cfg(test)]
mod tests;

pub use fault::ProtocolFault;
pub(super) use patience::Timeouts;
pub(super) use stream::StrictStream;
pub(super) use wire::{ConnectionNotes, Handed};
