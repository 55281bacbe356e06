//! What is read and sent without any key: public documents of an account's origin, messages to operators.
//!
//! The client here is given none, so it cannot send one; that is why it is another than the one that
//! calls go through.

mod answer;
mod client;
mod post;
#[cfg(test)]
mod tests;

pub use answer::SideAnswer;
pub use client::{SideClient, SideError};
pub use post::SidePost;
