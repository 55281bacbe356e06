//! `GET /api/v1/operators/me`

use super::view::OperatorView;
use crate::{
    admin::{role::MayView, state::AdminState},
    domain::Role,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who asks, as the record names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeView {
    /// The `userId` of everything they do.
    #[schema(example = "operator:anna")]
    pub user_id: String,
    /// `viewer`, `operator` or `admin`.
    pub role: String,
    /// The operator; absent for users of the socket, who are no operators and may do everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorView>,
}

/// Tells who asks
#[utoipa::path(
    get, path = "/api/v1/operators/me", operation_id = "who_am_i", tag = "operators",
    responses((status = 200, description = "Whoever asks", body = MeView))
)]
pub async fn me(State(state): State<AdminState>, MayView(by): MayView) -> Json<MeView> {
    let operator = by.principal.operator().and_then(|id| state.operators.show(id).ok());
    let role = operator.as_ref().map_or(Role::Admin, |operator| operator.role);
    let now = state.clock.now();
    Json(MeView {
        user_id: by.principal.to_string(),
        role: role.to_string(),
        operator: operator.map(|operator| OperatorView::at(&operator, now)),
    })
}
