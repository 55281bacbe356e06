//! The stand-in for Ideogram, over real connections.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod keys;
mod misbehaviour;
mod pictures;
mod places;
mod records;
mod refusals;
mod shapes;
mod sizes;
mod vendor;
