//! The way to Ideogram against raw sockets, byte by byte.

mod fake;
mod house;
mod outcomes;
mod pooled;
mod quiet;
mod redacted;
mod requests;
mod secured;
mod uploads;
