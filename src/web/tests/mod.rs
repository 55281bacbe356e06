//! The door, seen from the other side: real sockets, raw bytes.

#[expect(dead_code, reason = "the tests of the whole use more of it")]
#[path = "../../../tests/it/support/authority.rs"]
mod authority;
mod bodies;
mod house;
mod lifetime;
mod limits;
mod local;
mod log;
mod problem;
mod smuggling;
mod tls;
mod tls_pairs;
