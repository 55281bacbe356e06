//! Tokens: made, listed, shown, switched off.

pub(super) mod create;
pub(super) mod list;
pub(super) mod prune;
pub(super) mod reduce;
pub(super) mod rotate;
mod search;
pub(super) mod show;
pub(super) mod state;
pub(super) mod update;
mod view;

pub use create::CreatedToken;
pub use prune::{KeptView, PruneView, PrunedView};
pub use rotate::RotatedToken;
pub use search::TokenSearch;
pub use view::{SecretView, TokenView};
