//! `GET /api/v1/audit/persons`, `POST /api/v1/audit/persons/find` and `POST /api/v1/audit/persons/forget`

use super::person_views::{
    ForgottenView, PersonAsked, PersonFound, PersonSearch, PersonToForget, PersonView,
};
use crate::{
    admin::{
        problem::Problem,
        reason::reason,
        request::{JsonBody, QueryParameters},
        role::{MayAdminister, MayOperate},
        span::mistake,
        state::AdminState,
    },
    domain::PersonId,
    persons::{ForgetError, PersonsError},
};
use axum::{Json, extract::State};

const USUAL: usize = 200;
const MOST: usize = 1000;

/// Lists end users
///
/// Those who were forgotten are not among them.
#[utoipa::path(
    get, path = "/api/v1/audit/persons", operation_id = "list_persons", tag = "audit",
    params(PersonSearch),
    responses(
        (status = 200, description = "By id, which is by when they were first seen", body = Vec<PersonView>),
        (status = 422, description = "The search makes no sense", body = Problem),
        (status = 503, description = "The database cannot be read", body = Problem),
    )
)]
pub async fn list(
    State(state): State<AdminState>,
    _by: MayOperate,
    QueryParameters(asked): QueryParameters<PersonSearch>,
) -> Result<Json<Vec<PersonView>>, Problem> {
    let limit = asked.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::invalid(vec![mistake("limit", "is a number from 1 to 1000")]));
    }
    let after = asked.after.map(PersonId::from_stored);
    let known = state.persons.list(after, limit).await?;
    Ok(Json(known.into_iter().map(PersonView::from).collect()))
}

/// Finds the id that stands for an end user
#[utoipa::path(
    post, path = "/api/v1/audit/persons/find", operation_id = "find_person", tag = "audit",
    request_body = PersonAsked,
    responses(
        (status = 200, description = "The id, also of somebody who was forgotten", body = PersonFound),
        (status = 404, description = "Nobody is known by that", body = Problem),
        (status = 503, description = "The database cannot be read", body = Problem),
    )
)]
pub async fn find(
    State(state): State<AdminState>,
    _by: MayOperate,
    JsonBody(asked): JsonBody<PersonAsked>,
) -> Result<Json<PersonFound>, Problem> {
    let found = state.persons.find(&asked.user).await?.ok_or_else(Problem::person_unknown)?;
    Ok(Json(PersonFound { user: found.to_string() }))
}

/// Forgets an end user
///
/// Who stands behind the id is removed, and the record goes on naming the id. The same person gets another
/// one with their next call, and nothing ties the two.
#[utoipa::path(
    post, path = "/api/v1/audit/persons/forget", operation_id = "forget_person", tag = "audit",
    request_body = PersonToForget,
    responses(
        (status = 200, description = "They are forgotten", body = ForgottenView),
        (status = 404, description = "Nobody is known by that", body = Problem),
        (status = 409, description = "They were forgotten before", body = Problem),
        (status = 422, description = "The reason makes no sense, or holds the name", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn forget(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    JsonBody(asked): JsonBody<PersonToForget>,
) -> Result<Json<ForgottenView>, Problem> {
    let reason = reason(&asked.reason)?;
    Ok(Json(state.persons.forget(by, &asked.user, &reason).await?.into()))
}

impl From<PersonsError> for Problem {
    fn from(error: PersonsError) -> Self {
        match error {
            PersonsError::Read(cause) => Self::store_unavailable(&cause),
            PersonsError::Stopping => Self::stopping(),
        }
    }
}

impl From<ForgetError> for Problem {
    fn from(error: ForgetError) -> Self {
        match error {
            ForgetError::Unknown => Self::person_unknown(),
            ForgetError::Before(at) => {
                Self::conflict("person_forgotten", format!("they were forgotten at {at}"))
            }
            ForgetError::NameInReason => {
                let problem =
                    "holds the name, and the record keeps it for ever: say it in other words";
                Self::invalid(vec![mistake("reason", problem)])
            }
            ForgetError::Read(cause) => Self::store_unavailable(&cause),
            ForgetError::Unrecorded(cause) => Self::audit_unavailable(&cause),
            ForgetError::Stopping => Self::stopping(),
        }
    }
}
