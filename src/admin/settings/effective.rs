//! `GET /api/v1/settings`

use crate::{
    admin::{role::MayView, state::AdminState},
    config::ShownSetting,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// A setting as it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingView {
    /// The path of keys, as in `queue.capacity`.
    pub key: String,
    /// The value in the form of TOML; `null` when it is not set.
    pub value: Option<String>,
    /// Where it comes from, for people: `default`, a file and its line, or a variable.
    pub origin: String,
    /// The layer it comes from: `default`, `file`, `variable` or `dotenv`.
    pub layer: String,
}

impl SettingView {
    /// Returns the setting as it is shown to operators.
    pub fn from_setting(setting: &ShownSetting) -> Self {
        Self {
            key: setting.key.to_string(),
            value: setting.value.as_deref().map(str::to_owned),
            origin: setting.origin.to_string(),
            layer: setting.origin.layer().to_owned(),
        }
    }

    /// Returns a setting that is not there.
    pub fn unset(key: &str) -> Self {
        let (key, nothing) = (key.to_owned(), "default".to_owned());
        Self { key, value: None, origin: nothing.clone(), layer: nothing }
    }
}

impl fmt::Display for SettingView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, origin, .. } = self;
        match value {
            Some(value) => write!(f, "{key} = {value}  # {origin}"),
            None => write!(f, "# {key} is not set"),
        }
    }
}

/// Lists every setting that is in force, and where each comes from
///
/// As the gateway runs with them, which may be others than a file says by now. No secret is among
/// them.
#[utoipa::path(
    get, path = "/api/v1/settings", operation_id = "list_settings", tag = "settings",
    responses((status = 200, description = "All settings, by key", body = Vec<SettingView>))
)]
pub async fn list(State(state): State<AdminState>, _by: MayView) -> Json<Vec<SettingView>> {
    Json(state.settings.now().shown.settings().iter().map(SettingView::from_setting).collect())
}
