//! `GET` and `POST /api/v1/pause`, and `POST /api/v1/resume`

use crate::{
    admin::{
        problem::Problem,
        request::MaybeJson,
        role::{MayOperate, MayView},
        state::AdminState,
    },
    calls::{PauseError, PauseRequest, ResumeRequest},
    domain::{Pause, PauseTarget, Timestamp},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What takes no new calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PauseView {
    /// `true` when all new calls are refused with 503 `paused`.
    pub paused: bool,
    /// Everything that is paused, the widest first.
    #[serde(default)]
    pub pauses: Vec<PausedView>,
}

/// One thing that takes no new calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PausedView {
    /// `all`, `account:NAME` or `environment:NAME`.
    pub target: String,
    /// The environment, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The account, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Why, as callers read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Since when, RFC 3339.
    #[schema(value_type = String)]
    pub since: Timestamp,
    /// When it ends by itself, RFC 3339; absent where somebody must end it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// Who paused it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl From<Vec<Pause>> for PauseView {
    fn from(pauses: Vec<Pause>) -> Self {
        let is_all = pauses.iter().any(|pause| pause.target == PauseTarget::All);
        Self { paused: is_all, pauses: pauses.into_iter().map(PausedView::from).collect() }
    }
}

impl From<Pause> for PausedView {
    fn from(pause: Pause) -> Self {
        let (environment, account) = match &pause.target {
            PauseTarget::All => (None, None),
            PauseTarget::Account(name) => (None, Some(name.to_string())),
            PauseTarget::Environment(name) => (Some(name.to_string()), None),
        };
        Self {
            target: pause.target.to_string(),
            environment,
            account,
            reason: pause.reason.map(Into::into),
            since: pause.since,
            until: pause.until,
            by: pause.by.map(|by| by.to_string()),
        }
    }
}

impl AdminState {
    /// Returns the pause of just that, not of what is around it.
    pub(in crate::admin) fn pause_of(&self, target: &PauseTarget) -> Option<PausedView> {
        let found = self.calls.pauses().into_iter().find(|pause| pause.target == *target);
        found.map(PausedView::from)
    }
}

impl From<PauseError> for Problem {
    fn from(error: PauseError) -> Self {
        match error {
            PauseError::Invalid(mistakes) => Self::invalid(mistakes),
            PauseError::Unrecorded(cause) => Self::audit_unavailable(&cause),
            PauseError::Stopping => Self::stopping(),
        }
    }
}

/// Tells what is paused
#[utoipa::path(
    get, path = "/api/v1/pause", operation_id = "show_pause", tag = "queue",
    responses((status = 200, description = "What takes no new calls", body = PauseView))
)]
pub async fn show(State(state): State<AdminState>, _by: MayView) -> Json<PauseView> {
    Json(state.calls.pauses().into())
}

/// Pauses calls
///
/// No new call is sent: of all, of an account, or of an environment. Calls that wait are sent away with 503 `paused`
/// and the reason; calls that were sent go on. It lasts until its time is up or until it is resumed, over restarts.
/// What is paused already gets another reason and another end.
#[utoipa::path(
    post, path = "/api/v1/pause", operation_id = "pause", tag = "queue",
    request_body = Option<PauseRequest>,
    responses(
        (status = 200, description = "All that is paused now", body = PauseView),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn pause(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
    MaybeJson(asked): MaybeJson<PauseRequest>,
) -> Result<Json<PauseView>, Problem> {
    Ok(Json(state.calls.pause(&asked, by).await?.into()))
}

/// Resumes calls
///
/// Ends the pause of just what is named: without a name, that of all calls. What is not paused is no mistake.
#[utoipa::path(
    post, path = "/api/v1/resume", operation_id = "resume", tag = "queue",
    request_body = Option<ResumeRequest>,
    responses(
        (status = 200, description = "All that is still paused", body = PauseView),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn resume(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
    MaybeJson(asked): MaybeJson<ResumeRequest>,
) -> Result<Json<PauseView>, Problem> {
    Ok(Json(state.calls.resume(&asked, by).await?.into()))
}
