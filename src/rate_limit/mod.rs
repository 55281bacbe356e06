//! How many requests a minute a token may make, and how often an address may fail to be let in.
//!
//! Each token has a bucket that holds as many requests as it may make in a minute, and refills
//! evenly. A refused request takes nothing out of it.

mod attempts;
mod bucket;
mod limits;
mod state;
#[cfg(test)]
mod tests;

pub use attempts::{Attempts, NotLetIn};
pub use limits::RateLimits;
pub use state::{RateLimited, RateState};
