//! What is public at an account's origin, read without any key.
//!
//! The client here is given none, so it cannot send one; that is why it is another than the one that
//! calls go through.

mod answer;
mod client;
#[cfg(test)]
mod tests;

pub use answer::SideAnswer;
pub use client::{SideClient, SideError};
