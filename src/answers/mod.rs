//! Answers that nobody has received yet, and calls whose end nobody knows.
//!
//! A call is registered before it is sent. If its client goes away, or is told that the outcome is
//! unknown, the next identical request within [`KEPT_FOR`] meets the call here instead of paying
//! again:
//!
//! ```text
//!            client gone                 finished
//! Watched ───────────────▶ Abandoned ───────────────▶ Kept ──▶ taken, once
//!    │ finished                │ unknown                 ▲            │
//!    ▼                         ▼                         │ client gone│
//! HandedOut                 Unknown ──▶ told again,      └─────── HandedOut ◀┘
//!    │ delivered                        nothing sent
//!    ▼
//! forgotten
//! ```
//!
//! Whether a client is gone is not only told: at each recall the clients of calls that are watched or handed
//! out are looked at, since the retry of a client that just hung up may be read before its goodbye is. A call
//! whose client is found gone is waited for like an abandoned one. A call looks at its own client only
//! after it was registered here, right before it is sent; why nothing falls between is told in
//! `docs/decisions/0023-a-client-is-looked-at-before-it-is-believed.md`.
//!
//! A call with an `Idempotency-Key` is met by that key alone, for 24 hours, and its answer is given out
//! as often as it is asked for:
//!
//! ```text
//!        sent          answered
//! Claim ──────▶ sent ──────────▶ Answered ──▶ replayed, any number of times
//!    │ dropped    │ dropped, unknown
//!    ▼            ▼
//!   free       Unknown ──▶ told again, nothing sent
//! ```
//!
//! What must outlive the process lies sealed on disk, one file for each answer ([`SealedAnswers`]).
//!
//! **Invariants:** an answer without a key leaves this room at most once, and one that was delivered is
//! never here. A key that was sent with is only freed on proof that nothing was billed.

mod claims;
#[cfg(test)]
mod claims_tests;
mod kept;
mod registry;
mod sealed;
mod sealed_frames;
mod sealed_key;
#[cfg(test)]
mod sealed_tests;
#[cfg(test)]
mod tests;

pub use claims::{ClaimRegistry, Claimed, KeyHeld, SentClaim};
pub use kept::{KeptAnswer, RegistryMatch};
pub use registry::{Answers, KEPT_FOR};
pub use sealed::{KeptFor, SealedAnswer, SealedAnswers, SealedError};
