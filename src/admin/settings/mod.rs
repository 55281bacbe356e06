//! What was set: accounts, environments, routes, and every setting by its key.

pub(super) mod accounts;
pub(super) mod effective;
pub(super) mod environments;
pub(super) mod routes;

pub use accounts::AccountView;
pub use effective::SettingView;
pub use environments::{EnvironmentView, KeyStatusView, LimitedView};
pub use routes::RouteView;
