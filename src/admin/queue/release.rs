//! `POST /api/v1/queue/release/{call}`

use crate::{
    admin::{problem::Problem, request::PathSegment, role::MayOperate, state::AdminState},
    calls::ReleaseError,
    domain::CallId,
    web::abbreviate,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The places of a call are free again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleasedView {
    /// The call that held them.
    pub call: String,
}

/// Frees the places of an unknown call
///
/// For a call whose end nobody saw and of which an operator knows that Ideogram no longer works
/// on it. The money stays reserved.
#[utoipa::path(
    post, path = "/api/v1/queue/release/{call}", operation_id = "queue_release", tag = "queue",
    params(("call" = String, Path, description = "The call's id, `call_…`")),
    responses(
        (status = 200, description = "Its places are free", body = ReleasedView),
        (status = 404, description = "No such call is on record", body = Problem),
        (status = 409, description = "It holds no places", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn release(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
    PathSegment(name): PathSegment,
) -> Result<Json<ReleasedView>, Problem> {
    let (calls, call) = (state.calls.clone(), CallId::from_stored(name.as_str()));
    // Work of its own: once it is on record the places are freed, whoever hangs up.
    let work = async move { calls.release(&call, by).await };
    let done =
        state.tasks.spawn_tracked("queue.release", work).await.map_err(|_| Problem::stopping())?;
    match done {
        Ok(()) => Ok(Json(ReleasedView { call: name })),
        Err(ReleaseError::NotHeld(_)) => {
            state.call_on_record(Some(&name)).await?;
            let detail = format!("call '{}' holds no places", abbreviate(&name));
            Err(Problem::conflict("call_not_held", detail))
        }
        Err(ReleaseError::Unrecorded(cause)) => Err(Problem::audit_unavailable(&cause)),
    }
}
