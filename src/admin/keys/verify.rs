//! `POST /api/v1/keys/verify`

use crate::{
    admin::{role::MayOperate, state::AdminState},
    keys::VerifiedView,
};
use axum::{Json, extract::State};

/// Asks Ideogram whether it takes the keys
///
/// With `GET /models`, which is free, for each current and each next key. A current key that is
/// rejected is replaced by the next one, if there is one.
#[utoipa::path(
    post, path = "/api/v1/keys/verify", operation_id = "verify_keys", tag = "keys",
    responses((status = 200, description = "What it says", body = Vec<VerifiedView>))
)]
pub async fn verify(State(state): State<AdminState>, _by: MayOperate) -> Json<Vec<VerifiedView>> {
    Json(state.keys.verify().await)
}
