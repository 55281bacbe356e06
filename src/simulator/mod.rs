//! A stand-in for Ideogram: it answers like the vendor, costs nothing, and misbehaves on command.
//!
//! It judges the gateway, and therefore shares none of its eyes: bodies are read, prices are known
//! and places are counted here by other means. A call passes through it like this:
//!
//! ```text
//! server  the wire remembers the head byte for byte, the body is received and written down
//! stage   a script may say that this call goes otherwise
//! request the operation is found, the key tested, the fields read and tested
//! orders  places and money are taken, time passes, the bill is written
//! server  the answer goes out, whole, slowly, in part or not at all
//! ```
//!
//! Words in a prompt steer it without a script: `unsafe-prompt` is refused by the safety check, and
//! the pictures of `withheld` are made, billed and not shown.

mod answer;
mod auth;
mod chance;
mod deeds;
mod form;
mod handle;
mod library;
mod options;
mod orders;
mod pictures;
mod polls;
mod refusal;
mod request;
mod routes;
mod seen;
mod server;
mod shapes;
mod stage;
mod vendor;
mod webhooks;
mod work;

pub use handle::Simulator;
pub use options::SimulatorOptions;
pub use orders::Occupied;
pub use pictures::Pictures;
pub use seen::{CallEnd, Seen, SeenCall};
pub use stage::{Act, Encoding, Script};
pub use webhooks::{Delivers, SignedAs, Twist, USER as WEBHOOK_USER};
