//! Of two versions of a token no more is left than both allow.

use super::reduction::{NOW, cases, is_under, token};
use crate::{
    domain::{ExtraBudget, Token, TokenLimits, TokenState, Usd},
    tokens::{narrower, wider},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use std::time::Duration;

#[test]
fn what_is_left_is_under_both_and_never_nothing_where_one_is_under_the_other() {
    proptest!(cases(2048), |(now in token(), other in token())| {
        let left = narrower(&now, &other);
        prop_assert_eq!(wider(&now, &left), [], "it is no more than there was");
        prop_assert!(is_under(&left, &now), "{:?}\n{:?}", left, now);
        if left.state == TokenState::Enabled {
            prop_assert!(is_under(&left, &other), "{:?}\n{:?}", left, other);
            prop_assert_eq!(wider(&other, &left), []);
        }
        prop_assert_eq!(&narrower(&left, &other), &left, "twice is the same as once");
    });
}

fn shop(limits: TokenLimits) -> Token {
    let mut runner = TestRunner::deterministic();
    let any = token().new_tree(&mut runner).unwrap().current();
    Token { limits, ..any }
}

#[test]
fn lists_without_anything_in_common_disable_the_token() {
    let models = |model: &str| TokenLimits { models: vec![model.into()], ..TokenLimits::default() };
    let (now, other) = (shop(models("V_2")), shop(models("V_3")));
    let left = narrower(&now, &other);
    assert_eq!((left.state, &*left.limits.models), (TokenState::Disabled, &["V_2".to_owned()][..]));
    let all = shop(TokenLimits::default());
    assert_eq!(narrower(&all, &other).limits.models, ["V_3"]);
    assert_eq!(narrower(&now, &all).state, TokenState::Enabled);
}

#[test]
fn a_network_inside_another_is_what_both_allow() {
    let nets = |nets: &[&str]| TokenLimits {
        cidrs: nets.iter().map(|net| net.parse().unwrap()).collect(),
        ..TokenLimits::default()
    };
    let left = narrower(&shop(nets(&["10.0.0.0/8"])), &shop(nets(&["10.1.0.0/16", "fd00::/8"])));
    assert_eq!(left.limits.cidrs, nets(&["10.1.0.0/16"]).cidrs);
}

#[test]
fn an_end_stays_an_end_and_an_extra_amount_is_for_its_day() {
    let (now, soon) = (shop(TokenLimits::default()), NOW.plus(Duration::from_secs(5)));
    let revoked = Token { state: TokenState::Revoked, revoked_at: Some(soon), ..now.clone() };
    let of = |day| Some(ExtraBudget { day, amount: Usd::from_micros(5) });
    for (one, other) in [(&now, &revoked), (&revoked, &now)] {
        let left = narrower(one, other);
        assert_eq!((left.state, left.revoked_at), (TokenState::Revoked, Some(soon)));
    }
    let today = Token { extra: of(NOW.utc_day()), unlimited: true, ..now.clone() };
    let other = Token { extra: of(NOW.plus(Duration::from_hours(48)).utc_day()), ..today.clone() };
    assert_eq!(narrower(&today, &other).extra, None);
    assert_eq!(narrower(&today, &today), today);
    assert!(!narrower(&today, &now).unlimited);
}

#[test]
fn whoever_answers_for_a_token_stays() {
    let now = Token { owner: Some("marketing".into()), ..shop(TokenLimits::default()) };
    let other = Token { owner: Some("sales".into()), name: "till".into(), ..now.clone() };
    let left = narrower(&now, &other);
    assert_eq!((left.owner.as_deref(), &*left.name), (Some("marketing"), "till"));
}
