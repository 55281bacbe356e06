//! Operators: made, listed, changed, shut out.

pub(super) mod create;
pub(super) mod list;
pub(super) mod me;
pub(super) mod role;
pub(super) mod rotate;
pub(super) mod show;
pub(super) mod state;
mod view;

pub use me::MeView;
pub use view::{NewSecret, OperatorView};
