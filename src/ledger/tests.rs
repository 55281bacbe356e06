//! What the book promises.

use super::{Budget, Budgets, HoldError, Ledger, Period, Subject};
use crate::domain::{
    Asynchronous, Cost, Demand, ModelRule, PlacesRule, PricePer, PriceRow, PriceTable, Route,
    Settlement, SteeredClock, Timestamp, TokenId, Usd, WebhookRule,
};
use proptest::prelude::*;
use std::{sync::Arc, time::Duration};

const NOON: Timestamp = Timestamp::from_micros(1_763_812_800_000_000);

fn cents(cents: i64) -> Usd {
    Usd::from_micros(cents * 10_000)
}

fn route(cost: Cost) -> Route {
    Route {
        name: "v3.generate".parse().unwrap(),
        method: http::Method::POST,
        path: "/v1/ideogram-v3/generate".parse().unwrap(),
        scope: None,
        bodies: Vec::new(),
        body_cap: 0,
        places: PlacesRule::Fixed(1),
        cost,
        settlement: Settlement::ImagesInData,
        query: Vec::new(),
        model: ModelRule::None,
        default_speed: None,
        speed_field: None,
        priced_fields: Vec::new(),
        webhook: WebhookRule::None,
        quote: false,
        asynchronous: Asynchronous::Never,
        place_ttl: None,
        deprecated: false,
        verified: true,
        enabled: true,
    }
}

fn row(speed: Option<&str>, price: Usd) -> PriceRow {
    PriceRow {
        route: "v3.generate".parse().unwrap(),
        model: None,
        speed: speed.map(Into::into),
        when: None,
        per: PricePer::Output,
        price,
    }
}

fn ledger(rows: Vec<PriceRow>) -> (Ledger, SteeredClock) {
    let clock = SteeredClock::at(NOON);
    let prices = Arc::new(PriceTable::new("2026-11", rows));
    (Ledger::new(prices, Arc::new(clock.clone())), clock)
}

fn budgets(daily: Option<Usd>) -> Budgets {
    let token = TokenId::from_stored("tok_1");
    let subject = Subject::Token(token.clone());
    let budget = |limit| Budget { subject, period: Period::Day, limit };
    Budgets {
        token,
        environment: "prod".parse().unwrap(),
        account: "ideogram".parse().unwrap(),
        limits: daily.map(budget).into_iter().collect(),
    }
}

fn demand(places: u32) -> Demand {
    Demand { places, speed: Some("DEFAULT".into()), ..Demand::default() }
}

#[test]
fn a_budget_for_thirty_seven_lets_exactly_thirty_seven_through() {
    let (ledger, _) = ledger(vec![row(None, cents(6))]);
    let route = route(Cost::PerOutput);
    let limit = Some(cents(6 * 37));
    let one = || ledger.hold(budgets(limit), &route, &demand(1)).ok();
    let held: Vec<_> = std::thread::scope(|threads| {
        let all: Vec<_> = (0..8)
            .map(|_| threads.spawn(|| (0..125).filter_map(|_| one()).collect::<Vec<_>>()))
            .collect();
        all.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(held.len(), 37);
    assert_eq!(held[0].left(), Some(Usd::ZERO));
    drop(held);
    assert_eq!(ledger.left(&budgets(limit), NOON), limit);
}

#[test]
fn what_was_charged_replaces_what_was_held() {
    let (ledger, _) = ledger(vec![row(None, cents(6))]);
    let hold = ledger.hold(budgets(Some(cents(100))), &route(Cost::PerOutput), &demand(4)).unwrap();
    assert_eq!(hold.bound(), Some(cents(24)));
    assert_eq!(hold.actual(Some(3)), Some(cents(18)));
    assert_eq!(hold.settle(cents(18)), Some(cents(82)));
    let subject = Subject::Account("ideogram".parse().unwrap());
    let tally = ledger.tally(&subject, Period::Month, NOON);
    assert_eq!((tally.charged, tally.reserved), (cents(18), Usd::ZERO));
}

#[test]
fn an_unknown_call_stays_reserved() {
    let (ledger, _) = ledger(vec![row(None, cents(6))]);
    let limit = Some(cents(10));
    ledger.hold(budgets(limit), &route(Cost::PerOutput), &demand(1)).unwrap().leave_reserved();
    let refused = ledger.hold(budgets(limit), &route(Cost::PerOutput), &demand(1)).unwrap_err();
    let HoldError::Exceeded(exceeded) = refused else { panic!("{refused}") };
    assert_eq!((exceeded.left, exceeded.price), (cents(4), cents(6)));
    assert_eq!(exceeded.resets_at.to_string(), "2025-11-23T00:00:00.000000Z");
}

#[test]
fn a_new_day_is_a_new_budget_and_a_clock_set_back_finds_the_old_one() {
    let (ledger, clock) = ledger(vec![row(None, cents(6))]);
    let limit = Some(cents(6));
    let hold = || ledger.hold(budgets(limit), &route(Cost::PerOutput), &demand(1));
    hold().unwrap().settle(cents(6));
    assert!(hold().is_err());
    clock.advance(Duration::from_hours(24));
    hold().unwrap().settle(cents(6));
    clock.set(NOON);
    assert!(hold().is_err());
}

#[test]
fn a_route_without_a_price_is_refused_only_where_a_budget_covers_it() {
    let (ledger, _) = ledger(Vec::new());
    let paid = route(Cost::PerOutput);
    assert!(ledger.hold(budgets(None), &paid, &demand(1)).unwrap().bound().is_none());
    let refused = ledger.hold(budgets(Some(cents(100))), &paid, &demand(1)).unwrap_err();
    assert!(matches!(refused, HoldError::Unpriced(_)));
    assert!(ledger.hold(budgets(Some(Usd::ZERO)), &route(Cost::Free), &demand(0)).is_ok());
}

#[test]
fn the_dearest_applying_row_is_the_price() {
    let rows = vec![
        row(Some("TURBO"), cents(3)),
        row(Some("DEFAULT"), cents(6)),
        row(Some("QUALITY"), cents(9)),
    ];
    let (ledger, _) = ledger(rows);
    let name = "v3.generate".parse().unwrap();
    let price = |speed: Option<&str>| {
        let demand = Demand { places: 2, speed: speed.map(Into::into), ..Demand::default() };
        ledger.prices().quote(&name, &demand).unwrap().bound()
    };
    assert_eq!(price(Some("DEFAULT")), cents(12));
    assert_eq!(price(Some("TURBO")), cents(6));
    assert_eq!(price(Some("NEW_SPEED")), cents(18));
}

proptest! {
    #[test]
    fn the_book_equals_the_sum_of_what_happened(steps in prop::collection::vec((1_u32..8, 0_u8..3), 1..60)) {
        let (ledger, _) = ledger(vec![row(None, cents(6))]);
        let limit = cents(200);
        let (mut charged, mut reserved) = (Usd::ZERO, Usd::ZERO);
        for (places, end) in steps {
            let held = ledger.hold(budgets(Some(limit)), &route(Cost::PerOutput), &demand(places));
            let fits = charged.plus(reserved).plus(cents(6).times(places)) <= limit;
            prop_assert_eq!(held.is_ok(), fits);
            let Ok(hold) = held else { continue };
            match end {
                0 => drop(hold),
                1 => {
                    charged = charged.plus(cents(6).times(places));
                    hold.settle(cents(6).times(places));
                }
                _ => {
                    reserved = reserved.plus(cents(6).times(places));
                    hold.leave_reserved();
                }
            }
            let subject = Subject::Token(TokenId::from_stored("tok_1"));
            let tally = ledger.tally(&subject, Period::Day, NOON);
            prop_assert_eq!((tally.charged, tally.reserved), (charged, reserved));
        }
    }
}
