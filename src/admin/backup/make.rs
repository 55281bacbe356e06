//! `POST /api/v1/backup`

use crate::{
    admin::{problem::Problem, request::JsonBody, role::MayAdminister, state::AdminState},
    backup::{BackupError, PrivateKeys},
    domain::{Actor, Origin},
};
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The header with the backup's name, under which it is noted as kept.
pub const BACKUP_NAME: HeaderName = HeaderName::from_static("ideogate-backup");

/// The header with the bytes of what is in it, before they are packed.
pub const BACKUP_BYTES: HeaderName = HeaderName::from_static("ideogate-backup-bytes");

/// What a backup is to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRequest {
    /// Whether it holds keys of the gateway's own, for whoever asks on the socket. Ideogram's are in none.
    #[serde(default)]
    pub with_keys: bool,
}

/// Makes a backup
///
/// One file of one moment, as a stream: the database with what belongs to it, packed with zstd, signed at its
/// end. It was looked through before the first byte. It is put on record first, and that record is in it.
/// Whoever reads it must look for its end: a stream that breaks off is no backup.
#[utoipa::path(
    post, path = "/api/v1/backup", operation_id = "backup_create", tag = "backup",
    request_body = BackupRequest,
    responses(
        (
            status = 200, description = "The backup",
            content_type = "application/zstd", body = Vec<u8>,
            headers(
                ("Ideogate-Backup" = String, description = "Its name"),
                ("Ideogate-Backup-Bytes" = u64, description = "The bytes in it, before they are packed"),
            ),
        ),
        (status = 403, description = "Keys leave only by the socket", body = Problem),
        (status = 409, description = "Another one is being made or sent", body = Problem),
        (status = 503, description = "It cannot be put on record, or its disk has no room", body = Problem),
    )
)]
pub async fn make(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    JsonBody(asked): JsonBody<BackupRequest>,
) -> Result<Response, Problem> {
    let keys = keys(&asked, &by)?;
    // Dropped when the gateway closes, which ends the copying.
    let made = state.closing.run_until_cancelled(state.backups.make(keys, by)).await;
    let made = made.ok_or_else(Problem::stopping)?.map_err(|error| problem(&error))?;
    let (name, bytes) = (HeaderValue::try_from(made.name()), made.bytes());
    let body = Body::from_stream(made.stream(state.closing.clone()));
    let kind = HeaderValue::from_static("application/zstd");
    let mut response = ([(CONTENT_TYPE, kind)], body).into_response();
    response.headers_mut().insert(BACKUP_BYTES, bytes.into());
    // A name of our own making fits into a header.
    if let Ok(name) = name {
        response.headers_mut().insert(BACKUP_NAME, name);
    }
    Ok(response)
}

/// Returns which keys are in it. Over the network none leave, whoever asks.
fn keys(asked: &BackupRequest, by: &Actor) -> Result<PrivateKeys, Problem> {
    match (asked.with_keys, by.origin) {
        (false, _) => Ok(PrivateKeys::LeftOut),
        (true, Some(Origin::Socket)) => Ok(PrivateKeys::Included),
        (true, _) => Err(Problem::keys_stay_here()),
    }
}

pub(super) fn problem(error: &BackupError) -> Problem {
    match error {
        BackupError::Running => Problem::conflict("backup_running", error.to_string()),
        BackupError::NoRoom { .. } => Problem::backup_no_room(error),
        BackupError::Journal(cause) => Problem::audit_unavailable(cause),
        BackupError::Store(cause) => Problem::store_unavailable(cause),
        BackupError::Stopping => Problem::stopping(),
        error => Problem::internal(error),
    }
}
