//! No two tokens that live are called the same.

use super::*;
use crate::domain::Token;
use serde_json::json;

/// Renames a token, or changes its end.
async fn change(
    house: &House,
    id: &TokenId,
    asked: serde_json::Value,
) -> Result<Arc<Token>, Vec<String>> {
    let asked: TokenUpdate = serde_json::from_value(asked).unwrap();
    house.tokens.update(id, asked, &BY).await.map_err(mistakes)
}

#[tokio::test]
async fn a_name_is_unique_among_tokens_that_have_not_ended() {
    let house = house();
    let (_, first) = house.tokens.create(asked(), &BY).await.unwrap();
    let told = mistakes(house.tokens.create(asked(), &BY).await.unwrap_err());
    assert_eq!(told, [format!("name: 'poster-bot' is the name of {} already", first.id)]);
    let wrong = NewToken { expires_in: Some("soon".into()), ..asked() };
    let told = mistakes(house.tokens.create(wrong, &BY).await.unwrap_err());
    assert_eq!(told.len(), 2, "it is told with all other mistakes: {told:?}");
    let elsewhere =
        NewToken { environment: "dev".into(), scopes: vec!["read:*".into()], ..asked() };
    house.tokens.create(elsewhere, &BY).await.unwrap();
    house.tokens.set_state(&first.id, TokenState::Disabled, &BY).await.unwrap();
    assert!(house.tokens.create(asked(), &BY).await.is_err(), "what is disabled may come back");
    house.tokens.set_state(&first.id, TokenState::Revoked, &BY).await.unwrap();
    house.tokens.create(asked(), &BY).await.unwrap();
}

#[tokio::test]
async fn no_token_gets_a_name_by_an_update_that_another_has() {
    let house = house();
    let (_, first) = house.tokens.create(asked(), &BY).await.unwrap();
    let (_, other) =
        house.tokens.create(NewToken { name: "other".into(), ..asked() }, &BY).await.unwrap();
    let told = change(&house, &other.id, json!({"name": "poster-bot"})).await.unwrap_err();
    assert_eq!(told, [format!("name: 'poster-bot' is the name of {} already", first.id)]);
    assert_eq!(&*house.tokens.show(&other.id).unwrap().name, "other");
    change(&house, &first.id, json!({"name": "poster-bot", "max_images": 1})).await.unwrap();
    change(&house, &first.id, json!({"name": "free"})).await.unwrap();
    change(&house, &other.id, json!({"name": "poster-bot"})).await.unwrap();
}

/// An expired token does not keep its name, and does not come back with one that was given away.
#[tokio::test]
async fn an_expired_token_comes_back_only_with_a_name_that_is_free() {
    let house = house();
    let (secret, first) = house.tokens.create(asked(), &BY).await.unwrap();
    house.clock.advance(Duration::from_hours(91 * 24));
    let (_, second) = house.tokens.create(asked(), &BY).await.unwrap();
    change(&house, &first.id, json!({"max_images": 1})).await.unwrap();
    let told = change(&house, &first.id, json!({"expires_in": "1d"})).await.unwrap_err();
    assert_eq!(told, [format!("name: 'poster-bot' is the name of {} already", second.id)]);
    assert!(house.tokens.authenticate(secret.reveal()).is_err());
    change(&house, &first.id, json!({"expires_in": "1d", "name": "old-bot"})).await.unwrap();
    assert!(house.tokens.authenticate(secret.reveal()).is_ok());
}

/// What is looked at and what is made are one turn.
#[tokio::test]
async fn of_two_made_at_once_one_gets_the_name() {
    let house = house();
    let (one, other) =
        tokio::join!(house.tokens.create(asked(), &BY), house.tokens.create(asked(), &BY));
    assert!(one.is_ok() != other.is_ok());
    assert_eq!(house.tokens.list().len(), 1);
}
