//! `POST /api/v1/usage/write-off/{call}` and `POST /api/v1/usage/write-off/{call}/undo`

use crate::{
    admin::{
        problem::Problem,
        reason::reason,
        request::{MaybeJson, PathSegment},
        role::MayAdminister,
        state::AdminState,
    },
    calls::{PastStep, WriteOffError},
    domain::{Actor, CallId, Usd},
    web::abbreviate,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WriteOffReason {
    /// Words for whoever reads the record; at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ideogram's invoice does not have it")]
    pub reason: Option<String>,
}

/// Which way the money of a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOffStep {
    /// What is reserved counts no more.
    Off,
    /// It is reserved again.
    Back,
}

/// The money of a call counts no more, or is reserved again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WrittenOffView {
    /// The call it was reserved for.
    pub call: String,
    /// How much it is, in dollars.
    #[schema(value_type = String, example = "0.06")]
    pub amount_usd: Usd,
}

/// Gives back the money that is reserved for an unknown call
///
/// For a call whose end nobody saw and of which an operator knows that Ideogram did not bill it.
/// Left alone, it is charged after 24 hours. Can be undone on the same UTC day.
#[utoipa::path(
    post, path = "/api/v1/usage/write-off/{call}", operation_id = "write_off", tag = "usage",
    params(("call" = String, Path, description = "The call's id, `call_…`")),
    request_body = Option<WriteOffReason>,
    responses(
        (status = 200, description = "The money counts no more", body = WrittenOffView),
        (status = 404, description = "No such call is on record", body = Problem),
        (status = 409, description = "Nothing is reserved for it", body = Problem),
        (status = 422, description = "The reason makes no sense", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn write_off(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    PathSegment(name): PathSegment,
    MaybeJson(why): MaybeJson<WriteOffReason>,
) -> Result<Json<WrittenOffView>, Problem> {
    take(state, WriteOffStep::Off, name, by, why).await
}

/// Takes back that a call was written off
///
/// On the same UTC day. Its money is reserved again, as if it had not been written off.
#[utoipa::path(
    post, path = "/api/v1/usage/write-off/{call}/undo", operation_id = "undo_write_off",
    tag = "usage",
    params(("call" = String, Path, description = "The call's id, `call_…`")),
    request_body = Option<WriteOffReason>,
    responses(
        (status = 200, description = "The money is reserved again", body = WrittenOffView),
        (status = 404, description = "No such call is on record", body = Problem),
        (status = 409, description = "It is not written off, or was on an earlier day", body = Problem),
        (status = 422, description = "The reason makes no sense", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn undo(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    PathSegment(name): PathSegment,
    MaybeJson(why): MaybeJson<WriteOffReason>,
) -> Result<Json<WrittenOffView>, Problem> {
    take(state, WriteOffStep::Back, name, by, why).await
}

/// Takes a step with the money of a call.
async fn take(
    state: AdminState,
    step: WriteOffStep,
    name: String,
    by: Actor,
    why: WriteOffReason,
) -> Result<Json<WrittenOffView>, Problem> {
    let reason = why.reason.as_deref().map(reason).transpose()?;
    let (calls, call) = (state.calls.clone(), CallId::from_stored(name.as_str()));
    // Work of its own: what is on record is done, whoever hangs up.
    let work = async move {
        match step {
            WriteOffStep::Off => calls.write_off(&call, by, reason.as_deref()).await,
            WriteOffStep::Back => calls.undo_write_off(&call, by, reason.as_deref()).await,
        }
    };
    let done = state.tasks.spawn_tracked("usage.write_off", work).await;
    match done.map_err(|_| Problem::stopping())? {
        Ok(amount_usd) => Ok(Json(WrittenOffView { call: name, amount_usd })),
        Err(error) => {
            if matches!(error, WriteOffError::NotReserved(_) | WriteOffError::NotWrittenOff(None)) {
                state.call_on_record(Some(&name)).await?;
            }
            Err(refused(&abbreviate(&name), error))
        }
    }
}

fn refused(call: &str, why: WriteOffError) -> Problem {
    let told = |PastStep { at, by }| format!("at {at} by {by}");
    match why {
        WriteOffError::Already(step) => Problem::conflict(
            "call_written_off",
            format!(
                "'{call}' was written off already, {}; that can be undone on the same UTC day",
                told(step)
            ),
        ),
        WriteOffError::Final(step) => Problem::conflict(
            "write_off_final",
            format!(
                "'{call}' was written off {}, and that can be undone only on the same UTC day; \
                 if Ideogram did bill it, tell the account's balance anew",
                told(step)
            ),
        ),
        WriteOffError::NotWrittenOff(Some(step)) => Problem::conflict(
            "call_not_written_off",
            format!("'{call}' is not written off: that was undone {}", told(step)),
        ),
        WriteOffError::NotWrittenOff(None) => {
            Problem::conflict("call_not_written_off", format!("'{call}' is not written off"))
        }
        WriteOffError::NotReserved(_) => Problem::conflict(
            "call_not_reserved",
            format!(
                "no money is reserved for '{call}': its end is known, or it was charged already"
            ),
        ),
        WriteOffError::Read(cause) => Problem::store_unavailable(&cause),
        WriteOffError::Unrecorded(cause) => Problem::audit_unavailable(&cause),
        WriteOffError::Stopping => Problem::stopping(),
    }
}
