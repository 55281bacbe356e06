//! The weighted cap and the fair queue in front of it.
//!
//! Each account has a gate: a plain state machine, told the time and free of waiting, behind a lock
//! and a thin shell that wakes callers. A call moves like this:
//!
//! ```text
//!            enter                    turn came                   ended
//! caller ─────────────▶ waiting ─────────────────▶ admitted ─────────────────▶ gone
//!           │            │  ▲                        │   │
//!    never fits,   timeout,  └───── upstream 429 ─────┘   └─ unknown or pending ─▶ held ─▶ gone
//!    queue full,   hung up,                                                    released
//!    futile,       closed
//!    closed
//! ```
//!
//! # Whose turn it is
//!
//! Environments take turns in virtual time: the one that is furthest behind its weighted share of
//! places has the turn, and pays for the places it takes. Within an environment its tokens do the
//! same with equal shares, and within a token's lane the first to come is the first to go. Whoever
//! did not wait, or could not use its turn, has saved nothing up.
//!
//! When a call does not fit into the free places, later ones that fit may overtake it, until the
//! cap's worth of places went past, or until those who overtake are that far ahead of their share:
//! or small calls would crowd out large ones for good. Then places are gathered for it. A call
//! keeps an earlier turn once it was overtaken. Some calls are not waited for and lose only time:
//!
//! * one whose token already holds its share of places: its lane pauses;
//! * one larger than what could come free, because the vendor lets less through just now or other
//!   environments' reserved places are held back: it steps aside, also for those behind it in its
//!   lane, until it could fit.
//!
//! Places that an environment reserved are held back from others while it sent a call within five
//! minutes; they shrink in proportion with the effective cap. Taking one's own reserved places
//! overtakes nobody of another environment.
//!
//! # Who need not wait
//!
//! A call that comes and cannot go at once is told so at once when its wait is clearly futile: when
//! more than twice what it allows is foretold. What is foretold errs towards letting it wait (see
//! `forecast`), and a call that waits already is never sent away by it.
//!
//! # What always holds
//!
//! 1. Places in use, held ones included, never grow past the effective cap by admitting a call.
//!    Only [`Admission::restore`] and a cap that is lowered by [`Admission::reconfigure`] may exceed it;
//!    then nobody is admitted until it fits.
//! 2. Places in use are the places of the permits that live and of the calls that are held.
//! 3. After every change nobody waits who fits, may go and need not let another go first. So no
//!    free place is left idle by a lost wake-up, and a newcomer never passes one who could go.
//! 4. At most `cap` places overtake one call, by the largest cap that there was while it waited.
//! 5. Calls of one token go in the order they came, but for one that steps aside.
//! 6. `1 <= effective cap <= cap`. An upstream 429 sets it to what else is in use; each full second
//!    without one gives one back. If nothing else is in use, nothing is sent for that second.
//! 7. A caller that is gone holds nothing: its seat is freed at once, and a permit that was on its
//!    way to it goes on to the next.
//! 8. A call to which nobody goes first is never futile, and until twenty calls have ended none is.

mod account;
mod account_gate;
mod capacity;
mod choice;
mod counters;
mod dispatch;
mod drain_rate;
mod durations;
mod effective_cap;
mod environment;
mod error;
mod forecast;
mod held;
mod holding;
mod lane;
mod options;
mod paused;
mod permit;
mod reconfigure;
mod rule;
mod service;
mod status;
#[cfg(test)]
mod tests;
mod turns;
mod wait_rule;
mod waiting;

pub use counters::AdmissionCounters;
pub use error::AdmissionError;
pub use options::{AdmissionOptions, AdmitRequest, GateOptions, LaneOptions};
pub use paused::Paused;
pub use permit::{Permit, Requeue};
pub use service::Admission;
pub use status::{AccountStatus, EnvironmentStatus};
pub use wait_rule::WaitRule;
