//! `[review]`: what an access review takes for too much.
//!
//! These bound what is told, never what a token may do: a review changes nothing.

use crate::domain::EnvironmentName;
use std::time::Duration;

/// `[review]`: what `ideogate review` takes for too much, too old or too close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// How far back it looks.
    pub window: Duration,
    /// A token that was not used for so long is idle.
    pub idle_after: Duration,
    /// A token that ends sooner than that is told of.
    pub expiring_within: Duration,
    /// A key of Ideogram's that is older is to be exchanged.
    pub key_max_age: Duration,
    /// A budget of more than so many times what was used is too large.
    pub budget_factor: u32,
    /// The environments in which nothing is to be granted by wildcard.
    pub production: Vec<EnvironmentName>,
}
