//! What could be less: the access review.

pub(super) mod search;
pub(super) mod show;

pub use search::ReviewSearch;
pub use show::{ReviewCounts, ReviewView};
