//! Refusals cannot flood the disk, and none is lost from the count.

use crate::{
    audit::RefusalBook,
    domain::{AuditRecord, ErrorCode, Principal, RecordBody, SteeredClock, TokenId},
    store::tests::fixtures::{NOON, refusal},
};
use proptest::prelude::*;
use std::{net::IpAddr, sync::Arc, time::Duration};

const MINUTE: Duration = Duration::from_mins(1);

fn book() -> (RefusalBook, SteeredClock) {
    let clock = SteeredClock::at(NOON);
    (RefusalBook::new(Arc::new(clock.clone())), clock)
}

fn from(principal: Principal, code: ErrorCode, route: Option<&str>) -> AuditRecord {
    let mut record = AuditRecord { principal, ..refusal("flood") };
    if let RecordBody::Refusal(refusal) = &mut record.body {
        (refusal.code, refusal.route) = (code, route.map(|name| name.parse().unwrap()));
    }
    record
}

fn address(text: &str) -> Principal {
    Principal::Anonymous(text.parse::<IpAddr>().unwrap())
}

fn invalid(text: &str) -> AuditRecord {
    from(address(text), ErrorCode::TokenInvalid, None)
}

/// How many of `count` equal refusals are written in full.
fn written(book: &RefusalBook, count: u32, record: &AuditRecord) -> usize {
    (0..count).filter(|_| book.observe(record.clone()).is_some()).count()
}

fn counts(summaries: &[AuditRecord]) -> Vec<u64> {
    let count = |record: &AuditRecord| match &record.body {
        RecordBody::Summary(summary) => summary.count,
        other => panic!("{} is no summary", other.kind()),
    };
    let mut counts: Vec<_> = summaries.iter().map(count).collect();
    counts.sort_unstable();
    counts
}

#[test]
fn the_first_ten_in_a_minute_are_written_and_the_others_counted_exactly() {
    let (book, clock) = book();
    assert_eq!(written(&book, 1_000, &invalid("192.0.2.1")), 10);
    clock.advance(Duration::from_secs(59));
    assert!(book.summaries().is_empty(), "one summary a minute");
    clock.advance(Duration::from_secs(1));
    let summaries = book.summaries();
    assert_eq!(counts(&summaries), [990]);
    assert_eq!(summaries[0].principal, address("192.0.2.1"));
    assert!(book.summaries().is_empty(), "each is counted once");
    assert_eq!(written(&book, 11, &invalid("192.0.2.1")), 10, "a new minute begins");
    assert_eq!(counts(&book.close()), [1], "and nothing is lost at the end");
}

#[test]
fn a_summary_that_nobody_fetched_goes_on_counting() {
    let (book, clock) = book();
    written(&book, 15, &invalid("192.0.2.1"));
    clock.advance(MINUTE * 3);
    assert_eq!(written(&book, 20, &invalid("192.0.2.1")), 0);
    assert_eq!(counts(&book.summaries()), [25]);
}

#[test]
fn a_quiet_kind_is_written_in_full_again_after_a_minute() {
    let (book, clock) = book();
    for _ in 0..5 {
        assert_eq!(written(&book, 10, &invalid("192.0.2.1")), 10);
        clock.advance(MINUTE);
    }
    assert!(book.summaries().is_empty());
}

#[test]
fn addresses_tokens_codes_and_routes_are_counted_apart() {
    let (book, clock) = book();
    let token = || Principal::Token(TokenId::from_stored("tok_1"));
    let kinds = [
        invalid("192.0.2.1"),
        invalid("192.0.2.2"),
        from(token(), ErrorCode::ScopeMissing, Some("v3.generate")),
        from(token(), ErrorCode::ScopeMissing, Some("v3.edit")),
        from(token(), ErrorCode::RateLimited, Some("v3.edit")),
    ];
    for (kind, extra) in kinds.iter().zip(1..) {
        assert_eq!(written(&book, 10 + extra, kind), 10);
    }
    clock.advance(MINUTE);
    assert_eq!(counts(&book.summaries()), [1, 2, 3, 4, 5]);
}

#[test]
fn all_addresses_of_one_ipv6_client_count_as_one() {
    let (book, _) = book();
    let mut in_full = 0;
    for number in 0..100 {
        in_full += written(&book, 1, &invalid(&format!("2001:db8:1:2::{number:x}")));
    }
    assert_eq!(in_full, 10);
    assert_eq!(written(&book, 1, &invalid("2001:db8:1:3::1")), 1);
}

#[test]
fn many_addresses_take_bounded_room_and_hide_no_token() {
    let (book, clock) = book();
    let flood = 100_000_u32;
    let addresses = (0..flood).map(|number| IpAddr::from(number.to_be_bytes()));
    let in_full = addresses
        .map(|ip| from(Principal::Anonymous(ip), ErrorCode::TokenInvalid, None))
        .filter_map(|record| book.observe(record))
        .count();
    assert_eq!(in_full, 1024 + 10, "one each of those kept apart, ten of all others");
    let token = Principal::Token(TokenId::from_stored("tok_1"));
    assert_eq!(written(&book, 10, &from(token, ErrorCode::ScopeMissing, None)), 10);
    clock.advance(MINUTE);
    let summaries = book.summaries();
    assert_eq!(counts(&summaries), [u64::from(flood) - 1024 - 10]);
    assert_eq!(&*summaries[0].resource, "various");
}

#[test]
fn a_refusal_the_journal_had_no_room_for_is_counted() {
    let (book, _) = book();
    let record = book.observe(invalid("192.0.2.1")).unwrap();
    book.count(&record);
    assert_eq!(counts(&book.close()), [1]);
}

#[test]
fn other_records_are_never_counted() {
    let (book, _) = book();
    let change = AuditRecord::change(
        NOON,
        Principal::Gateway,
        "token.create",
        "tok_1",
        serde_json::Value::Null,
        serde_json::Value::Null,
    );
    assert_eq!(written(&book, 100, &change), 100);
}

proptest! {
    #[test]
    fn written_and_counted_make_up_all_that_was_refused(
        steps in prop::collection::vec((0_u8..4, 0_u64..40, any::<bool>()), 1..400),
    ) {
        let (book, clock) = book();
        let (mut in_full, mut counted) = (0, 0);
        for (host, pause, fetch) in &steps {
            clock.advance(Duration::from_secs(*pause));
            in_full += written(&book, 1, &invalid(&format!("192.0.2.{host}")));
            if *fetch {
                counted += counts(&book.summaries()).iter().sum::<u64>();
            }
        }
        counted += counts(&book.close()).iter().sum::<u64>();
        prop_assert_eq!(in_full as u64 + counted, steps.len() as u64);
    }
}

#[test]
fn a_summary_that_finds_no_room_is_counted_again() {
    let (book, clock) = book();
    let (mine, many) = (invalid("192.0.2.1"), 25);
    written(&book, many, &mine);
    clock.advance(MINUTE);
    let summaries = book.summaries();
    assert_eq!(counts(&summaries), [15]);
    for summary in &summaries {
        book.count(summary);
    }
    assert_eq!(written(&book, 3, &mine), 3);
    let again = book.close();
    assert_eq!(counts(&again), [15]);
    assert_eq!(again[0].principal, mine.principal);
}
