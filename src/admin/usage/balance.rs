//! `GET /api/v1/usage/balances` and `POST /api/v1/usage/balances/{account}`

use crate::{
    admin::{
        problem::Problem,
        request::{JsonBody, PathSegment},
        role::{MayAdminister, MayView},
        state::AdminState,
    },
    config::{AccountSettings, nearest},
    domain::{AccountName, Action, Actor, Timestamp, Usd},
    ledger::Balance,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// What should be left on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceView {
    /// The account.
    #[schema(value_type = String)]
    pub account: AccountName,
    /// What an operator said is on it, in dollars; `null` when nobody ever did.
    #[schema(value_type = Option<String>)]
    pub balance_usd: Option<Usd>,
    /// When that was.
    #[schema(value_type = Option<String>)]
    pub set_at: Option<Timestamp>,
    /// What was charged here for calls opened since.
    #[schema(value_type = Option<String>)]
    pub charged_usd: Option<Usd>,
    /// What should be left.
    #[schema(value_type = Option<String>)]
    pub left_usd: Option<Usd>,
    /// Whether that is below the threshold.
    pub low: bool,
    /// The balance below which Ideogram tops up, if that is switched on there.
    #[schema(value_type = String)]
    pub top_up_threshold_usd: Usd,
    /// The balance it tops up to.
    #[schema(value_type = String)]
    pub top_up_balance_usd: Usd,
}

/// What is on an account now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBalance {
    /// The amount in dollars, as Ideogram shows it.
    #[schema(value_type = String, example = "42.50")]
    pub amount_usd: Usd,
}

impl BalanceView {
    fn new(account: &AccountName, settings: &AccountSettings, balance: Option<Balance>) -> Self {
        let left = balance.map(|balance| balance.left());
        Self {
            account: account.clone(),
            balance_usd: balance.map(|balance| balance.amount),
            set_at: balance.map(|balance| balance.set_at),
            charged_usd: balance.map(|balance| balance.charged),
            left_usd: left,
            low: left.is_some_and(|left| left < settings.top_up_threshold),
            top_up_threshold_usd: settings.top_up_threshold,
            top_up_balance_usd: settings.top_up_balance,
        }
    }
}

/// Shows what should be left on each account
///
/// An estimate: what an operator said, without what was charged through this gateway for calls
/// opened since. Whatever else spends from the account is not in it.
#[utoipa::path(
    get, path = "/api/v1/usage/balances", operation_id = "list_balances", tag = "usage",
    responses((status = 200, description = "All accounts", body = Vec<BalanceView>))
)]
pub async fn list(State(state): State<AdminState>, _by: MayView) -> Json<Vec<BalanceView>> {
    let view = |(name, account): (&AccountName, &AccountSettings)| {
        BalanceView::new(name, account, state.ledger.balance(name))
    };
    Json(state.settings.now().accounts.iter().map(view).collect())
}

/// Tells what is on an account
///
/// Take the amount from Ideogram's pages when nothing is under way: calls opened before are not
/// counted.
#[utoipa::path(
    post, path = "/api/v1/usage/balances/{account}", operation_id = "set_balance", tag = "usage",
    params(("account" = String, Path, description = "The account")),
    request_body = NewBalance,
    responses(
        (status = 200, description = "It is noted", body = BalanceView),
        (status = 404, description = "There is no such account", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn set(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    PathSegment(name): PathSegment,
    JsonBody(new): JsonBody<NewBalance>,
) -> Result<Json<BalanceView>, Problem> {
    let settings = state.settings.now();
    let known = name.parse().ok().filter(|name| settings.accounts.contains_key(name));
    let account: AccountName = known.ok_or_else(|| {
        let names = settings.accounts.keys().map(AccountName::as_str);
        Problem::unknown_but("account", &name, nearest(&name, names))
    })?;
    let tasks = state.tasks.clone();
    // Work of its own: what is on record happens, whoever hangs up.
    let work = async move { note(&state, by, &account, new.amount_usd).await };
    tasks.spawn_tracked("account.balance", work).await.map_err(|_| Problem::stopping())?
}

/// Counts from the moment that the record names; without the record, as before.
async fn note(
    state: &AdminState,
    by: Actor,
    account: &AccountName,
    amount: Usd,
) -> Result<Json<BalanceView>, Problem> {
    let balance = Balance { amount, set_at: state.clock.now(), charged: Usd::ZERO };
    // In memory first: what is charged while the record is written must count against the new amount.
    let before = state.ledger.set_balance(account, balance);
    let change = [json_of(before), json_of(Some(balance))];
    if let Err(cause) = state.record(by, Action::BalanceChange, account.as_str(), change).await {
        match before {
            Some(before) => drop(state.ledger.set_balance(account, before)),
            None => state.ledger.forget_balance(account),
        }
        return Err(Problem::audit_unavailable(&cause));
    }
    let settings = state.settings.now();
    let settings = settings.accounts.get(account);
    let settings = settings.ok_or_else(|| Problem::unknown("account", account.as_str()))?;
    Ok(Json(BalanceView::new(account, settings, state.ledger.balance(account))))
}

fn json_of(balance: Option<Balance>) -> Value {
    match balance {
        Some(balance) => {
            json!({"balance_usd": balance.amount, "set_at": balance.set_at, "left_usd": balance.left()})
        }
        None => Value::Null,
    }
}
