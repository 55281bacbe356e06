//! Tokens: made, listed, shown, switched off.

pub(super) mod create;
pub(super) mod list;
pub(super) mod show;
pub(super) mod state;
mod view;

pub use create::CreatedToken;
pub use view::{LimitsView, TokenView};
