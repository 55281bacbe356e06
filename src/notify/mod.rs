//! Telling somebody: signed messages to an address that the settings name.
//!
//! | word | type |
//! | --- | --- |
//! | what is to be told | [`Notice`], [`NoticeKind`] |
//! | what tells it | [`Notifier`], [`NotifyTarget`] |
//! | how it is going | [`NotifyStanding`] |
//! | the seam to the network | [`Post`] |
//!
//! Whoever has something to tell hands it over and goes on: it waits in memory, within a bound, and is sent by
//! work of its own. What cannot be delivered in an hour is given up and counted. Nothing here is in a call's
//! way.
//!
//! Messages are signed as Standard Webhooks says. What belongs to a window, a day's budget for instance, is
//! told once in it, whatever is restarted: that it was told is noted in the database. A crash between the two
//! tells it again, under the same id.

mod kind;
mod message;
mod notice;
mod notices;
mod notifier;
mod post;
mod queue;
mod records;
mod signature;
mod standing;
#[cfg(test)]
mod tests;
mod unknown_calls;

pub use kind::NoticeKind;
pub use notice::Notice;
pub use notices::SpentBudget;
pub use notifier::{Notifier, NotifyOptions, NotifyTarget};
pub use post::{Post, PostError, PostHeaders};
pub use records::follow_records;
pub use standing::NotifyStanding;
