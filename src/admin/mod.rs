//! The control plane: an HTTP API for operators, on the admin socket and the admin listener.
//!
//! Whoever may open the socket is an operator. Over TCP nobody is one yet, so that listener answers
//! only health and metrics. Each endpoint is a file; errors are [`Problem`] documents.

mod audit;
mod call_desk;
mod host;
mod moment;
mod peer;
mod problem;
mod queue;
mod request;
mod router;
mod settings;
mod state;
mod system;
mod tokens;
mod usage;
mod vitals;

#[cfg(test)]
pub(crate) mod tests;

pub use audit::{AuditSearch, NEXT_AFTER};
pub use call_desk::{CallDesk, DeskError, ReleaseOutcome, WriteOff};
pub use peer::Peer;
pub use problem::Problem;
pub use queue::{LaneView, PauseView, QueueAccountView, QueueView, ReleasedView};
pub use router::router;
pub use settings::{AccountView, EnvironmentView, KeyStatusView, LimitedView, RouteView};
pub use state::AdminState;
pub use system::{HealthView, openapi};
pub use tokens::{CreatedToken, LimitsView, RotatedToken, SecretView, TokenView};
pub use usage::{BalanceView, By, NewBalance, UsageSearch, UsageView, WrittenOffView};
pub use vitals::{KeyState, Vitals};
