//! What the book promises.

use super::{Budget, BudgetSubject, Budgets, Hold, HoldError, Ledger, Period, Tally};
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

/// A ledger with the prices that its calls are held at.
struct Priced {
    ledger: Ledger,
    prices: Arc<PriceTable>,
}

impl Priced {
    fn hold(&self, budgets: Budgets, route: &Route, demand: &Demand) -> Result<Hold, HoldError> {
        self.ledger.hold(budgets, &self.prices, route, demand)
    }
}

impl std::ops::Deref for Priced {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        &self.ledger
    }
}

fn ledger(rows: Vec<PriceRow>) -> (Priced, SteeredClock) {
    let clock = SteeredClock::at(NOON);
    let prices = Arc::new(PriceTable::new("2026-11", rows));
    (Priced { ledger: Ledger::new(Arc::new(clock.clone())), prices }, clock)
}

fn budgets(daily: Option<Usd>) -> Budgets {
    let token = TokenId::from_stored("tok_1");
    let subject = BudgetSubject::Token(token.clone());
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
    let subject = BudgetSubject::Account("ideogram".parse().unwrap());
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
        ledger.prices.quote(&name, &demand).unwrap().bound()
    };
    assert_eq!(price(Some("DEFAULT")), cents(12));
    assert_eq!(price(Some("TURBO")), cents(6));
    assert_eq!(price(Some("NEW_SPEED")), cents(18));
}

/// What was crossed, in short.
fn crossed(ledger: &Ledger) -> Vec<String> {
    let short = |one: super::Crossing| format!("{} {:?} {}%", one.subject, one.period, one.percent);
    ledger.crossings().into_iter().map(short).collect()
}

#[test]
fn each_threshold_of_a_budget_is_told_once_in_its_window() {
    let (ledger, clock) = ledger(vec![row(None, cents(5))]);
    let hold =
        |places| ledger.hold(budgets(Some(cents(100))), &route(Cost::PerOutput), &demand(places));
    hold(8).unwrap().settle(cents(40));
    hold(7).unwrap().settle(cents(35));
    assert_eq!(crossed(&ledger), Vec::<String>::new());
    let waiting = hold(1).unwrap();
    assert_eq!(crossed(&ledger), ["token tok_1 Day 80%"]);
    drop(waiting);
    hold(5).unwrap().settle(cents(25));
    assert_eq!(crossed(&ledger), ["token tok_1 Day 100%"]);
    assert!(hold(1).is_err());
    assert_eq!(crossed(&ledger), Vec::<String>::new());
    clock.advance(Duration::from_hours(24));
    let _more: Vec<_> = (0..20).map(|_| hold(1).unwrap()).collect();
    assert_eq!(crossed(&ledger), ["token tok_1 Day 80%", "token tok_1 Day 100%"]);
}

#[test]
fn a_charge_above_the_hold_crosses_too_and_names_the_budget_and_the_day() {
    let (ledger, _) = ledger(vec![row(None, cents(5))]);
    let hold = ledger.hold(budgets(Some(cents(10))), &route(Cost::PerOutput), &demand(1)).unwrap();
    hold.settle(cents(12));
    let told = ledger.crossings();
    let [soft, hard] = &told[..] else { panic!("{told:?}") };
    assert_eq!((soft.percent, hard.percent), (80, 100));
    assert_eq!((hard.limit, hard.spent), (cents(10), cents(12)));
    assert_eq!(hard.window.start().to_string(), "2025-11-22T00:00:00.000000Z");
}

#[test]
fn every_budget_of_a_subject_has_thresholds_of_its_own() {
    let (ledger, _) = ledger(vec![row(None, cents(5))]);
    let mut budgets = budgets(Some(cents(50)));
    let environment = BudgetSubject::Environment(budgets.environment.clone());
    let limits = [(budgets.limits[0].subject.clone(), cents(20)), (environment, cents(40))];
    let daily = |(subject, limit)| Budget { subject, period: Period::Day, limit };
    budgets.limits.extend(limits.map(daily));
    let _hold = ledger.hold(budgets, &route(Cost::PerOutput), &demand(4)).unwrap();
    assert_eq!(crossed(&ledger), ["token tok_1 Day 80%", "token tok_1 Day 100%"]);
}

#[test]
fn a_budget_of_nothing_crosses_nothing_while_nothing_is_spent() {
    let (ledger, _) = ledger(Vec::new());
    let _hold = ledger.hold(budgets(Some(Usd::ZERO)), &route(Cost::Free), &demand(0)).unwrap();
    assert_eq!(ledger.crossings(), []);
}

#[test]
fn what_was_crossed_in_an_earlier_life_is_not_told_again() {
    let (ledger, _) = ledger(vec![row(None, cents(5))]);
    let budgets = || budgets(Some(cents(100)));
    let before = Tally { charged: cents(85), reserved: Usd::ZERO };
    ledger.restore(&budgets(), NOON, before);
    assert_eq!(ledger.crossings(), []);
    let hold = |places| ledger.hold(budgets(), &route(Cost::PerOutput), &demand(places)).unwrap();
    let _holds = [hold(1), hold(2)];
    assert_eq!(crossed(&ledger), ["token tok_1 Day 100%"]);
}

#[test]
fn the_report_has_a_line_for_everybody_who_spent_today_or_this_month() {
    let (ledger, clock) = ledger(vec![row(None, cents(5))]);
    let hold = || ledger.hold(budgets(Some(cents(100))), &route(Cost::PerOutput), &demand(2));
    hold().unwrap().settle(cents(10));
    clock.advance(Duration::from_hours(24));
    let _hold = hold().unwrap();
    let line = |one: super::SubjectTotals| {
        let Tally { charged, reserved } = one.tally;
        format!("{} {:?}: {charged} {reserved} of {:?}", one.subject, one.period, one.limits)
    };
    let now = NOON.as_micros() + 86_400_000_000;
    let report = ledger.report(Timestamp::from_micros(now)).into_iter().map(line);
    insta::assert_snapshot!(report.collect::<Vec<_>>().join("\n"), @"
    token tok_1 Day: 0.00 0.10 of [Usd(1000000)]
    token tok_1 Month: 0.10 0.10 of []
    environment prod Day: 0.00 0.10 of []
    environment prod Month: 0.10 0.10 of []
    account ideogram Day: 0.00 0.10 of []
    account ideogram Month: 0.10 0.10 of []
    ");
}

#[test]
fn budgets_that_change_are_told_as_they_are_and_crossed_at_once() {
    let (ledger, _) = ledger(vec![row(None, cents(5))]);
    let hold = |limit| ledger.hold(budgets(Some(limit)), &route(Cost::PerOutput), &demand(8));
    hold(cents(100)).unwrap().settle(cents(40));
    let know = |limits: &[Usd]| {
        ledger.know_limits(NOON, |subject, period| match (subject, period) {
            (BudgetSubject::Token(_), Period::Day) => limits.to_vec(),
            _ => Vec::new(),
        });
    };
    let told = || ledger.report(NOON)[0].limits.clone();
    know(&[cents(50)]);
    assert_eq!(crossed(&ledger), ["token tok_1 Day 80%"], "no call need come first");
    assert_eq!(told(), [cents(50)], "the one of before is told no more");
    know(&[cents(50), cents(40)]);
    assert_eq!(crossed(&ledger), ["token tok_1 Day 80%", "token tok_1 Day 100%"]);
    know(&[cents(50)]);
    assert_eq!((crossed(&ledger), told()), (Vec::new(), vec![cents(50)]), "what was told is known");
    know(&[]);
    assert_eq!((crossed(&ledger), told()), (Vec::new(), Vec::new()));
    assert_eq!(ledger.report(NOON)[0].tally.charged, cents(40), "and no money is lost");
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
            let subject = BudgetSubject::Token(TokenId::from_stored("tok_1"));
            let tally = ledger.tally(&subject, Period::Day, NOON);
            prop_assert_eq!((tally.charged, tally.reserved), (charged, reserved));
        }
    }
}
