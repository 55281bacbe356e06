//! In production admins alone give more, and nothing spends without a limit unless that is said.

use super::*;
use crate::domain::{Actor, Role, Token};
use serde_json::{Value, json};

/// A house where `prod` is production.
fn guarded() -> House {
    let mut all = grounds(environments());
    all.review.production = vec!["prod".parse().unwrap()];
    house_with(all)
}

fn whoever_is(role: Role) -> Mandate {
    Mandate { by: Actor::from(&BY), role }
}

fn budgeted() -> NewToken {
    let limits = AskedLimits { daily_budget: Asked::Is("5.00".into()), ..AskedLimits::default() };
    NewToken { limits, ..asked() }
}

async fn update(
    house: &House,
    token: &Token,
    request: Value,
    role: Role,
) -> Result<Arc<Token>, TokensError> {
    let asked = serde_json::from_value(request).unwrap();
    house.tokens.update(&token.id, asked, whoever_is(role)).await
}

fn needs_admin(refused: Result<Arc<Token>, TokensError>) -> String {
    match refused {
        Err(error @ TokensError::NeedsAdmin { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_operator_gives_nothing_more_in_production_and_an_admin_does() {
    let house = guarded();
    let limits = AskedLimits {
        daily_budget: Asked::Is("5.00".into()),
        models: Asked::Is(vec!["V_3".into()]),
        ..AskedLimits::default()
    };
    let new = NewToken { limits, owner: Some("marketing".into()), ..asked() };
    let (_, token) = house.tokens.create(new, whoever_is(Role::Operator)).await.unwrap();
    for more in [
        json!({"add_scopes": ["write:edit"]}),
        json!({"daily_budget": "5.01"}),
        json!({"daily_budget": null, "monthly_budget": "5.00"}),
        json!({"models": ["V_3", "V_4"]}),
        json!({"models": []}),
        json!({"webhook_hosts": ["hooks.example.com"]}),
        json!({"expires_in": "91d"}),
        json!({"owner": "design"}),
        json!({"owner": null, "daily_budget": "1.00"}),
    ] {
        let refused = update(&house, &token, more.clone(), Role::Operator).await;
        let told = needs_admin(refused);
        assert!(told.starts_with("giving more in prod takes the role admin: "), "{more}: {told}");
        assert_eq!(house.tokens.show(&token.id).unwrap(), token, "{more}");
        let given = update(&house, &token, more.clone(), Role::Admin).await.unwrap();
        assert_ne!(given, token, "{more}");
        let back = json!({
            "scopes": token.scopes, "daily_budget": "5.00", "monthly_budget": null,
            "models": ["V_3"], "webhook_hosts": null, "expires_in": "90d", "owner": "marketing",
        });
        update(&house, &token, back, Role::Admin).await.unwrap();
    }
    let less =
        json!({"daily_budget": "4.00", "name": "bot", "metadata": {"a": "b"}, "max_images": 1});
    assert_eq!(&*update(&house, &token, less, Role::Operator).await.unwrap().name, "bot");
}

#[tokio::test]
async fn to_enable_and_to_live_longer_are_more_as_well() {
    let house = guarded();
    let operator = || whoever_is(Role::Operator);
    let (secret, token) = house.tokens.create(budgeted(), operator()).await.unwrap();
    house.tokens.set_state(&token.id, TokenState::Disabled, operator()).await.unwrap();
    let refused = house.tokens.set_state(&token.id, TokenState::Enabled, operator()).await;
    assert!(needs_admin(refused).contains("the token is disabled"));
    assert!(house.tokens.authenticate(secret.reveal()).is_err());
    let enabled = house.tokens.set_state(&token.id, TokenState::Enabled, whoever_is(Role::Admin));
    enabled.await.unwrap();
    assert!(house.tokens.authenticate(secret.reveal()).is_ok());
    let longer = RotationRequest { expires_in: Some("91d".into()), ..RotationRequest::default() };
    let refused = house.tokens.rotate(&token.id, &longer, operator()).await;
    assert!(matches!(refused, Err(TokensError::NeedsAdmin { .. })), "{refused:?}");
    assert_eq!(house.tokens.secrets(&token.id).len(), 1, "no secret was made");
    house.tokens.rotate(&token.id, &RotationRequest::default(), operator()).await.unwrap();
    house.tokens.set_state(&token.id, TokenState::Revoked, operator()).await.unwrap();
}

#[tokio::test]
async fn a_new_token_that_may_spend_has_a_budget_or_was_made_by_an_admin() {
    let house = guarded();
    let operator = || whoever_is(Role::Operator);
    let bare = house.tokens.create(asked(), operator()).await.unwrap_err();
    assert!(mistakes(bare)[0].starts_with("daily_budget: nothing would limit"));
    let said = || NewToken { no_budget: true, ..asked() };
    let refused = house.tokens.create(said(), operator()).await.map(|(_, token)| token);
    assert!(needs_admin(refused).contains("no budget of its own"));
    house.tokens.create(said(), whoever_is(Role::Admin)).await.unwrap();
    let other = NewToken { name: "budgeted".into(), ..budgeted() };
    house.tokens.create(other, operator()).await.unwrap();
    let reads =
        NewToken { name: "reads".into(), scopes: vec!["read:generations".into()], ..asked() };
    house.tokens.create(reads, operator()).await.unwrap();
    assert_eq!(house.tokens.list().len(), 3);
}

#[tokio::test]
async fn nothing_spends_in_production_without_a_limit_unless_that_is_said() {
    let house = guarded();
    let admin = || whoever_is(Role::Admin);
    let refused = mistakes(house.tokens.create(asked(), admin()).await.unwrap_err());
    insta::assert_snapshot!(refused.join("\n"), @r#"daily_budget: nothing would limit what it may spend in prod: give a budget, or say that there shall be none: --no-budget (API: "no_budget": true)"#);
    let (_, token) = house.tokens.create(budgeted(), admin()).await.unwrap();
    let gone = json!({"daily_budget": null});
    let told = mistakes(update(&house, &token, gone, Role::Admin).await.unwrap_err());
    assert!(told[0].starts_with("daily_budget: nothing would limit"), "{told:?}");
    let moved = json!({"daily_budget": null, "monthly_budget": "9.00"});
    update(&house, &token, moved, Role::Admin).await.unwrap();
    let stated = json!({"monthly_budget": null, "no_budget": true});
    let open = update(&house, &token, stated, Role::Admin).await.unwrap();
    assert!(open.unlimited);
    let named = update(&house, &token, json!({"name": "a"}), Role::Operator).await.unwrap();
    assert!(named.unlimited, "what was said stays said");
    let closed = update(&house, &token, json!({"daily_budget": "1.00"}), Role::Operator).await;
    assert!(!closed.unwrap().unlimited, "a budget ends it");
    let again = update(&house, &token, json!({"daily_budget": null}), Role::Admin).await;
    assert!(matches!(again, Err(TokensError::Invalid(_))), "and then it is to be said again");
}

/// A token from before these rules is in nobody's way; what would be new about it is.
#[tokio::test]
async fn a_token_that_nothing_limited_before_can_still_be_changed() {
    let house = house();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let House { tokens, store, clock, dir } = house;
    drop((tokens, store));
    let mut all = grounds(environments());
    all.review.production = vec!["prod".parse().unwrap()];
    let (store, tokens) = open_with(dir.path(), &clock, all);
    let house = House { tokens, store, clock, dir };
    let renamed = update(&house, &token, json!({"name": "b", "max_images": 1}), Role::Operator);
    assert_eq!(&*renamed.await.unwrap().name, "b");
    let given = update(&house, &token, json!({"add_scopes": ["write:edit"]}), Role::Operator).await;
    assert!(needs_admin(given).contains("write:edit"));
}

#[tokio::test]
async fn a_budget_of_the_environment_or_the_account_is_a_limit() {
    let mut all = grounds(environments());
    all.review.production = vec!["prod".parse().unwrap()];
    let prod = all.environments.values_mut().map(Arc::make_mut);
    prod.for_each(|environment| environment.monthly_budget = Some("9.00".parse().unwrap()));
    let house = house_with(all);
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    assert!(!token.unlimited);
}
