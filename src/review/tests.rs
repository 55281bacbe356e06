//! What is found, by facts made by hand.

use super::*;
use crate::{
    config::{LoadOptions, Settings},
    domain::{
        EnvironmentName, Scope, ScopeSet, Timestamp, Token, TokenId, TokenLimits, TokenState, Usd,
    },
};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestRunner};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

const NOW: Timestamp = Timestamp::from_micros(1_795_348_800_000_000);
const DAY: Duration = Duration::from_hours(24);

fn settings(more: &[(&str, &str)]) -> Settings {
    let variables =
        more.iter().map(|(key, value)| (format!("IDEOGATE__{key}"), (*value).to_owned()));
    let variables = variables.collect();
    let options = LoadOptions { file: None, variables, working_dir: PathBuf::new() };
    Settings::load(options).unwrap().settings
}

fn token(environment: &str, scopes: &[&str]) -> Token {
    Token {
        id: TokenId::from_stored("tok_1"),
        name: "poster-bot".into(),
        owner: None,
        environment: environment.parse().unwrap(),
        scopes: scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
        state: TokenState::Enabled,
        created_at: NOW.minus(DAY * 60),
        unlimited: false,
        extra: None,
        revoked_at: None,
        expires_at: NOW.plus(DAY * 60),
        limits: TokenLimits { daily_budget: "1.00".parse().ok(), ..TokenLimits::default() },
        metadata: BTreeMap::new(),
    }
}

fn called(routes: &[&str]) -> Vec<UsedRoute> {
    let used = |route: &&str| UsedRoute {
        route: route.parse().unwrap(),
        is_quote: false,
        calls: 5,
        last_at: NOW.minus(DAY),
    };
    routes.iter().map(used).collect()
}

fn facts_of(token: Token, used: Vec<UsedRoute>) -> TokenFacts {
    let last_seen = used.iter().map(|used| used.last_at).max();
    TokenFacts {
        token: Arc::new(token),
        used,
        refused: Vec::new(),
        spent: BTreeMap::new(),
        last_seen,
        old_secret: None,
    }
}

fn facts(tokens: Vec<TokenFacts>) -> Facts {
    Facts {
        now: NOW,
        since: NOW.minus(DAY * 30),
        record_begins: Some(NOW.minus(DAY * 90)),
        tokens,
        keys: Vec::new(),
        shared_keys: Vec::new(),
    }
}

/// Returns severity, kind and command of all that is found.
fn told(facts: &Facts, settings: &Settings) -> String {
    let line = |finding: &Finding| {
        let kind = serde_json::to_value(finding.kind).unwrap();
        let command = finding.command.as_deref().unwrap_or("-");
        format!("{} {}: {command}", finding.severity, kind.as_str().unwrap())
    };
    judge(facts, settings).iter().map(line).collect::<Vec<_>>().join("\n")
}

fn found_of(scopes: &[&str], routes: &[&str]) -> String {
    let own = facts_of(token("staging", scopes), called(routes));
    told(&facts(vec![own]), &settings(&[]))
}

#[test]
fn a_token_that_uses_all_it_has_is_left_alone() {
    let scopes = ["write:generate", "read:models", "read:account"];
    assert_eq!(found_of(&scopes, &["v3.generate", "models.list", "v2.account.usage"]), "");
}

#[test]
fn scopes_by_name_that_are_not_used_are_taken_away_by_name() {
    let scopes = ["write:generate", "write:edit", "read:models"];
    insta::assert_snapshot!(found_of(&scopes, &["v3.generate", "models.list"]), @"medium unused_scopes: ideogate token reduce tok_1 --without write:edit");
    let scopes = ["write:generate", "read:models"];
    insta::assert_snapshot!(found_of(&scopes, &["v3.generate"]), @"low unused_scopes: ideogate token reduce tok_1 --without read:models");
    let scopes = ["write:generate", "train:models", "read:account"];
    insta::assert_snapshot!(found_of(&scopes, &["v3.generate"]), @"medium unused_scopes: ideogate token reduce tok_1 --without train:models --without read:account");
}

#[test]
fn of_a_wildcard_exactly_what_was_used_is_kept() {
    insta::assert_snapshot!(found_of(&["read:*", "write:*"], &["v3.generate", "v1.generation"]), @"medium unused_scopes: ideogate token reduce tok_1 --scope read:generations --scope write:generate");
    insta::assert_snapshot!(found_of(&["write:*", "write:generate"], &["v3.generate"]), @"medium unused_scopes: ideogate token reduce tok_1 --scope write:generate");
    insta::assert_snapshot!(found_of(&["write:*", "write:limited"], &["v3.generate"]), @"medium unused_scopes: ideogate token reduce tok_1 --scope write:generate");
}

#[test]
fn the_limited_set_goes_whole_or_stays() {
    assert_eq!(found_of(&["write:limited"], &["v3.generate"]), "");
    insta::assert_snapshot!(found_of(&["write:limited", "read:models"], &["models.list"]), @"medium unused_scopes: ideogate token reduce tok_1 --scope read:models");
    insta::assert_snapshot!(found_of(&["write:limited", "write:generate"], &["v3.generate"]), @"medium unused_scopes: ideogate token reduce tok_1 --scope write:generate");
    assert_eq!(found_of(&["write:limited", "write:generate"], &["v3.generate", "v3.remix"]), "");
}

/// Prices asked of the gateway leave no record; who can make calls may ask without the scope.
#[test]
fn the_right_to_ask_for_prices_is_kept_for_those_who_may_do_nothing_dearer() {
    assert_eq!(found_of(&["read:quotes", "read:models"], &["models.list"]), "");
    insta::assert_snapshot!(found_of(&["read:*"], &["models.list"]), @"low unused_scopes: ideogate token reduce tok_1 --scope read:models --scope read:quotes");
    insta::assert_snapshot!(found_of(&["read:quotes", "write:generate"], &["v3.generate"]), @"low unused_scopes: ideogate token reduce tok_1 --without read:quotes");
    let mut quoted = called(&["v2.generate.ideogram-4-5", "v3.generate"]);
    quoted[0].is_quote = true;
    let own = facts_of(token("staging", &["read:quotes", "write:generate"]), quoted);
    assert_eq!(told(&facts(vec![own]), &settings(&[])), "");
}

#[test]
fn what_was_tried_and_refused_for_other_reasons_is_needed() {
    let mut own =
        facts_of(token("staging", &["write:generate", "write:edit"]), called(&["v3.generate"]));
    let route = "v1.edit".parse().unwrap();
    own.refused = vec![RefusedRoute { route, refusals: 3, last_at: NOW.minus(DAY) }];
    assert_eq!(told(&facts(vec![own]), &settings(&[])), "");
}

#[test]
fn a_token_that_was_watched_for_a_short_time_is_blamed_less() {
    let mut young = token("staging", &["write:generate", "write:edit"]);
    young.created_at = NOW.minus(DAY * 5);
    let of_young = facts(vec![facts_of(young.clone(), called(&["v3.generate"]))]);
    let findings = judge(&of_young, &settings(&[]));
    assert_eq!(findings[0].severity, Severity::Low);
    insta::assert_snapshot!(findings[0].evidence.words, @"granted and not used: write:edit; 5 calls since 2026-11-17, which is short of the time asked for; last used 2026-11-21");
    assert_eq!(findings[0].evidence.watched_since, young.created_at);
    assert_eq!(told(&facts(vec![facts_of(young, Vec::new())]), &settings(&[])), "", "not used yet");
    let of_old = facts(vec![facts_of(
        token("staging", &["write:generate", "write:edit"]),
        called(&["v3.generate"]),
    )]);
    let short_record = Facts { record_begins: Some(NOW.minus(DAY * 5)), ..of_old };
    assert_eq!(judge(&short_record, &settings(&[]))[0].severity, Severity::Low);
}

#[test]
fn who_was_not_seen_for_long_is_idle_and_nothing_else() {
    let mut idle = facts_of(token("staging", &["read:*", "write:limited"]), Vec::new());
    insta::assert_snapshot!(told(&facts(vec![idle.clone()]), &settings(&[])), @"medium idle_token: ideogate token disable tok_1");
    idle.last_seen = Some(NOW.minus(DAY * 29));
    assert!(!told(&facts(vec![idle.clone()]), &settings(&[])).contains("idle"));
    idle.last_seen = Some(NOW.minus(DAY * 30));
    let findings = judge(&facts(vec![idle.clone()]), &settings(&[]));
    insta::assert_snapshot!(findings[0].evidence.words, @"not used for 30 days; 0 calls since 2026-10-23; last used 2026-10-23");
    let reader = facts_of(token("staging", &["read:models"]), Vec::new());
    insta::assert_snapshot!(told(&facts(vec![reader]), &settings(&[])), @"low idle_token: ideogate token disable tok_1");
    let new_here = Facts { record_begins: Some(NOW.minus(DAY * 3)), ..facts(vec![idle]) };
    assert!(!told(&new_here, &settings(&[])).contains("idle"), "nobody looked before");
}

#[test]
fn tokens_that_end_soon_are_told_of_by_how_much_they_are_used() {
    let ending = |left: Duration, routes: &[&str]| {
        let own = Token { expires_at: NOW.plus(left), ..token("staging", &["write:generate"]) };
        let mut own = facts_of(own, called(routes));
        own.last_seen = Some(NOW.minus(DAY));
        told(&facts(vec![own]), &settings(&[]))
    };
    insta::assert_snapshot!(ending(DAY, &["v3.generate"]), @"high expiring_token: ideogate token rotate tok_1 --expires-in 90d");
    insta::assert_snapshot!(ending(DAY * 13, &["v3.generate"]), @"medium expiring_token: ideogate token rotate tok_1 --expires-in 90d");
    assert!(ending(DAY * 13, &[]).contains("low expiring_token"));
    assert_eq!(ending(DAY * 14, &["v3.generate"]), "");
}

#[test]
fn a_token_in_the_middle_of_a_rotation_is_given_a_command_that_works() {
    let own = Token { expires_at: NOW.plus(DAY * 3), ..token("staging", &["write:generate"]) };
    let mut own = facts_of(own, called(&["v3.generate"]));
    own.old_secret = Some(OldSecret {
        number: 1,
        ends_at: NOW.plus(DAY),
        last_used: Some(NOW.minus(DAY)),
        replaced_at: NOW.minus(DAY * 2),
    });
    insta::assert_snapshot!(told(&facts(vec![own.clone()]), &settings(&[])), @"
    medium expiring_token: ideogate token rotate tok_1 --expires-in 90d --drop-old
    medium old_secret_in_use: -
    ");
    own.old_secret.as_mut().unwrap().last_used = Some(NOW.minus(DAY * 3));
    assert!(!told(&facts(vec![own]), &settings(&[])).contains("old_secret"), "not used since");
}

fn spending(daily: Option<&str>, monthly: Option<&str>, cents: &[i64]) -> TokenFacts {
    let mut own = token("staging", &["write:generate"]);
    own.limits.daily_budget = daily.map(|amount| amount.parse().unwrap());
    own.limits.monthly_budget = monthly.map(|amount| amount.parse().unwrap());
    let mut own = facts_of(own, called(&["v3.generate"]));
    let days = (1..).map(|days| NOW.minus(DAY * days));
    own.spent = days.zip(cents.iter().map(|cents| Usd::from_micros(cents * 10_000))).collect();
    own
}

#[test]
fn budgets_are_compared_with_the_dearest_day_and_a_whole_month() {
    let said = |own| told(&facts(vec![own]), &settings(&[]));
    assert_eq!(said(spending(Some("1.20"), None, &[12, 6])), "", "ten times is within");
    insta::assert_snapshot!(said(spending(Some("1.21"), None, &[12, 6])), @"medium oversized_budget: ideogate token reduce tok_1 --daily-budget 0.36");
    insta::assert_snapshot!(said(spending(Some("5.00"), Some("100.00"), &[10, 20])), @"medium oversized_budget: ideogate token reduce tok_1 --daily-budget 0.60 --monthly-budget 0.93");
    assert_eq!(
        said(spending(Some("5.00"), None, &[])),
        "",
        "what spends nothing is judged by its scopes"
    );
    insta::assert_snapshot!(said(spending(None, None, &[12])), @"medium missing_budget: ideogate token reduce tok_1 --daily-budget 0.36");
    let unspent = facts(vec![spending(None, None, &[])]);
    insta::assert_snapshot!(told(&unspent, &settings(&[])), @"low missing_budget: -");
    let words = judge(&unspent, &settings(&[]))[0].evidence.words.clone();
    assert!(words.starts_with("NOTHING limits what it may spend; "), "{words}");
    let capped = settings(&[("ENVIRONMENTS__STAGING__DAILY_BUDGET", "9.00")]);
    assert_eq!(told(&facts(vec![spending(None, None, &[12])]), &capped), "");
}

#[test]
fn wildcards_in_production_are_grave() {
    let open = [("ENVIRONMENTS__PROD__SCOPES", r#"["read:*", "write:*"]"#)];
    let own = facts_of(token("prod", &["read:*", "write:*"]), called(&["v3.generate"]));
    let found = told(&facts(vec![own.clone()]), &settings(&open));
    insta::assert_snapshot!(found, @"
    high production_wildcard: ideogate token reduce tok_1 --scope write:generate
    medium unused_scopes: ideogate token reduce tok_1 --scope write:generate
    medium production_wildcard: -
    ");
    let elsewhere = [
        open[0],
        ("ENVIRONMENTS__LIVE__ACCOUNT", "ideogram"),
        ("ENVIRONMENTS__LIVE__SCOPES", r#"["read:models"]"#),
        ("REVIEW__PRODUCTION", r#"["live"]"#),
    ];
    assert!(!told(&facts(vec![own]), &settings(&elsewhere)).contains("wildcard"));
    let unused = facts_of(token("prod", &["read:*"]), Vec::new());
    let found = told(&facts(vec![unused]), &settings(&[]));
    assert!(found.contains("production_wildcard: ideogate token reduce tok_1 --scope read:generations --scope read:models --scope read:datasets --scope read:quotes"), "{found}");
}

#[test]
fn routes_of_yesterday_are_told_of() {
    let mut own =
        facts_of(token("staging", &["write:limited"]), called(&["legacy.generate", "v3.edit"]));
    own.used.extend(called(&["v3.generate"]));
    let findings = judge(&facts(vec![own]), &settings(&[]));
    assert_eq!(findings[0].evidence.items, ["legacy.generate", "v3.edit"]);
    insta::assert_snapshot!(findings[0].evidence.words, @"calls legacy.generate 5 times, last on 2026-11-21, v3.edit 5 times, last on 2026-11-21; 15 calls since 2026-10-23; last used 2026-11-21");
    assert_eq!((findings[0].severity, findings.len()), (Severity::Low, 1));
}

#[test]
fn keys_that_are_old_or_shared_are_told_of() {
    let environment = |name: &str| name.parse::<EnvironmentName>().unwrap();
    let key = |days: u32| KeyFacts {
        name: "ideogram/…abcd".to_owned(),
        environments: vec![environment("prod")],
        adopted_at: NOW.minus(DAY * days),
    };
    let with =
        |keys, shared_keys| told(&Facts { keys, shared_keys, ..facts(Vec::new()) }, &settings(&[]));
    assert_eq!(with(vec![key(90)], Vec::new()), "");
    insta::assert_snapshot!(with(vec![key(91)], Vec::new()), @"medium key_age: ideogate key rotate --environment prod");
    insta::assert_snapshot!(with(vec![key(181)], Vec::new()), @"high key_age: ideogate key rotate --environment prod");
    let group = |names: &[&str]| vec![names.iter().map(|name| environment(name)).collect()];
    insta::assert_snapshot!(with(Vec::new(), group(&["dev", "prod"])), @"medium shared_key: -");
    insta::assert_snapshot!(with(Vec::new(), group(&["dev", "staging"])), @"low shared_key: -");
    let shared = Facts { shared_keys: group(&["dev", "prod"]), ..facts(Vec::new()) };
    let remedy = &judge(&shared, &settings(&[]))[0].remedy;
    assert!(
        remedy.contains("for prod") && remedy.contains("IDEOGRAM_API_KEY_PROD_FILE"),
        "{remedy}"
    );
}

#[test]
fn what_reaches_the_simulator_alone_is_only_good_to_know() {
    let own = facts_of(token("sandbox", &["read:*", "write:*"]), called(&["v3.generate"]));
    let findings = judge(&facts(vec![own]), &settings(&[]));
    assert_eq!(
        findings.iter().map(|finding| finding.severity).collect::<Vec<_>>(),
        [Severity::Info]
    );
}

fn grants() -> impl Strategy<Value = Vec<String>> {
    let named = Scope::ALL.iter().map(ToString::to_string);
    let all = ["read:*", "write:*", "write:limited"].map(str::to_owned);
    vec(select(named.chain(all).collect::<Vec<_>>()), 1..5)
}

/// Reads the scopes that a command leaves.
fn left_by(command: &str, granted: &ScopeSet) -> ScopeSet {
    let words: Vec<_> = command.split(' ').map(|word| word.trim_matches('\'')).collect();
    let after = |flag: &str| -> Vec<&str> {
        let pairs = words.windows(2).filter(|pair| pair[0] == flag);
        pairs.map(|pair| pair[1]).collect()
    };
    let (kept, gone) = (after("--scope"), after("--without"));
    if kept.is_empty() {
        let stays = |grant: &crate::domain::ScopeGrant| !gone.contains(&grant.to_string().as_str());
        granted.grants().filter(stays).collect()
    } else {
        kept.iter().map(|text| text.parse().unwrap()).collect()
    }
}

#[test]
fn what_is_proposed_never_takes_away_what_was_used_and_never_widens() {
    let settings = settings(&[]);
    let routes = ["v3.generate", "v3.remix", "models.list", "v1.generation", "v1.edit"];
    let cases = (grants(), vec(select(routes.to_vec()), 1..4));
    let run = TestRunner::default().run(&cases, |(scopes, routes)| {
        let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
        let granted = token("staging", &scopes).scopes;
        let scope_of = |route: &str| {
            let route = settings.routes.by_name(&route.parse().unwrap());
            route.and_then(|route| route.scope).unwrap()
        };
        let routes: Vec<_> =
            routes.into_iter().filter(|route| granted.allows(scope_of(route))).collect();
        prop_assume!(!routes.is_empty());
        let own = facts_of(token("staging", &scopes), called(&routes));
        for finding in judge(&facts(vec![own]), &settings) {
            let left = left_by(finding.command.as_deref().unwrap(), &granted);
            prop_assert!(left.above(&granted).is_empty(), "{finding:?}");
            for route in &routes {
                let scope = scope_of(route);
                prop_assert!(left.allows(scope), "{finding:?}");
                let was_full = !granted.allows_only_limited(scope);
                prop_assert!(!was_full || !left.allows_only_limited(scope), "{finding:?}");
            }
            let after = facts_of(Token { scopes: left, ..token("staging", &[]) }, called(&routes));
            prop_assert!(judge(&facts(vec![after]), &settings).is_empty(), "{finding:?}");
        }
        Ok(())
    });
    run.unwrap();
}
