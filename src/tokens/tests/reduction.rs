//! What is taken away, and that nothing is ever given.

use super::*;
use crate::{
    domain::{Scope, ScopeGrant, Token, TokenLimits, Usd},
    tokens::{
        taken_names::TakenNames,
        update::{Direction, updated},
    },
};
use ipnet::IpNet;
use proptest::{collection::vec, option, prelude::*, sample::select};

pub(super) const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn words(count: usize) -> impl Strategy<Value = Vec<String>> {
    vec(select(vec!["a", "b", "c"]).prop_map(str::to_owned), 0..=count)
}

fn nets() -> impl Strategy<Value = Vec<String>> {
    vec(select(vec!["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "::/0", "fd00::/8"]), 0..3)
        .prop_map(|nets| nets.into_iter().map(str::to_owned).collect())
}

fn grants() -> impl Strategy<Value = Vec<String>> {
    let one = Scope::ALL.iter().map(|scope| ScopeGrant::One(*scope));
    let all = [ScopeGrant::ReadAll, ScopeGrant::WriteAll, ScopeGrant::WriteLimited];
    let all: Vec<_> = one.chain(all).map(|grant| grant.to_string()).collect();
    vec(select(all), 0..5)
}

fn money() -> impl Strategy<Value = Option<i64>> {
    option::of(1_i64..5)
}

prop_compose! {
    fn limits()(
        numbers in (option::of(1_u32..8), option::of(1_u32..8), option::of(1_u32..8)),
        wait in option::of(1_u64..5),
        budgets in (money(), money()),
        lists in (words(3), words(3), words(3), words(3)),
        nets in nets(),
    ) -> TokenLimits {
        TokenLimits {
            max_images: numbers.0,
            max_places: numbers.1,
            requests_per_minute: numbers.2,
            queue_timeout: wait.map(Duration::from_secs),
            daily_budget: budgets.0.map(Usd::from_micros),
            monthly_budget: budgets.1.map(Usd::from_micros),
            models: lists.0,
            speeds: lists.1,
            webhook_hosts: lists.2,
            image_hosts: lists.3,
            cidrs: nets.iter().map(|net| net.parse().unwrap()).collect(),
        }
    }
}

prop_compose! {
    pub(super) fn token()(scopes in grants(), limits in limits(), days in 1_u64..100) -> Token {
        Token {
            id: TokenId::from_stored("tok_1"),
            name: "shop".into(),
            owner: None,
            environment: "prod".parse().unwrap(),
            scopes: scopes.iter().map(|grant| grant.parse().unwrap()).collect(),
            state: TokenState::Enabled,
            created_at: NOW,
            unlimited: false,
            extra: None,
            revoked_at: None,
            expires_at: NOW.plus(Duration::from_hours(24 * days)),
            limits,
            metadata: BTreeMap::new(),
        }
    }
}

/// What is said of one thing: nothing, that there shall be none, or a value.
pub(super) fn said<T: Clone + std::fmt::Debug>(
    of: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Asked<T>> {
    prop_oneof![3 => Just(Asked::Unsaid), 1 => Just(Asked::Nothing), 2 => of.prop_map(Asked::Is)]
}

fn dollars() -> impl Strategy<Value = Asked<String>> {
    said((1_i64..5).prop_map(|micros| Usd::from_micros(micros).to_string()))
}

prop_compose! {
    pub(super) fn asked_limits()(
        numbers in (said(1_u32..8), said(1_u32..8)),
        spans in (
            said((1_u32..8).prop_map(|count| format!("{count}/min"))),
            said((1_u64..5).prop_map(|span| format!("{span}s"))),
        ),
        budgets in (dollars(), dollars()),
        lists in (said(words(3)), said(words(3)), said(words(3)), said(words(3))),
        cidrs in said(nets()),
    ) -> AskedLimits {
        AskedLimits {
            max_images: numbers.0,
            max_places: numbers.1,
            rate: spans.0,
            queue_timeout: spans.1,
            daily_budget: budgets.0,
            monthly_budget: budgets.1,
            models: lists.0,
            speeds: lists.1,
            webhook_hosts: lists.2,
            image_hosts: lists.3,
            cidrs,
        }
    }
}

prop_compose! {
    pub(super) fn reduction()(
        scopes in grants(), without in grants(), limits in asked_limits(),
        days in option::of(1_u64..100),
    ) -> TokenUpdate {
        let expires_in = days.map(|days| format!("{days}d"));
        TokenUpdate { scopes, without, expires_in, limits, ..TokenUpdate::default() }
    }
}

fn narrow(
    token: &Token,
    asked: &TokenUpdate,
    settings: &Settings,
) -> Result<Token, Vec<RequestError>> {
    updated(token, asked, Direction::Narrower, (&TakenNames::default(), settings), NOW)
}

pub(super) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, ..ProptestConfig::default() }
}

/// Whether a list that means everything when it is empty lets `one` through.
fn lets<T: PartialEq>(list: &[T], one: &T) -> bool {
    list.is_empty() || list.contains(one)
}

fn within<T: PartialOrd + Copy>(new: Option<T>, old: Option<T>) -> bool {
    old.is_none_or(|old| new.is_some_and(|new| new <= old))
}

/// Says in its own words whether whatever `new` allows `old` allowed, too.
pub(super) fn is_under(new: &Token, old: &Token) -> bool {
    let scopes = Scope::ALL.iter().all(|scope| {
        let lesser =
            !old.scopes.allows_only_limited(*scope) || new.scopes.allows_only_limited(*scope);
        !new.scopes.allows(*scope) || (old.scopes.allows(*scope) && lesser)
    });
    let (now, was) = (&new.limits, &old.limits);
    let alphabet = ["a", "b", "c"].map(str::to_owned);
    let lists = alphabet.iter().all(|word| {
        let open = |new: &[String], old: &[String]| !lets(new, word) || lets(old, word);
        open(&now.models, &was.models)
            && open(&now.speeds, &was.speeds)
            && open(&now.image_hosts, &was.image_hosts)
            && (!now.webhook_hosts.contains(word) || was.webhook_hosts.contains(word))
    });
    let from = |nets: &[IpNet], address: &str| {
        nets.is_empty()
            || nets.iter().any(|net| net.contains(&address.parse::<std::net::IpAddr>().unwrap()))
    };
    let addresses = ["10.1.2.3", "10.1.9.9", "10.9.9.9", "192.0.2.1", "fd00::1", "2001:db8::1"];
    let nets = addresses.iter().all(|at| !from(&now.cidrs, at) || from(&was.cidrs, at));
    scopes
        && lists
        && nets
        && within(now.max_images, was.max_images)
        && within(now.max_places, was.max_places)
        && within(now.requests_per_minute, was.requests_per_minute)
        && within(now.queue_timeout, was.queue_timeout)
        && within(now.daily_budget, was.daily_budget)
        && within(now.monthly_budget, was.monthly_budget)
        && new.expires_at <= old.expires_at
}

#[test]
fn whatever_is_asked_a_reduced_token_can_do_nothing_that_it_could_not() {
    let settings = grounds(environments());
    proptest!(cases(2048), |(token in token(), asked in reduction())| {
        if let Ok(reduced) = narrow(&token, &asked, &settings) {
            prop_assert!(is_under(&reduced, &token), "{token:?}\n{reduced:?}");
        }
    });
}

#[test]
fn one_thing_that_is_asked_alone_never_widens() {
    let settings = grounds(environments());
    proptest!(cases(2048), |(token in token(), asked in reduction())| {
        let default = AskedLimits::default;
        let limited = |limits| TokenUpdate { limits, ..TokenUpdate::default() };
        let (scopes, without) = (asked.scopes, asked.without);
        let one = TokenUpdate { scopes, without, ..TokenUpdate::default() };
        let budget = asked.limits.daily_budget;
        let money = limited(AskedLimits { daily_budget: budget, ..default() });
        let nets = limited(AskedLimits { cidrs: asked.limits.cidrs, ..default() });
        let webhook_hosts = asked.limits.webhook_hosts;
        let hosts = limited(AskedLimits { webhook_hosts, ..default() });
        let life = TokenUpdate { expires_in: asked.expires_in, ..TokenUpdate::default() };
        for asked in [one, money, nets, hosts, life] {
            if let Ok(reduced) = narrow(&token, &asked, &settings) {
                prop_assert!(is_under(&reduced, &token), "{token:?}\n{reduced:?}");
            }
        }
    });
}

#[test]
fn what_is_taken_away_is_gone() {
    let settings = grounds(environments());
    proptest!(cases(2048), |(token in token(), gone in select(Scope::ALL))| {
        let asked = TokenUpdate { without: vec![gone.to_string()], ..TokenUpdate::default() };
        if let Ok(reduced) = narrow(&token, &asked, &settings) {
            prop_assert!(!reduced.scopes.allows(gone));
            let others = Scope::ALL.iter().filter(|scope| **scope != gone);
            for scope in others {
                prop_assert_eq!(reduced.scopes.allows(*scope), token.scopes.allows(*scope));
            }
        }
    });
}

fn without(scopes: &[&str]) -> TokenUpdate {
    let without = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    TokenUpdate { without, ..TokenUpdate::default() }
}

pub(super) async fn made(house: &House, environment: &str, scopes: &[&str]) -> Arc<Token> {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let new = NewToken { environment: environment.into(), scopes, ..asked() };
    house.tokens.create(new, &BY).await.unwrap().1
}

pub(super) fn granted(token: &Token) -> Vec<String> {
    token.scopes.grants().map(|grant| grant.to_string()).collect()
}

#[tokio::test]
async fn a_wildcard_of_which_one_goes_is_written_out() {
    let house = house();
    let token = made(&house, "dev", &["read:*"]).await;
    let reduced = house.tokens.reduce(&token.id, without(&["read:datasets"]), &BY).await.unwrap();
    assert_eq!(granted(&reduced), ["read:generations", "read:models", "read:quotes"]);
    assert_eq!(house.tokens.show(&token.id).unwrap(), reduced);
}

#[tokio::test]
async fn a_reduction_is_on_record_and_survives_a_restart() {
    let house = house();
    let (plain, token) = house.tokens.create(asked(), &BY).await.unwrap();
    let asked = TokenUpdate {
        limits: AskedLimits { daily_budget: Asked::Is("2.00".into()), ..AskedLimits::default() },
        ..without(&["write:generate"])
    };
    house.tokens.reduce(&token.id, asked.clone(), &BY).await.unwrap();
    house.tokens.reduce(&token.id, TokenUpdate { without: vec![], ..asked }, &BY).await.unwrap();
    let records = house.store.reader().records(&RecordQuery::default()).unwrap();
    assert_eq!(records.len(), 2, "what changes nothing leaves no record");
    assert_eq!(&*records[1].record.action, "token.reduce");
    let RecordBody::Admin(change) = &records[1].record.body else { panic!() };
    assert_eq!(change.before["limits"]["daily_budget"], serde_json::Value::Null);
    assert_eq!(change.after["limits"]["daily_budget"], "2.00");
    assert_eq!(change.after["scopes"], serde_json::json!(["read:generations"]));
    let House { tokens, store, clock, dir } = house;
    drop((tokens, store));
    let (_store, tokens) = open(dir.path(), &clock);
    assert_eq!(granted(&tokens.authenticate(plain.reveal()).unwrap().token), ["read:generations"]);
}

#[tokio::test]
async fn whatever_would_be_more_is_told_at_once() {
    let house = house();
    let new = NewToken {
        limits: AskedLimits {
            daily_budget: Asked::Is("5.00".into()),
            max_images: Asked::Is(2),
            models: Asked::Is(vec!["V_3".into()]),
            webhook_hosts: Asked::Is(vec!["hooks.example.com".into()]),
            cidrs: Asked::Is(vec!["10.0.0.0/8".into()]),
            ..AskedLimits::default()
        },
        ..asked()
    };
    let (_, token) = house.tokens.create(new, &BY).await.unwrap();
    let more = TokenUpdate {
        scopes: vec!["write:*".into()],
        without: vec!["write:video".into()],
        expires_in: Some("91d".into()),
        limits: AskedLimits {
            daily_budget: Asked::Is("5.01".into()),
            max_images: Asked::Is(3),
            models: Asked::Is(vec!["V_4".into()]),
            webhook_hosts: Asked::Is(vec!["evil.example.com".into()]),
            cidrs: Asked::Is(vec!["0.0.0.0/0".into()]),
            ..AskedLimits::default()
        },
        ..TokenUpdate::default()
    };
    let error = house.tokens.reduce(&token.id, more, &BY).await.unwrap_err();
    insta::assert_snapshot!(mistakes(error).join("\n"), @"
    scopes: 'write:edit', 'write:remix', 'write:reframe', 'write:upscale', 'write:describe', 'write:background', 'write:layerize', 'write:design', 'write:tools' are more than the token has: read:generations, write:generate
    max_images: 3 is more than the 2 that the token has
    daily_budget: 5.01 is more than the 5.00 that the token has
    models: 'V_4' is not among what the token has: V_3
    webhook_hosts: 'evil.example.com' is not among what the token has: hooks.example.com
    cidrs: '0.0.0.0/0' is not among what the token has: 10.0.0.0/8
    expires_in: the token ends at 2024-02-12T22:13:20.000000Z already
    ");
    assert_eq!(house.tokens.show(&token.id).unwrap(), token);
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_and_nothing_changes() {
    let house = house();
    let token = made(&house, "staging", &["read:*", "write:limited"]).await;
    let said = async |asked: TokenUpdate| {
        mistakes(house.tokens.reduce(&token.id, asked, &BY).await.unwrap_err()).join("\n")
    };
    insta::assert_snapshot!(said(without(&["write:edit"])).await, @"without: 'write:limited' cannot be had without 'write:edit'");
    insta::assert_snapshot!(said(without(&["train:models"])).await, @"without: 'train:models' is not granted; there are: read:*, write:limited");
    insta::assert_snapshot!(said(without(&["read:*", "write:*"])).await, @"scopes: nothing would be left; disable or revoke the token instead");
    assert_eq!(house.tokens.show(&token.id).unwrap(), token);
    house.tokens.set_state(&token.id, TokenState::Revoked, &BY).await.unwrap();
    let error = house.tokens.reduce(&token.id, without(&["read:*"]), &BY).await.unwrap_err();
    assert!(matches!(error, TokensError::RevokedIsFinal(_)));
}
