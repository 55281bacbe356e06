//! `POST /api/v1/tokens/{id}/rotate` and `…/rotate/finish`

use super::view::{SecretView, TokenView};
use crate::{
    admin::{
        problem::Problem,
        request::{JsonBody, PathSegment},
        role::{MayGive, MayOperate},
        state::AdminState,
    },
    domain::Timestamp,
    tokens::RotationRequest,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// A token with a secret that was just made. This is the only time that secret is seen.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RotatedToken {
    /// Names the token, as before.
    pub id: String,
    /// The new secret, `idg_…`: give it to the app and nobody else.
    pub token: String,
    /// The environment it works in.
    pub environment: String,
    /// What it was granted.
    pub scopes: Vec<String>,
    /// From when on the token is refused.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The number of the new secret.
    pub secret: u32,
    /// The secrets that open the door besides, or did lately.
    pub older: Vec<SecretView>,
}

impl fmt::Debug for RotatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotatedToken").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Gives a token another secret
///
/// Both secrets work until the grace is over. Id, scopes, budgets, limits and history stay. The new
/// secret is on record and usable when the answer is there.
#[utoipa::path(
    post, path = "/api/v1/tokens/{id}/rotate", operation_id = "rotate_token", tag = "tokens",
    params(("id" = String, Path, description = "The token's id, `tok_…`, or its name where that is unique")),
    request_body = RotationRequest,
    responses(
        (status = 200, description = "The new secret, shown this once", body = RotatedToken),
        (status = 403, description = "It lives longer in production, which takes the role admin", body = Problem),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 409, description = "Two secrets are alive already, or the token was revoked or expired", body = Problem),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn rotate(
    State(state): State<AdminState>,
    MayGive(by): MayGive,
    PathSegment(id): PathSegment,
    JsonBody(asked): JsonBody<RotationRequest>,
) -> Result<Json<RotatedToken>, Problem> {
    let id = state.token(&id)?.id.clone();
    let rotated = state.tokens.rotate(&id, &asked, by).await?;
    let views = SecretView::of_token(&state, &rotated.token).await?;
    let secret = rotated.secrets.last().map_or(0, |standing| standing.secret.number);
    Ok(Json(RotatedToken {
        id: rotated.token.id.to_string(),
        token: rotated.plain.reveal().to_owned(),
        environment: rotated.token.environment.to_string(),
        scopes: rotated.token.scopes.grants().map(|grant| grant.to_string()).collect(),
        expires_at: rotated.token.expires_at,
        secret,
        older: views.into_iter().filter(|view| view.number < secret).collect(),
    }))
}

/// Ends the old secret of a token now
///
/// For a rotation whose apps all have the new secret. Makes no other secret.
#[utoipa::path(
    post, path = "/api/v1/tokens/{id}/rotate/finish", operation_id = "finish_rotation", tag = "tokens",
    params(("id" = String, Path, description = "The token's id, `tok_…`, or its name where that is unique")),
    responses(
        (status = 200, description = "The token as it is now", body = TokenView),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 409, description = "It was revoked or expired", body = Problem),
    )
)]
pub async fn finish(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
    PathSegment(id): PathSegment,
) -> Result<Json<TokenView>, Problem> {
    let token = state.tokens.finish_rotation(&state.token(&id)?.id, &by).await?;
    TokenView::load(&state, &token).await.map(Json)
}
