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

mod bill_queue;
mod bills;
mod claim;
mod client_guard;
mod conclude;
mod conclude_read;
mod conclusion;
mod deliveries;
mod delivery_guard;
mod echo;
mod facts;
mod fetch_error;
mod follow;
mod generation_end;
mod generations;
mod handed_over;
mod held;
mod keep;
mod money;
mod pause_list;
mod pause_request;
mod pauses;
mod prior_call;
mod ready;
mod recall;
mod recheck;
mod recover;
mod release;
mod restore;
mod send;
mod send_result;
mod sending;
mod service;
mod unsettled;
mod vendor_users;
mod webhook_event;
mod write_off;

pub use delivery_guard::DeliveryGuard;
pub use facts::AnswerFacts;
pub use fetch_error::FetchError;
pub use generations::GenerationAccess;
pub use handed_over::HandedOver;
pub use pause_request::{PauseRequest, ResumeRequest};
pub use pauses::PauseError;
pub use prior_call::{PriorCall, ReplayKind};
pub use ready::{PassedHeaders, ReadyCall};
pub use recheck::{Recheck, RecheckError};
pub use recover::{RecoverError, Recovered};
pub use release::ReleaseError;
pub use send_result::{CallSummary, Finished, SendError};
pub use service::{CallServices, Calls};
pub use webhook_event::{NoticeError, WebhookEvent, WebhookResult};
pub use write_off::{PastStep, WriteOffError};
