//! `POST /api/v1/tokens`

use crate::{
    admin::{problem::Problem, request::JsonBody, role::MayGive, state::AdminState},
    domain::Timestamp,
    tokens::{NewToken, least_privilege_words},
};
use axum::{Json, extract::State, response::IntoResponse};
use http::{StatusCode, header::LOCATION};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// A token that was just made. This is the only time its secret is seen.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    /// Names the token everywhere, `tok_…`.
    pub id: String,
    /// The secret, `idg_…`: give it to the app and nobody else.
    pub token: String,
    /// The environment it works in.
    pub environment: String,
    /// What it was granted.
    pub scopes: Vec<String>,
    /// From when on it is refused.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// What it may and may not do, in sentences.
    pub words: Vec<String>,
}

impl fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedToken").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Makes a token
///
/// It is on record and usable when the answer is there.
#[utoipa::path(
    post, path = "/api/v1/tokens", operation_id = "create_token", tag = "tokens",
    request_body = NewToken,
    responses(
        (status = 201, description = "The token, shown this once", body = CreatedToken),
        (status = 403, description = "It gives more in production, which takes the role admin", body = Problem),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn create(
    State(state): State<AdminState>,
    MayGive(by): MayGive,
    JsonBody(new): JsonBody<NewToken>,
) -> Result<impl IntoResponse, Problem> {
    let (plain, token) = state.tokens.create(new, by).await?;
    let location = format!("/api/v1/tokens/{}", token.id);
    let created = CreatedToken {
        id: token.id.to_string(),
        token: plain.reveal().to_owned(),
        environment: token.environment.to_string(),
        scopes: token.scopes.grants().map(|grant| grant.to_string()).collect(),
        expires_at: token.expires_at,
        words: least_privilege_words(&token, &state.settings.now()),
    };
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(created)))
}
