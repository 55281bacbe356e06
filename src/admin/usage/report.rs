//! `GET /api/v1/usage`

use super::{
    search::UsageSearch,
    sums::{UsageView, sums},
};
use crate::{
    admin::{
        problem::Problem,
        request::QueryParameters,
        role::{MayView, Names},
        state::AdminState,
    },
    domain::{PersonId, Token},
    persons::Persons,
    store::SumKey,
};
use axum::{Json, extract::State};
use std::{collections::HashMap, sync::Arc};

/// Adds up what was used and spent
///
/// Calls count from when they were opened, in the same way as for budgets. What they were charged
/// is what their audit entries say. Calls that cost nothing, such as polls, are `reads`.
#[utoipa::path(
    get, path = "/api/v1/usage", operation_id = "usage", tag = "usage",
    params(UsageSearch),
    responses(
        (status = 200, description = "A line for each key, the dearest first", body = Vec<UsageView>),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 422, description = "The search makes no sense", body = Problem),
        (status = 503, description = "The database cannot be read", body = Problem),
    )
)]
pub async fn report(
    State(state): State<AdminState>,
    _by: MayView,
    names: Names,
    QueryParameters(search): QueryParameters<UsageSearch>,
) -> Result<Json<Vec<UsageView>>, Problem> {
    let query = search.query(&state, names).await?;
    let reader = state.reader.clone();
    let read = state.tasks.run_blocking(move || reader.usage(&query)).await;
    let used = read.map_err(|_| Problem::stopping())?;
    let used = used.map_err(|cause| Problem::store_unavailable(&cause))?;
    let mut lines = sums(&used, &state.settings.now().routes);
    match search.by {
        SumKey::Token => name_tokens(&mut lines, &state.tokens.list()),
        SumKey::User if names == Names::Shown => name_users(&mut lines, &state.persons).await?,
        _ => {}
    }
    Ok(Json(lines))
}

/// Says beside their ids what tokens are called now; one that was removed has no name any more.
fn name_tokens(lines: &mut [UsageView], tokens: &[Arc<Token>]) {
    let names: HashMap<_, _> =
        tokens.iter().map(|token| (token.id.as_str(), &*token.name)).collect();
    for line in lines {
        line.name = names.get(line.key.as_str()).map(|name| (*name).to_owned());
    }
}

/// Says beside their ids who users are; of one who is forgotten nobody can say it.
async fn name_users(lines: &mut [UsageView], persons: &Persons) -> Result<(), Problem> {
    let ids = lines.iter().map(|line| PersonId::from_stored(line.key.as_str())).collect();
    for (line, name) in lines.iter_mut().zip(persons.names(ids).await?) {
        line.name = name.map(|name| name.as_str().to_owned());
    }
    Ok(())
}
