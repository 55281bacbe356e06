//! Exchanging Ideogram's keys while calls run: watches, preflights, switches, drains, retires.
//!
//! ```text
//!  file changed, SIGHUP, `key rotate` ──▶ read ──▶ preflight ──▶ `key.adopt` ──▶ switch ──▶ drain
//!                                          │          │ 401, 403                              │ last call ended
//!                                          └──────────┴──▶ `key.refused`, the old one stays   ▼
//!  a call's confirmed 401 ──▶ `key.rejected` ──▶ staged key, asked once more ──▶ …   `key.retired`
//! ```
//!
//! Only this room switches. A switch is on record before it happens; a key is told to be safe to revoke
//! only after its last call ended, its connections were closed, and that is on record. What keys were
//! adopted and retired is read from the record at the start; the record knows them by a [`TagKey`]'s tag.

mod ages;
mod check_source;
mod drain;
mod key_history;
mod key_state;
mod managed_slot;
mod record;
mod room;
mod rotate;
mod start;
mod switch;
mod tag;
mod take_in;
mod verify;
mod view;
mod watch;

pub use ages::KeyAge;
pub use key_state::KeyState;
pub use managed_slot::{ManagedSlot, NextSource};
pub use room::{Keys, KeysOptions};
pub use rotate::RotateError;
pub use start::StartError;
pub use tag::TagKey;
pub use view::{KeyView, RotatedView, VerifiedView};
