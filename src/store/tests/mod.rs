//! The store's contract, told through its public face, and what it does when the disk fails.

mod copying;
mod crash;
pub(crate) mod faults;
pub(crate) mod fixtures;
mod full;
mod outage;
mod persons;
mod restoring;
mod search;
mod segments;
mod spill;
mod sqlite;
mod story;
mod webhooks;
