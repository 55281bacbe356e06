//! The queue: seen, paused, freed by hand.

pub(super) mod pause;
pub(super) mod release;
pub(super) mod status;

pub use pause::{PauseView, PausedView};
pub use release::ReleasedView;
pub use status::{LaneView, QueueAccountView, QueueView};
