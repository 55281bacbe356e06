//! The promises, each in a file: the real server on free ports, the simulator as Ideogram, and what did
//! not happen asserted as carefully as what did.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

mod archive;
mod audit_trust;
mod backup;
mod boundaries;
mod client_gone;
mod closing_upstream;
mod commands;
mod crash;
mod credentials;
mod drift;
mod durability;
mod early;
mod free_reads;
mod full;
mod generations;
mod happy_path;
mod idempotency;
mod inspection;
mod key_rotation;
mod money;
mod names;
mod notify;
mod operators;
mod outcomes;
mod pages;
mod pausing;
mod persons;
mod policy;
mod queue;
mod quote;
mod recall;
mod redaction;
mod reload;
mod restart;
mod restore;
mod review;
mod scan;
mod service_manager;
mod shutdown;
mod sinks;
mod tls;
mod token_life;
mod token_rotation;
mod told;
mod usage;
mod usage_commands;
mod waiting;
mod wal;
mod webhooks;
