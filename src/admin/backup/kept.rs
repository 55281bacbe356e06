//! `POST /api/v1/backup/{name}/kept`

use super::make::problem;
use crate::{
    admin::{problem::Problem, request::PathSegment, role::MayAdminister, state::AdminState},
    backup::BackupError,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A backup that somebody has, whole and read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptBackupView {
    /// Its name.
    pub name: String,
    /// When it was made, as RFC 3339.
    pub made_at: String,
}

/// Notes that somebody has a backup
///
/// For whoever received one whole and read it again. From then on its age is told, as the age of the last
/// backup; one that is older than what is known already changes nothing.
#[utoipa::path(
    post, path = "/api/v1/backup/{name}/kept", operation_id = "backup_kept", tag = "backup",
    params(("name" = String, Path, description = "The backup's name, as `Ideogate-Backup` tells it")),
    responses(
        (status = 200, description = "It is noted", body = KeptBackupView),
        (status = 404, description = "There is none of that name on record", body = Problem),
        (status = 503, description = "The record cannot be read", body = Problem),
    )
)]
pub async fn kept(
    State(state): State<AdminState>,
    _by: MayAdminister,
    PathSegment(name): PathSegment,
) -> Result<Json<KeptBackupView>, Problem> {
    let kept = state.backups.kept(&name).await.map_err(|error| match error {
        BackupError::Unknown => Problem::unknown("backup", &name),
        error => problem(&error),
    })?;
    Ok(Json(KeptBackupView { name: kept.name.into(), made_at: kept.made_at.to_string() }))
}
