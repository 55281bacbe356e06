//! The data plane: what clients speak to.
//!
//! A request goes through stages that are types; each has only what the ones before it proved, and
//! none can be skipped:
//!
//! ```text
//! IncomingRequest ─▶ KnownCall ─▶ AllowedCall ─▶ InspectedCall ─▶ NewCall ─▶ HeldCall ─▶ (Permit) ─▶ answer
//!             whose token  route, scope     rate, body       recall     money        queue
//! ```
//!
//! Whatever refuses a request says so as a `Rejection`; the service turns it into a problem for
//! the client, a record for the audit, and a count for the metrics, in one place.

mod allowed;
mod answer;
mod context;
mod counted;
mod credentials;
mod early;
mod gateway;
mod held;
mod idempotent;
mod incoming_request;
mod inspected;
mod known;
mod misshapen;
mod own_paths;
mod own_webhook_address;
mod pipeline;
mod polled;
mod proxy_service;
mod quote;
mod recalled;
mod recovered;
mod rejection;
mod router;
mod standing;
mod waiting;
mod webhook;
mod webhook_door;
mod whoami;

pub use gateway::{Gateway, GatewayParts, PictureShelf};
pub use router::router;
pub use standing::BudgetStanding;
pub use webhook::WEBHOOK_PATH;
pub use webhook_door::WebhookDoor;
pub use whoami::{EnvironmentLimits, LimitedSet, PresentedSecretView, Rate, WhoAmI};
