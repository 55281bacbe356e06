//! What was set: accounts, environments, routes.

pub(super) mod accounts;
pub(super) mod environments;
pub(super) mod routes;

pub use accounts::AccountView;
pub use environments::{EnvironmentView, KeyStatusView, LimitedView};
pub use routes::RouteView;
