//! `POST /api/v1/keys/rotate`

use crate::{
    admin::{problem::Problem, request::JsonBody, role::MayAdminister, state::AdminState},
    keys::{RotateError, RotatedView},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which keys to exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KeyRotationRequest {
    /// The key of this environment, and of those that take theirs from the same place; all if absent.
    pub environment: Option<String>,
    /// Whether a key may be used again that was retired.
    pub allow_retired: bool,
}

/// Exchanges Ideogram's keys
///
/// Reads the files again; where there is nothing new, the next key takes over, if there is one. A new
/// key is tried first, for free. Calls that were sent end with the old key.
#[utoipa::path(
    post, path = "/api/v1/keys/rotate", operation_id = "rotate_keys", tag = "keys",
    request_body = KeyRotationRequest,
    responses(
        (status = 200, description = "What it came to", body = Vec<RotatedView>),
        (status = 404, description = "The environment has no key to exchange", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn rotate(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    JsonBody(wish): JsonBody<KeyRotationRequest>,
) -> Result<Json<Vec<RotatedView>>, Problem> {
    let keys = state.keys.clone();
    // Work of its own: once it is on record the key is exchanged, whoever hangs up.
    let work =
        async move { keys.rotate(wish.environment.as_deref(), wish.allow_retired, by).await };
    let done =
        state.tasks.spawn_tracked("key.rotate", work).await.map_err(|_| Problem::stopping())?;
    done.map(Json).map_err(|error| match error {
        RotateError::NoKey(name) => state.no_key(&name),
        RotateError::Unrecorded(cause) => Problem::audit_unavailable(&cause),
    })
}

impl AdminState {
    /// Says whether it is the environment that is not there, or only its key.
    fn no_key(&self, name: &str) -> Problem {
        let is_set = self.settings.now().environments.keys().any(|set| set.as_str() == name);
        let words = if is_set {
            format!("environment '{name}' has no key that could be exchanged")
        } else {
            self.no_environment(name)
        };
        Problem::unknown_as("key", words)
    }
}
