//! `GET /api/v1/audit/key` and `GET /api/v1/audit/checkpoint`

use crate::{
    admin::{problem::Problem, role::MayView, state::AdminState},
    audit::trust::{Notary, NotaryError, SignedCheckpoint},
    store::{Reader, StoreError},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What checkpoints are checked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckpointKeyView {
    /// The log, which is also the key's name.
    #[schema(example = "ideogate.audit/0123456789abcdef")]
    pub origin: String,
    /// The verifier key, as c2sp.org/signed-note has it. It is no secret.
    pub key: String,
}

/// Where the record ended, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckpointView {
    /// The number of the last record.
    pub seq: u64,
    /// Its hash, in hex.
    pub hash: String,
    /// When it was signed, as RFC 3339.
    pub time: String,
    /// The signed note, which is all that counts.
    pub note: String,
}

impl CheckpointView {
    fn from_checkpoint(signed: &SignedCheckpoint) -> Self {
        let checkpoint = &signed.checkpoint;
        Self {
            seq: checkpoint.seq(),
            hash: hex::encode(checkpoint.head.hash),
            time: checkpoint.at.to_string(),
            note: signed.note.to_string(),
        }
    }
}

/// The end of the record could not be signed.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotSigned {
    #[error("the record's end cannot be read")]
    Read(#[source] StoreError),
    #[error("the record's end cannot be signed")]
    Sign(#[source] NotaryError),
}

/// Signs the end of the record as it is now. Blocks.
pub(super) fn sign(reader: &Reader, notary: &Notary) -> Result<SignedCheckpoint, NotSigned> {
    let head = reader.head().map_err(NotSigned::Read)?;
    notary.sign(head).map_err(NotSigned::Sign)
}

impl From<NotSigned> for Problem {
    fn from(error: NotSigned) -> Self {
        match error {
            NotSigned::Read(cause) => Self::store_unavailable(&cause),
            NotSigned::Sign(_) => Self::internal(&error),
        }
    }
}

/// Shows what checkpoints are checked with
#[utoipa::path(
    get, path = "/api/v1/audit/key", operation_id = "audit_key", tag = "audit",
    responses((status = 200, description = "The verifier key", body = CheckpointKeyView))
)]
pub async fn key(State(state): State<AdminState>, _by: MayView) -> Json<CheckpointKeyView> {
    let key = state.notary.key();
    Json(CheckpointKeyView { origin: key.name().to_owned(), key: key.to_string() })
}

/// Signs where the record ends now
#[utoipa::path(
    get, path = "/api/v1/audit/checkpoint", operation_id = "audit_checkpoint", tag = "audit",
    responses(
        (status = 200, description = "A checkpoint of all that is durable", body = CheckpointView),
        (status = 503, description = "The database cannot be read", body = Problem),
    )
)]
pub async fn checkpoint(
    State(state): State<AdminState>,
    _by: MayView,
) -> Result<Json<CheckpointView>, Problem> {
    let (reader, notary) = (state.reader.clone(), state.notary.clone());
    let signed = state.tasks.run_blocking(move || sign(&reader, &notary)).await;
    let signed = signed.map_err(|_| Problem::stopping())??;
    Ok(Json(CheckpointView::from_checkpoint(&signed)))
}
