//! The life of tokens against a real store.

mod names;
mod narrower;
mod production;
mod reduction;
mod rotation;
mod update;
mod words;

use super::*;
use crate::{
    config::{EnvironmentSettings, Limited, LiveSettings, LoadOptions, Settings},
    domain::{
        Clock, EnvironmentName, Principal, RecordBody, SteeredClock, Timestamp, TokenId, TokenState,
    },
    store::{ChainHasher, RecordQuery, Store, StoreOptions},
    tasks::Tasks,
};
use futures_util::FutureExt;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

const BY: Principal = Principal::LocalUser(1000);

#[derive(Debug)]
struct NoSeal;

impl ChainHasher for NoSeal {
    fn seal(&self, _: u64, _: &[u8; 32], _: &[u8]) -> [u8; 32] {
        [0; 32]
    }
}

struct House {
    tokens: Tokens,
    store: Store,
    clock: SteeredClock,
    dir: tempfile::TempDir,
}

fn environment(scopes: &[&str]) -> EnvironmentSettings {
    EnvironmentSettings {
        enabled: true,
        account: "ideogram".parse().unwrap(),
        scopes: scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
        weight: 1,
        reserved_places: 0,
        queue_timeout: None,
        daily_budget: None,
        monthly_budget: None,
        token_lifetime: Duration::from_hours(90 * 24),
        recover_answers: true,
        policy: crate::config::Policy::default(),
        limited: Limited { max_images: Some(2), ..Limited::default() },
    }
}

fn environments() -> BTreeMap<EnvironmentName, Arc<EnvironmentSettings>> {
    let all = [
        ("dev", environment(&["read:*"])),
        ("staging", environment(&["read:*", "write:limited"])),
        ("prod", environment(&["read:generations", "write:generate", "write:edit"])),
    ];
    all.into_iter().map(|(name, found)| (name.parse().unwrap(), Arc::new(found))).collect()
}

/// Returns settings with these environments, none of which is production.
fn grounds(environments: BTreeMap<EnvironmentName, Arc<EnvironmentSettings>>) -> Settings {
    let mut grounds = settings(&[]);
    grounds.environments = environments;
    grounds.review.production.clear();
    grounds
}

fn open(dir: &Path, clock: &SteeredClock) -> (Store, Tokens) {
    open_with(dir, clock, grounds(environments()))
}

fn open_with(dir: &Path, clock: &SteeredClock, settings: Settings) -> (Store, Tokens) {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let options = StoreOptions {
        dir: dir.to_owned(),
        max_size: 0,
        seal: Arc::new(NoSeal),
        clock: Arc::clone(&clock),
        watch: Arc::new(crate::store::UnwatchedCommits),
    };
    let store = Store::open(options).unwrap();
    let (journal, reader, settings) =
        (store.journal(), store.reader(), LiveSettings::new(settings));
    let tokens = Tokens::load(journal, reader, clock, settings, Tasks::default());
    (store, tokens.unwrap())
}

fn house() -> House {
    house_with(grounds(environments()))
}

fn house_with(settings: Settings) -> House {
    let dir = tempfile::tempdir().unwrap();
    let clock = SteeredClock::at(Timestamp::from_micros(1_700_000_000_000_000));
    let (store, tokens) = open_with(dir.path(), &clock, settings);
    House { tokens, store, clock, dir }
}

fn asked() -> NewToken {
    NewToken {
        environment: "prod".into(),
        name: "poster-bot".into(),
        scopes: vec!["write:generate".into(), "read:generations".into()],
        ..NewToken::default()
    }
}

fn mistakes(error: TokensError) -> Vec<String> {
    match error {
        TokensError::Invalid(all) => {
            all.iter().map(|one| format!("{}: {}", one.field, one.problem)).collect()
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_made_token_opens_the_door_at_once() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    assert_eq!(house.tokens.authenticate(plain.reveal()).unwrap().token, token);
    assert_eq!(house.tokens.recheck(&token.id, 1).unwrap(), token);
    assert_eq!(house.tokens.list(), [token]);
}

#[tokio::test]
async fn a_token_lives_as_long_as_its_environment_says_and_not_longer() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.clock.advance(Duration::from_hours(90 * 24) - Duration::from_micros(1));
    assert!(house.tokens.authenticate(plain.reveal()).is_ok());
    house.clock.advance(Duration::from_micros(1));
    let refusal = house.tokens.authenticate(plain.reveal()).unwrap_err();
    assert_eq!(refusal, TokenRefusal::Expired(token));
}

#[tokio::test]
async fn what_is_not_a_token_is_told_apart_for_the_audit() {
    let house = house();
    let stranger = PlainToken::mint(&"prod".parse().unwrap()).unwrap();
    let reason = |text: &str| house.tokens.authenticate(text).unwrap_err().reason();
    assert_eq!(reason("sk-live"), "token malformed");
    assert_eq!(reason(stranger.reveal()), "token unknown");
}

#[tokio::test]
async fn a_disabled_token_is_refused_until_it_is_enabled_again() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.tokens.set_state(&token.id, TokenState::Disabled, &BY).await.unwrap();
    let refusal = house.tokens.authenticate(plain.reveal()).unwrap_err();
    assert_eq!(refusal.reason(), "token disabled");
    assert_eq!(refusal.token().unwrap().id, token.id);
    house.tokens.set_state(&token.id, TokenState::Enabled, &BY).await.unwrap();
    assert!(house.tokens.authenticate(plain.reveal()).is_ok());
}

#[tokio::test]
async fn revoking_is_final() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.tokens.set_state(&token.id, TokenState::Revoked, &BY).await.unwrap();
    for state in [TokenState::Enabled, TokenState::Disabled] {
        let error = house.tokens.set_state(&token.id, state, &BY).await.unwrap_err();
        assert!(matches!(error, TokensError::RevokedIsFinal(_)));
    }
    let refusal = house.tokens.authenticate(plain.reveal()).unwrap_err();
    assert_eq!(refusal.reason(), "token revoked");
    assert!(house.tokens.recheck(&token.id, 1).is_err());
}

#[tokio::test]
async fn those_who_wait_are_told_of_each_change() {
    let house = house();
    let mut changes = house.tokens.changes();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    house.tokens.set_state(&token.id, TokenState::Revoked, &BY).await.unwrap();
    assert!(changes.has_changed().unwrap());
}

#[tokio::test]
async fn a_change_that_changes_nothing_leaves_no_record() {
    let house = house();
    let (_, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.tokens.set_state(&token.id, TokenState::Enabled, &BY).await.unwrap();
    assert_eq!(house.store.reader().records(&RecordQuery::default()).unwrap().len(), 1);
}

#[tokio::test]
async fn each_change_is_on_record_with_before_and_after_and_never_the_secret() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.tokens.set_state(&token.id, TokenState::Disabled, &BY).await.unwrap();
    let records = house.store.reader().records(&RecordQuery::default()).unwrap();
    let actions: Vec<_> = records.iter().map(|sealed| &*sealed.record.action).collect();
    assert_eq!(actions, ["token.create", "token.disable"]);
    for sealed in &records {
        assert_eq!(sealed.record.principal, BY);
        assert_eq!(&*sealed.record.resource, token.id.as_str());
        let text = String::from_utf8(sealed.bytes.to_vec()).unwrap();
        assert!(!text.contains("idg_"));
        assert!(!text.contains(&hex::encode(plain.digest().as_bytes())));
    }
    let RecordBody::Admin(change) = &records[1].record.body else { panic!() };
    assert_eq!(
        (&change.before["state"], &change.after["state"]),
        (&"enabled".into(), &"disabled".into())
    );
}

#[tokio::test]
async fn tokens_and_their_states_survive_a_restart() {
    let house = house();
    let (kept, _) = house.tokens.create(asked(), &BY).await.unwrap();
    let other = NewToken { name: "lost".into(), ..asked() };
    let (lost, gone) = house.tokens.create(other, &BY).await.unwrap();
    house.tokens.set_state(&gone.id, TokenState::Revoked, &BY).await.unwrap();
    let House { tokens, store, clock, dir } = house;
    drop((tokens, store));
    let (_store, tokens) = open(dir.path(), &clock);
    assert!(tokens.authenticate(kept.reveal()).is_ok());
    assert_eq!(tokens.authenticate(lost.reveal()).unwrap_err().reason(), "token revoked");
}

#[tokio::test]
async fn a_change_that_cannot_be_put_on_record_is_not_made() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    house.store.close().await;
    let error = house.tokens.set_state(&token.id, TokenState::Disabled, &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::Journal(_)));
    let other = NewToken { name: "other".into(), ..asked() };
    assert!(matches!(house.tokens.create(other, &BY).await, Err(TokensError::Journal(_))));
    assert!(house.tokens.authenticate(plain.reveal()).is_ok());
    assert_eq!(house.tokens.list().len(), 1);
}

/// The work goes on although nobody waits for it any more.
#[tokio::test]
async fn a_change_is_made_whole_even_if_the_operator_hangs_up() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let mut changes = house.tokens.changes();
    let mut asking = Box::pin(house.tokens.set_state(&token.id, TokenState::Revoked, &BY));
    assert!(asking.as_mut().now_or_never().is_none());
    drop(asking);
    changes.changed().await.unwrap();
    assert_eq!(house.tokens.authenticate(plain.reveal()).unwrap_err().reason(), "token revoked");
    assert_eq!(house.store.reader().records(&RecordQuery::default()).unwrap().len(), 2);
}

#[tokio::test]
async fn an_unknown_token_cannot_be_changed() {
    let house = house();
    let id = TokenId::from_stored("tok_nobody");
    let error = house.tokens.set_state(&id, TokenState::Revoked, &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::Unknown(_)));
    assert!(matches!(house.tokens.show(&id), Err(TokensError::Unknown(_))));
}

#[tokio::test]
async fn all_mistakes_are_told_at_once() {
    let house = house();
    let new = NewToken {
        environment: "production".into(),
        name: "a\u{7}".into(),
        owner: Some(" ".into()),
        scopes: vec!["write:everything".into()],
        expires_in: Some("400d".into()),
        limits: AskedLimits {
            daily_budget: Asked::Is("-1".into()),
            monthly_budget: Asked::Is("0.00".into()),
            max_images: Asked::Is(9),
            max_places: Asked::Is(0),
            rate: Asked::Is("fast".into()),
            queue_timeout: Asked::Is("0s".into()),
            webhook_hosts: Asked::Is(vec!["https://hooks.example.com/x".into()]),
            cidrs: Asked::Is(vec!["10.0.0.0/33".into()]),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    };
    let error = house.tokens.create(new, &BY).await.unwrap_err();
    insta::assert_snapshot!(mistakes(error).join("\n"), @r#"
    name: has characters that do not show, or that turn the order of others
    owner: must not be empty
    environment: there is no environment 'production'; there are: dev, prod, staging
    scopes: 'write:everything' is not a scope; `ideogate route list` shows the scopes there are
    max_images: 9 is not a number from 1 to 8
    max_places: 0 is not a number from 1 on
    rate: 'fast' is not a rate like 60/min or 2/s
    queue_timeout: must be longer than nothing
    daily_budget: an amount is written as dollars with up to six decimals, like "5.00", and not below zero
    monthly_budget: must be more than nothing; take the scope away instead
    webhook_hosts: 'https://hooks.example.com/x' is not a host like hooks.example.com
    cidrs: '10.0.0.0/33' is not a network like 10.0.0.0/8
    expires_in: a token must expire within 366 days
    "#);
    assert!(house.tokens.list().is_empty());
    assert!(house.store.reader().records(&RecordQuery::default()).unwrap().is_empty());
}

#[tokio::test]
async fn a_scope_above_the_ceiling_is_named_and_so_is_the_ceiling() {
    let house = house();
    let scopes = ["read:*", "write:generate", "write:video"].map(String::from).to_vec();
    let error = house.tokens.create(NewToken { scopes, ..asked() }, &BY).await.unwrap_err();
    insta::assert_snapshot!(mistakes(error).join("\n"), @"
    scopes: 'read:*' is not allowed in environment 'prod', whose limit is set as `scopes` under [environments.prod]: read:generations, write:generate, write:edit
    scopes: 'write:video' is not allowed in environment 'prod', whose limit is set as `scopes` under [environments.prod]: read:generations, write:generate, write:edit
    ");
}

#[tokio::test]
async fn a_token_that_could_do_nothing_is_not_made() {
    let house = house();
    let new = NewToken { scopes: Vec::new(), ..asked() };
    let error = house.tokens.create(new, &BY).await.unwrap_err();
    insta::assert_snapshot!(mistakes(error).join("\n"), @"scopes: at least one is needed, or the token could do nothing");
}

fn settings(more: &[(&str, &str)]) -> Settings {
    let variables =
        more.iter().map(|(key, value)| (format!("IDEOGATE__{key}"), (*value).to_owned()));
    let variables = variables.collect();
    let options = LoadOptions { file: None, variables, working_dir: PathBuf::new() };
    Settings::load(options).unwrap().settings
}
