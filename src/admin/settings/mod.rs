//! What was set: accounts, environments, routes, and every setting by its key.

pub(super) mod accounts;
pub(super) mod effective;
pub(super) mod environments;
pub(super) mod reload;
pub(super) mod routes;

pub use accounts::AccountView;
pub use effective::SettingView;
pub use environments::{EnvironmentView, KeyStatusView, LimitedView, PolicyView};
pub use routes::RouteView;
