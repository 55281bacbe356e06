//! One call from its commit to its answer: where the services meet.
//!
//! # The states of a sent call
//!
//! ```text
//!  ReadyCall + Permit
//!        │ checked again: token, key, pause
//!        ▼                        journal refuses
//!   commit intent ───────────────────────────────▶ 503, nothing sent, places free
//!        │ SendWarrant
//!        ▼            client gone, which is looked at after twins can find the call
//!   may be sent ─────────────────▶ outcome `failed`, nothing sent, places free
//!        │ warrant consumed
//!        ▼            429: attempt recorded, warrant and seat back, waits at the head of its lane
//!    at Ideogram ◀───────────────▶ refused for now
//!        │            401, confirmed, and another key is there: attempt recorded, sent with that, once
//!        │ answer complete, or nobody knows
//!        ▼
//!   commit outcome ──▶ answer released to the client, or kept for an identical retry
//! ```
//!
//! From the commit on, the call runs in a task of its own: a client that hangs up changes who gets the
//! answer, never whether the call is finished and recorded. What a crash leaves behind at each point
//! is told in the crash-point table of the crate's front page.
//!
//! **Invariants:** a warrant is spent on at most one sending that Ideogram accepted; an answer goes out
//! only after its outcome is durable or spilled; places are freed only on proof.

mod again;
mod bills;
mod breaker;
mod claim;
mod conclude;
mod desk;
mod echo;
mod ending;
mod facts;
mod follow;
mod generation_end;
mod generations;
mod handed_over;
mod held;
mod keep;
mod keys;
mod line;
mod money;
mod noticed;
mod outcome;
mod presence;
mod ready;
mod recall;
mod receipt;
mod recover;
mod restore;
mod send;
mod sending;
mod unsettled;
mod vendor_users;
mod write_off;

pub use again::{Reduced, StillAllowed};
pub use breaker::{Breaker, BreakerState};
pub use claim::{Claiming, FetchError};
pub use desk::ReleaseError;
pub use ending::{CallSummary, Finished, SendError};
pub use facts::AnswerFacts;
pub use generations::GenerationAccess;
pub use handed_over::HandedOver;
pub use keys::{Asked, KeyHealth, KeySlot, KeyUse, ServingKey};
pub use line::{Line, Lines};
pub use noticed::{Notice, NoticeError, Noticed};
pub use ready::{PassedHeaders, ReadyCall};
pub use recall::Recall;
pub use receipt::Receipt;
pub use recover::{RecoverError, Recovered};
pub use send::{Calls, Services};
pub use write_off::{PastStep, WriteOffError};
