//! `POST /api/v1/usage/write-off/{call}`

use crate::{
    admin::{
        call_desk::{DeskError, WriteOff},
        problem::Problem,
        request::Named,
        role::MayAdminister,
        state::AdminState,
    },
    domain::{CallId, Usd},
    web::shown,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The money of a call counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WrittenOffView {
    /// The call it was reserved for.
    pub call: String,
    /// How much it was, in dollars.
    #[schema(value_type = String, example = "0.06")]
    pub amount_usd: Usd,
}

/// Gives back the money that is reserved for an unknown call
///
/// For a call whose end nobody saw and of which an operator knows that Ideogram did not bill it.
/// Left alone, it is charged after 24 hours.
#[utoipa::path(
    post, path = "/api/v1/usage/write-off/{call}", operation_id = "write_off", tag = "usage",
    params(("call" = String, Path, description = "The call's id, `call_…`")),
    responses(
        (status = 200, description = "The money counts no more", body = WrittenOffView),
        (status = 404, description = "No such call is on record", body = Problem),
        (status = 409, description = "Nothing is reserved for it", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn write_off(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    Named(name): Named,
) -> Result<Json<WrittenOffView>, Problem> {
    let (desk, call) = (Arc::clone(&state.desk), CallId::from_stored(name.as_str()));
    // Work of its own: once it is on record the money is given back, whoever hangs up.
    let work = async move { desk.write_off(&call, &by).await };
    let done = state.tasks.finish("usage.write_off", work).await;
    match done.map_err(|_| Problem::stopping())? {
        Ok(WriteOff::Done(amount_usd)) => Ok(Json(WrittenOffView { call: name, amount_usd })),
        Ok(WriteOff::NothingReserved) => {
            state.call_on_record(Some(&name)).await?;
            let detail = format!(
                "no money is reserved for '{}': its end is known, or it was charged already",
                shown(&name)
            );
            Err(Problem::conflict("call_not_reserved", detail))
        }
        Err(DeskError::Record(cause)) => Err(Problem::audit_unavailable(&*cause)),
        Err(DeskError::Read(cause)) => Err(Problem::store_unavailable(&cause)),
        Err(DeskError::Stopping) => Err(Problem::stopping()),
    }
}
