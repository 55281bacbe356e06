//! The door, seen from the other side: real sockets, raw bytes.

mod bodies;
mod house;
mod lifetime;
mod limits;
mod local;
mod log;
mod problem;
mod smuggling;
