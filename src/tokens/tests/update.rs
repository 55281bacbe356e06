//! What is given and what is taken away, and what stays.

use super::{
    reduction::{NOW, cases, granted, is_under, made, reduction, token},
    *,
};
use crate::{
    domain::{Token, TokenLimits, Usd},
    tokens::{
        taken_names::TakenNames,
        update::{Direction, updated},
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Each limit: its name in requests, a value, the name in tokens, and what is kept of the value.
const LIMITS: [(&str, &str, &str, &str); 11] = [
    ("daily_budget", r#""2.00""#, "daily_budget", r#""2.00""#),
    ("monthly_budget", r#""9.50""#, "monthly_budget", r#""9.50""#),
    ("max_images", "3", "max_images", "3"),
    ("max_places", "2", "max_places", "2"),
    ("rate", r#""2/s""#, "requests_per_minute", "120"),
    ("queue_timeout", r#""90s""#, "queue_timeout", r#""90s""#),
    ("models", r#"["V_3"]"#, "models", r#"["V_3"]"#),
    ("speeds", r#"["TURBO"]"#, "speeds", r#"["TURBO"]"#),
    ("webhook_hosts", r#"["A.example"]"#, "webhook_hosts", r#"["a.example"]"#),
    ("image_hosts", r#"["b.example"]"#, "image_hosts", r#"["b.example"]"#),
    ("cidrs", r#"["10.1.2.3/8"]"#, "cidrs", r#"["10.0.0.0/8"]"#),
];

fn read(request: Value) -> TokenUpdate {
    serde_json::from_value(request).unwrap()
}

async fn update(house: &House, id: &TokenId, request: Value) -> Result<Arc<Token>, Vec<String>> {
    house.tokens.update(id, read(request), &BY).await.map_err(mistakes)
}

#[tokio::test]
async fn every_limit_can_be_set_replaced_and_taken_away() {
    let house = house();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    for (field, value, kept_as, kept) in LIMITS {
        let value: Value = serde_json::from_str(value).unwrap();
        let kept: Value = serde_json::from_str(kept).unwrap();
        let changed = update(&house, &token.id, json!({ field: value })).await.unwrap();
        let mut expected = serde_json::to_value(&token.limits).unwrap();
        expected[kept_as] = kept;
        assert_eq!(serde_json::to_value(&changed.limits).unwrap(), expected, "{field}");
        let gone = update(&house, &token.id, json!({ field: null })).await.unwrap();
        assert_eq!(gone, token, "{field}: the others are as they were");
    }
    let all = serde_json::to_value(TokenLimits::default()).unwrap();
    assert_eq!(all.as_object().unwrap().len(), LIMITS.len(), "a limit is missing here");
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_refused() {
    for unknown in [json!({"daily_bugdet": "1.00"}), json!({"rate": "1/min", "budget": null})] {
        let told = serde_json::from_value::<TokenUpdate>(unknown.clone()).unwrap_err().to_string();
        assert!(told.contains("unknown field"), "{unknown}: {told}");
        assert!(serde_json::from_value::<NewToken>(unknown).is_err());
    }
    let twice = r#"{"rate": "1/min", "rate": "2/min"}"#;
    assert!(serde_json::from_str::<TokenUpdate>(twice).is_err(), "which of the two is meant?");
}

#[tokio::test]
async fn a_value_of_another_kind_is_told_with_its_field_and_all_others() {
    let house = house();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let odd = json!({"max_images": "four", "rate": 60, "models": "V_3", "cidrs": [1], "owner": {}});
    let told = update(&house, &token.id, odd).await.unwrap_err();
    insta::assert_snapshot!(told.join("\n"), @"
    owner: must be a text
    models: must be a list of texts
    max_images: must be a whole number
    rate: must be a text
    cidrs: must be a list of texts
    ");
    assert_eq!(house.tokens.show(&token.id).unwrap(), token);
}

#[tokio::test]
async fn a_token_is_widened_up_to_its_ceiling_and_not_beyond() {
    let house = house();
    let token = made(&house, "prod", &["write:generate"]).await;
    let more = json!({"add_scopes": ["write:edit"], "expires_in": "366d"});
    let wider = update(&house, &token.id, more).await.unwrap();
    assert_eq!(granted(&wider), ["write:generate", "write:edit"]);
    assert_eq!(wider.expires_at, NOW.plus(Duration::from_hours(366 * 24)));
    let beyond = json!({"add_scopes": ["write:video"], "expires_in": "367d", "max_images": 9});
    let told = update(&house, &token.id, beyond).await.unwrap_err();
    insta::assert_snapshot!(told.join("\n"), @"
    expires_in: a token must expire within 366 days
    max_images: 9 is not a number from 1 to 8
    scopes: 'write:video' is not allowed in environment 'prod', whose limit is set as `scopes` under [environments.prod]: read:generations, write:generate, write:edit
    ");
    assert_eq!(house.tokens.show(&token.id).unwrap(), wider);
}

#[tokio::test]
async fn scopes_are_replaced_first_then_added_then_taken() {
    let house = house();
    let token = made(&house, "prod", &["read:generations"]).await;
    let asked = json!({
        "scopes": ["write:generate"], "add_scopes": ["write:edit", "read:generations"],
        "without": ["write:generate"],
    });
    let changed = update(&house, &token.id, asked).await.unwrap();
    assert_eq!(granted(&changed), ["read:generations", "write:edit"]);
    let all = json!({"without": ["read:generations", "write:edit"]});
    let told = update(&house, &token.id, all).await.unwrap_err();
    assert_eq!(told, ["scopes: nothing would be left; disable or revoke the token instead"]);
}

/// A ceiling that came down since forbids to give more, and nothing else.
#[test]
fn what_a_token_has_above_its_ceiling_is_no_obstacle_to_other_changes() {
    let mut lowered = environments();
    lowered.insert("prod".parse().unwrap(), environment(&["read:generations"]).into());
    let lowered = grounds(lowered);
    let old = Token {
        scopes: ["read:generations", "write:*"].iter().map(|one| one.parse().unwrap()).collect(),
        ..plain()
    };
    let with = |request, settings: &_| {
        updated(&old, &read(request), Direction::Both, (&TakenNames::default(), settings), NOW)
    };
    assert!(with(json!({"name": "other", "daily_budget": "1.00"}), &lowered).is_ok());
    let less = with(json!({"without": ["write:video"]}), &lowered).unwrap();
    assert!(is_under(&less, &old));
    assert!(with(json!({"add_scopes": ["train:models"]}), &lowered).is_err());
    let none = grounds(BTreeMap::new());
    assert!(with(json!({"owner": "design", "max_images": 1}), &none).is_ok());
    let told = with(json!({"add_scopes": ["train:models"]}), &none).unwrap_err();
    assert_eq!(&*told[0].field, "environment");
}

/// Returns a token of `prod` that has nothing special.
fn plain() -> Token {
    Token {
        id: TokenId::from_stored("tok_1"),
        name: "shop".into(),
        owner: None,
        environment: "prod".parse().unwrap(),
        scopes: ["write:generate"].iter().map(|one| one.parse().unwrap()).collect(),
        state: TokenState::Enabled,
        created_at: NOW,
        unlimited: false,
        extra: None,
        revoked_at: None,
        expires_at: NOW.plus(Duration::from_hours(24)),
        limits: TokenLimits::default(),
        metadata: BTreeMap::new(),
    }
}

#[tokio::test]
async fn a_name_an_owner_and_words_change_and_the_others_stay() {
    let house = house();
    let metadata = [("team", "shop"), ("ticket", "7")];
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let new = NewToken { owner: Some("marketing".into()), metadata, ..asked() };
    let (_, token) = house.tokens.create(new, &BY).await.unwrap();
    let request = json!({"name": "bot", "metadata": {"ticket": null, "cost": "a"}});
    let changed = update(&house, &token.id, request).await.unwrap();
    assert_eq!((&*changed.name, changed.owner.as_deref()), ("bot", Some("marketing")));
    let words: Vec<_> = changed.metadata.iter().map(|(key, value)| (&**key, &**value)).collect();
    assert_eq!(words, [("cost", "a"), ("team", "shop")]);
    assert_eq!(update(&house, &token.id, json!({"owner": null})).await.unwrap().owner, None);
    assert!(update(&house, &token.id, json!({"name": " "})).await.is_err());
    assert_eq!(
        (changed.scopes.clone(), changed.expires_at),
        (token.scopes.clone(), token.expires_at)
    );
}

#[tokio::test]
async fn an_update_is_on_record_and_nothing_is_if_nothing_changes() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let more = json!({"daily_budget": "7.00", "rate": "60/min"});
    update(&house, &token.id, more.clone()).await.unwrap();
    update(&house, &token.id, more).await.unwrap();
    let records = house.store.reader().records(&RecordQuery::default()).unwrap();
    assert_eq!(records.len(), 2, "what changes nothing leaves no record");
    assert_eq!(&*records[1].record.action, "token.update");
    let RecordBody::Admin(change) = &records[1].record.body else { panic!() };
    assert_eq!(change.before["limits"]["daily_budget"], Value::Null);
    assert_eq!(change.after["limits"]["daily_budget"], "7.00");
    let House { tokens, store, clock, dir } = house;
    drop((tokens, store));
    let (_store, tokens) = open(dir.path(), &clock);
    let again = tokens.authenticate(plain.reveal()).unwrap().token;
    assert_eq!(again.limits.requests_per_minute, Some(60));
}

#[tokio::test]
async fn a_revoked_token_cannot_be_updated_and_an_expired_one_lives_again() {
    let house = house();
    let (secret, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.clock.advance(Duration::from_hours(91 * 24));
    assert!(house.tokens.authenticate(secret.reveal()).is_err());
    let rotated = house.tokens.rotate(&token.id, &RotationRequest::default(), &BY).await;
    assert!(matches!(rotated, Err(TokensError::Expired(_))), "it gets no secret while it is over");
    update(&house, &token.id, json!({"max_images": 1})).await.unwrap();
    assert!(house.tokens.authenticate(secret.reveal()).is_err(), "that gave it no time");
    update(&house, &token.id, json!({"expires_in": "1d"})).await.unwrap();
    assert!(house.tokens.authenticate(secret.reveal()).is_ok());
    house.tokens.set_state(&token.id, TokenState::Revoked, &BY).await.unwrap();
    let refused = house.tokens.update(&token.id, read(json!({"expires_in": "2d"})), &BY).await;
    assert!(matches!(refused, Err(TokensError::RevokedIsFinal(_))));
    assert!(house.tokens.authenticate(secret.reveal()).is_err());
}

/// Each is changed on top of the other, whichever comes first.
#[tokio::test]
async fn two_updates_at_once_are_both_in_force() {
    let house = house();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let (one, other) = tokio::join!(
        update(&house, &token.id, json!({"max_images": 2})),
        update(&house, &token.id, json!({"max_places": 3})),
    );
    assert!(one.is_ok() && other.is_ok());
    let limits = house.tokens.show(&token.id).unwrap().limits.clone();
    assert_eq!((limits.max_images, limits.max_places), (Some(2), Some(3)));
}

#[tokio::test]
async fn what_narrows_nothing_is_no_reduction() {
    let house = house();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let asked = read(json!({
        "name": "x", "owner": null, "metadata": {"a": "b"}, "add_scopes": ["write:edit"],
        "daily_budget": "1.00", "no_budget": true,
    }));
    let told = mistakes(house.tokens.reduce(&token.id, asked, &BY).await.unwrap_err());
    insta::assert_snapshot!(told.join("\n"), @"
    name: takes nothing away; that is for an update
    owner: takes nothing away; that is for an update
    metadata: takes nothing away; that is for an update
    add_scopes: takes nothing away; that is for an update
    no_budget: takes nothing away; that is for an update
    scopes: 'write:edit' is more than the token has: read:generations, write:generate
    ");
    let open = read(json!({"daily_budget": null, "models": []}));
    assert_eq!(house.tokens.reduce(&token.id, open, &BY).await.unwrap(), token);
    let first = read(json!({"daily_budget": "1.00", "models": ["V_3"], "queue_timeout": "5s"}));
    house.tokens.reduce(&token.id, first, &BY).await.unwrap();
    let more = read(json!({"daily_budget": null, "models": [], "queue_timeout": "6s"}));
    let told = mistakes(house.tokens.reduce(&token.id, more, &BY).await.unwrap_err());
    insta::assert_snapshot!(told.join("\n"), @"
    queue_timeout: 6s is more than the 5s that the token has
    daily_budget: no limit is more than the 1.00 that the token has
    models: all are more than what the token has: V_3
    ");
}

/// Returns the request that makes `token` of any other.
fn back_to(token: &Token) -> TokenUpdate {
    let limits = &token.limits;
    let request = json!({
        "scopes": token.scopes, "daily_budget": limits.daily_budget,
        "monthly_budget": limits.monthly_budget, "max_images": limits.max_images,
        "max_places": limits.max_places,
        "rate": limits.requests_per_minute.map(|count| format!("{count}/min")),
        "queue_timeout": limits.queue_timeout.map(|span| format!("{}s", span.as_secs())),
        "models": limits.models, "speeds": limits.speeds, "webhook_hosts": limits.webhook_hosts,
        "image_hosts": limits.image_hosts, "cidrs": limits.cidrs,
        "expires_in": format!("{}us", token.expires_at.as_micros() - NOW.as_micros()),
    });
    read(request)
}

#[test]
fn there_and_back_is_the_token_it_was() {
    let all = ["read:*", "write:*", "write:limited", "train:models", "read:account"];
    let open = grounds(BTreeMap::from([("prod".parse().unwrap(), environment(&all).into())]));
    proptest!(cases(1024), |(token in token(), asked in reduction())| {
        let there = updated(&token, &asked, Direction::Both, (&TakenNames::default(), &open), NOW);
        if let (Ok(there), false) = (there, token.scopes.is_empty()) {
            let back = updated(&there, &back_to(&token), Direction::Both, (&TakenNames::default(), &open), NOW).unwrap();
            prop_assert_eq!(back, token);
        }
    });
}

#[tokio::test]
async fn more_for_today_adds_up_and_ends_with_the_day() {
    let house = house();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let more = json!({"extra_today": "2.00"});
    let told = update(&house, &token.id, more.clone()).await.unwrap_err();
    assert_eq!(told, ["extra_today: adds to the token's own daily budget, and there is none"]);
    update(&house, &token.id, json!({"daily_budget": "5.00"})).await.unwrap();
    for (asked, today) in [("2.00", 7_000_000), ("0.50", 7_500_000)] {
        let token = update(&house, &token.id, json!({"extra_today": asked})).await.unwrap();
        assert_eq!(token.daily_budget_at(house.clock.now()), Some(Usd::from_micros(today)));
        assert_eq!(token.limits.daily_budget, Some(Usd::from_micros(5_000_000)));
    }
    assert!(update(&house, &token.id, json!({"extra_today": "0.00"})).await.is_err());
    house.clock.advance(Duration::from_hours(24));
    let kept = house.tokens.show(&token.id).unwrap();
    assert_eq!(kept.daily_budget_at(house.clock.now()), Some(Usd::from_micros(5_000_000)));
    let fresh = update(&house, &token.id, more).await.unwrap();
    let now = house.clock.now();
    assert_eq!(fresh.extra_at(now), Some(Usd::from_micros(2_000_000)), "not on top of yesterday's");
    let gone = update(&house, &token.id, json!({"daily_budget": null})).await.unwrap();
    assert_eq!(gone.extra, None, "it does not come back with the next budget");
}

#[tokio::test]
async fn more_for_today_is_more_and_no_reduction() {
    let house = house();
    let new = NewToken { no_budget: false, ..asked() };
    let (_, token) = house.tokens.create(new, &BY).await.unwrap();
    update(&house, &token.id, json!({"daily_budget": "5.00"})).await.unwrap();
    let more = read(json!({"extra_today": "2.00"}));
    let told = mistakes(house.tokens.reduce(&token.id, more, &BY).await.unwrap_err());
    assert_eq!(told, ["extra_today: takes nothing away; that is for an update"]);
    let old = house.tokens.show(&token.id).unwrap();
    let more = update(&house, &token.id, json!({"extra_today": "2.00"})).await.unwrap();
    let gains = wider(&old, &more);
    assert_eq!(gains.iter().map(|gain| &*gain.field).collect::<Vec<_>>(), ["extra_today"]);
    assert_eq!(wider(&more, &more), []);
}
