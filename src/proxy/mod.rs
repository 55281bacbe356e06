//! The data plane: what clients speak to.
//!
//! A request goes through stages that are types; each has only what the ones before it proved, and
//! none can be skipped:
//!
//! ```text
//! Knock ─▶ KnownCall ─▶ AllowedCall ─▶ InspectedCall ─▶ NewCall ─▶ HeldCall ─▶ (Permit) ─▶ answer
//!       whose token   route, scope   rate, body       recall     money       queue
//! ```
//!
//! Whatever refuses a request says so as a `Refused`; the door turns it into a problem for the
//! client, a record for the audit, and a count for the metrics, in one place.

mod again;
mod allowed;
mod answer;
mod counted;
mod credentials;
mod door;
mod early;
mod gateway;
mod held;
mod idempotent;
mod inspected;
mod knock;
mod known;
mod misshapen;
mod own_paths;
mod pipeline;
mod policy;
mod polled;
mod quote;
mod recalled;
mod receiving;
mod recovered;
mod refused;
mod standing;
mod waiting;
mod webhook;
mod webhook_door;
mod whoami;

pub use door::Door;
pub use gateway::{Gateway, GatewayParts, PictureShelf};
pub use standing::BudgetStanding;
pub use webhook::WEBHOOK_PATH;
pub use webhook_door::WebhookDoor;
pub use whoami::{EnvironmentLimits, LimitedSet, Rate, SecretView, WhoAmI};
