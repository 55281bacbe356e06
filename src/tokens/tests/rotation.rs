//! Two secrets of one token.

use super::*;
use crate::{domain::RecordBody, tokens::rotate::*};
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_hours(1);
const MOMENT: Duration = Duration::from_micros(1);

fn grace(text: &str) -> RotationRequest {
    RotationRequest { grace: Some(text.into()), ..RotationRequest::default() }
}

async fn rotate(house: &House, id: &TokenId, asked: &RotationRequest) -> Rotated {
    house.tokens.rotate(id, asked, &BY).await.unwrap()
}

fn said(house: &House, plain: &PlainToken) -> &'static str {
    house.tokens.authenticate(plain.reveal()).map_or_else(|refusal| refusal.reason(), |_| "open")
}

#[tokio::test]
async fn both_secrets_open_the_door_until_the_grace_is_over() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let rotated = rotate(&house, &token.id, &RotationRequest::default()).await;
    assert_eq!((&rotated.token.id, rotated.token.expires_at), (&token.id, token.expires_at));
    assert_ne!(rotated.plain.reveal(), first.reveal());
    let old = house.tokens.authenticate(first.reveal()).unwrap();
    let new = house.tokens.authenticate(rotated.plain.reveal()).unwrap();
    assert_eq!((old.secret.number, new.secret.number), (1, 2));
    assert_eq!(old.secret.retires_at, Some(house.clock.now().plus(24 * HOUR)));
    assert_eq!(new.secret.retires_at, None);
    house.clock.advance((24 * HOUR).saturating_sub(MOMENT));
    assert_eq!(said(&house, &first), "open");
    house.clock.advance(MOMENT);
    assert_eq!((said(&house, &first), said(&house, &rotated.plain)), ("secret replaced", "open"));
    assert_eq!(house.tokens.recheck(&token.id, 1).unwrap_err().secret(), Some(1));
    assert!(house.tokens.recheck(&token.id, 2).is_ok());
}

#[tokio::test]
async fn no_grace_ends_the_old_secret_at_once() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let rotated = rotate(&house, &token.id, &grace("0s")).await;
    assert_eq!((said(&house, &first), said(&house, &rotated.plain)), ("secret replaced", "open"));
}

#[tokio::test]
async fn a_third_secret_needs_a_word_on_which_of_the_two_goes() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let second = rotate(&house, &token.id, &RotationRequest::default()).await.plain;
    let error = house.tokens.rotate(&token.id, &RotationRequest::default(), &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::TwoSecretsAlive { older: 1, newer: 2, .. }), "{error}");
    assert_eq!((said(&house, &first), said(&house, &second)), ("open", "open"));
    assert_eq!(house.tokens.secrets(&token.id).len(), 2, "nothing was made");

    let without_old = RotationRequest { drop: Some(DropNow::Old), ..RotationRequest::default() };
    let third = rotate(&house, &token.id, &without_old).await.plain;
    let all = [&first, &second, &third].map(|plain| said(&house, plain));
    assert_eq!(all, ["secret replaced", "open", "open"]);

    let without_new = RotationRequest { drop: Some(DropNow::New), ..grace("2h") };
    let fourth = rotate(&house, &token.id, &without_new).await;
    let all = [&second, &third, &fourth.plain].map(|plain| said(&house, plain));
    assert_eq!(all, ["open", "secret replaced", "open"]);
    let numbers: Vec<_> = fourth.secrets.iter().map(|one| one.secret.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    house.clock.advance(2 * HOUR);
    assert_eq!(said(&house, &second), "secret replaced");
}

#[tokio::test]
async fn a_leak_of_both_secrets_is_ended_in_one_step() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let second = rotate(&house, &token.id, &RotationRequest::default()).await.plain;
    let asked = RotationRequest { drop: Some(DropNow::Old), ..grace("0s") };
    let third = rotate(&house, &token.id, &asked).await.plain;
    let all = [&first, &second, &third].map(|plain| said(&house, plain));
    assert_eq!(all, ["secret replaced", "secret replaced", "open"]);
}

#[tokio::test]
async fn a_rotation_is_finished_early_and_only_once() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let second = rotate(&house, &token.id, &RotationRequest::default()).await.plain;
    for _ in 0..2 {
        house.tokens.finish_rotation(&token.id, &BY).await.unwrap();
        assert_eq!((said(&house, &first), said(&house, &second)), ("secret replaced", "open"));
    }
    assert_eq!(house.store.reader().records(&RecordQuery::default()).unwrap().len(), 3);
}

#[tokio::test]
async fn the_grace_never_outlives_the_token() {
    let house = house();
    let new = NewToken { expires_in: Some("2h".into()), ..asked() };
    let (_, token) = house.tokens.create(new, &BY).await.unwrap();
    let rotated = rotate(&house, &token.id, &RotationRequest::default()).await;
    assert_eq!(rotated.secrets[0].secret.ends_at, Some(token.expires_at));
}

#[tokio::test]
async fn a_token_lives_longer_only_with_a_new_secret() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.clock.advance(89 * 24 * HOUR);
    let longer = RotationRequest { expires_in: Some("90d".into()), ..grace("7d") };
    let rotated = rotate(&house, &token.id, &longer).await;
    assert_eq!(rotated.token.expires_at, house.clock.now().plus(90 * 24 * HOUR));
    house.clock.advance(7 * 24 * HOUR);
    assert_eq!((said(&house, &first), said(&house, &rotated.plain)), ("secret replaced", "open"));
}

#[tokio::test]
async fn what_is_revoked_or_expired_gets_no_other_secret() {
    let house = house();
    let (_, revoked) = house.tokens.create(asked(), &BY).await.unwrap();
    house.tokens.set_state(&revoked.id, TokenState::Revoked, &BY).await.unwrap();
    let error =
        house.tokens.rotate(&revoked.id, &RotationRequest::default(), &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::RevokedIsFinal(_)));
    let (_, expired) = house.tokens.create(asked(), &BY).await.unwrap();
    house.clock.advance(90 * 24 * HOUR);
    let longer = RotationRequest { expires_in: Some("90d".into()), ..RotationRequest::default() };
    let error = house.tokens.rotate(&expired.id, &longer, &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::Expired(_)));
    let nobody = TokenId::from_stored("tok_nobody");
    let error = house.tokens.rotate(&nobody, &RotationRequest::default(), &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::Unknown(_)));
}

#[tokio::test]
async fn a_rotation_that_makes_no_sense_is_refused_with_all_its_mistakes() {
    let house = house();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let wrong = RotationRequest { expires_in: Some("400d".into()), ..grace("31d") };
    let error = house.tokens.rotate(&token.id, &wrong, &BY).await.unwrap_err();
    insta::assert_snapshot!(mistakes(error).join("\n"), @"
    grace: is 30 days at most
    expires_in: a token must expire within 366 days
    ");
    let wrong = RotationRequest { drop: Some(DropNow::New), ..grace("soon") };
    let error = house.tokens.rotate(&token.id, &wrong, &BY).await.unwrap_err();
    insta::assert_snapshot!(mistakes(error).join("\n"), @"grace: 'soon' is not a duration like 24h, 7d or 0s");
    let wrong = RotationRequest { drop: Some(DropNow::New), ..RotationRequest::default() };
    let error = house.tokens.rotate(&token.id, &wrong, &BY).await.unwrap_err();
    insta::assert_snapshot!(mistakes(error).join("\n"), @"drop: there is no newer secret to drop, only one is alive; a grace of 0s ends it");
    assert_eq!(house.tokens.secrets(&token.id).len(), 1);
}

#[tokio::test]
async fn a_rotation_is_on_record_with_before_and_after_and_no_secret() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let rotated = rotate(&house, &token.id, &RotationRequest::default()).await;
    let records = house.store.reader().records(&RecordQuery::default()).unwrap();
    assert_eq!(&*records[1].record.action, "token.rotate");
    let RecordBody::Admin(change) = &records[1].record.body else { panic!() };
    let numbers = |value: &Value| -> Vec<Value> {
        value["secrets"].as_array().unwrap().iter().map(|one| one["number"].clone()).collect()
    };
    assert_eq!(numbers(&change.before), [json!(1)]);
    assert_eq!(numbers(&change.after), [json!(1), json!(2)]);
    assert!(change.before["secrets"][0]["ends_at"].is_null());
    assert!(change.after["secrets"][0]["ends_at"].is_string());
    assert_eq!(change.after["environment"], "prod");
    let text = String::from_utf8(records[1].bytes.to_vec()).unwrap();
    for plain in [&first, &rotated.plain] {
        assert!(!text.contains("idg_"));
        assert!(!text.contains(&hex::encode(plain.digest().as_bytes())));
    }
}

#[tokio::test]
async fn both_secrets_and_the_grace_survive_a_restart() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let second = rotate(&house, &token.id, &RotationRequest::default()).await.plain;
    let House { tokens, store, clock, dir } = house;
    drop((tokens, store));
    clock.advance(23 * HOUR);
    let (store, tokens) = open(dir.path(), &clock);
    let house = House { tokens, store, clock, dir };
    assert_eq!((said(&house, &first), said(&house, &second)), ("open", "open"));
    let error = house.tokens.rotate(&token.id, &RotationRequest::default(), &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::TwoSecretsAlive { .. }));
    house.clock.advance(HOUR);
    assert_eq!((said(&house, &first), said(&house, &second)), ("secret replaced", "open"));
    let third = rotate(&house, &token.id, &RotationRequest::default()).await;
    assert_eq!(third.secrets.last().unwrap().secret.number, 3, "no number is used twice");
}

#[tokio::test]
async fn an_ended_secret_is_told_apart_for_thirty_days_and_then_forgotten() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let second = rotate(&house, &token.id, &grace("0s")).await.plain;
    house.clock.advance((30 * 24 * HOUR).saturating_sub(MOMENT));
    house.tokens.forget_ended().await;
    assert_eq!(said(&house, &first), "secret replaced");
    house.clock.advance(MOMENT);
    house.tokens.forget_ended().await;
    assert_eq!((said(&house, &first), said(&house, &second)), ("token unknown", "open"));
    let stored = house.store.reader().tokens().unwrap();
    assert_eq!(stored[0].1.len(), 1, "its digest is gone from the database too");
    assert_eq!(stored[0].1[0].0.number, 2);
}

#[tokio::test]
async fn the_last_use_of_each_secret_is_known_without_writing() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    rotate(&house, &token.id, &RotationRequest::default()).await;
    let records = || house.store.reader().records(&RecordQuery::default()).unwrap().len();
    let before = records();
    house.clock.advance(HOUR);
    house.tokens.authenticate(first.reveal()).unwrap();
    let used: Vec<_> = house.tokens.secrets(&token.id).iter().map(|one| one.used_at).collect();
    assert_eq!(used, [Some(house.clock.now()), None]);
    assert_eq!(records(), before);
}

#[tokio::test]
async fn a_rotation_that_cannot_be_put_on_record_is_not_made() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.store.close().await;
    let error = house.tokens.rotate(&token.id, &grace("0s"), &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::Journal(_)));
    assert_eq!(said(&house, &first), "open");
    assert_eq!(house.tokens.secrets(&token.id).len(), 1);
}

#[tokio::test]
async fn a_secret_that_is_dropped_ends_at_once_even_if_it_is_the_only_one() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let both = RotationRequest { drop: Some(DropNow::Old), ..grace("2h") };
    let error = house.tokens.rotate(&token.id, &both, &BY).await.unwrap_err();
    assert!(matches!(&error, TokensError::Invalid(mistakes) if &*mistakes[0].field == "grace"));
    assert_eq!(said(&house, &first), "open", "what contradicts itself changes nothing");
    let drop = RotationRequest { drop: Some(DropNow::Old), ..RotationRequest::default() };
    let second = rotate(&house, &token.id, &drop).await.plain;
    assert_eq!((said(&house, &first), said(&house, &second)), ("secret replaced", "open"));
}

#[tokio::test]
async fn a_rotation_ends_no_token_earlier_unless_that_was_said() {
    let house = house();
    let (first, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let shorter = RotationRequest { expires_in: Some("1h".into()), ..RotationRequest::default() };
    let error = house.tokens.rotate(&token.id, &shorter, &BY).await.unwrap_err();
    let TokensError::Invalid(mistakes) = error else { panic!("{error}") };
    assert_eq!(&*mistakes[0].field, "expires_in");
    assert!(mistakes[0].problem.contains(&token.expires_at.to_string()), "{mistakes:?}");
    assert_eq!(house.tokens.secrets(&token.id).len(), 1, "nothing was made");
    assert_eq!(said(&house, &first), "open");
    let said_so = RotationRequest { shorten: true, ..shorter };
    let rotated = rotate(&house, &token.id, &said_so).await;
    assert_eq!(rotated.token.expires_at, house.clock.now().plus(HOUR));
}
