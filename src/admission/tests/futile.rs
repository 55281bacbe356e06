//! Waits that are clearly in vain are refused at once, and no others.

use super::world::options;
use crate::{
    admission::{
        AdmissionError, AdmitRequest, WaitRule,
        account_gate::{AccountGate, Grant},
        lane::Ticket,
    },
    domain::TokenId,
};
use proptest::prelude::*;
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);

/// A gate whose calls end by themselves after a time that can be set.
struct Drive {
    gate: AccountGate<()>,
    now: Instant,
    takes: Duration,
    running: Vec<(Instant, Ticket)>,
}

#[derive(Debug, Clone, Copy)]
struct Call {
    environment: usize,
    token: usize,
    places: u32,
    share: Option<u32>,
}

const PLAIN: Call = Call { environment: 0, token: 0, places: 1, share: None };

impl Drive {
    /// Returns a gate at which twenty calls of `takes` have ended.
    fn measured(cap: u32, environments: &[(u32, u32)], takes: Duration) -> Self {
        let mut drive = Self::fresh(cap, environments, takes);
        for _ in 0..20 {
            drive.enter(PLAIN, HOUR).expect("room");
            drive.end_next();
        }
        drive
    }

    fn fresh(cap: u32, environments: &[(u32, u32)], takes: Duration) -> Self {
        let now = Instant::now();
        let gate = AccountGate::new(options(cap, environments), 10_000, now);
        Self { gate, now, takes, running: Vec::new() }
    }

    fn enter(&mut self, call: Call, allowed: Duration) -> Result<Ticket, AdmissionError> {
        let seat = AdmitRequest {
            account: "account".parse().expect("a name"),
            environment: format!("e{}", call.environment).parse().expect("a name"),
            token: TokenId::from_stored(format!("tok_{}_{}", call.environment, call.token)),
            places: call.places,
            deadline: self.now + allowed,
            max_token_places: call.share,
        };
        let (entered, grants) = self.gate.enter(&seat, (), self.now);
        self.begin(grants);
        entered
    }

    fn fill(&mut self, call: Call, count: usize) {
        for _ in 0..count {
            self.enter(call, HOUR).expect("an hour is long enough");
        }
    }

    fn begin(&mut self, grants: Vec<Grant<()>>) {
        let (now, takes) = (self.now, self.takes);
        self.running.extend(grants.into_iter().map(|grant| (now + takes, grant.ticket)));
    }

    /// Lets the call end that is through first.
    fn end_next(&mut self) -> bool {
        let first = self.running.iter().enumerate().min_by_key(|(_, (end, _))| *end);
        let Some((nth, _)) = first else { return false };
        let (end, ticket) = self.running.remove(nth);
        self.now = end;
        let grants = self.gate.release(&ticket, self.now);
        self.begin(grants);
        true
    }

    fn runs(&self, number: u64) -> bool {
        self.running.iter().any(|(_, ticket)| ticket.number == number)
    }

    /// Returns how long a call that waits still waits.
    fn waits(&mut self, ticket: &Ticket) -> Duration {
        let came = self.now;
        while !self.runs(ticket.number) {
            assert!(self.end_next(), "it waits for ever");
        }
        self.now - came
    }
}

fn is_futile(entered: &Result<Ticket, AdmissionError>) -> bool {
    matches!(entered, Err(AdmissionError::Futile { .. }))
}

#[test]
fn a_wait_that_would_be_more_than_twice_too_long_is_refused_at_once() {
    let mut drive = Drive::measured(10, &[(1, 0)], 10 * SECOND);
    // Ten run, and a hundred of its own wait: 91 to 101 seconds to go.
    drive.fill(PLAIN, 110);
    let refused = drive.enter(PLAIN, 40 * SECOND);
    let Err(AdmissionError::Futile { rule, forecast, .. }) = refused else {
        panic!("it waits: {refused:?}")
    };
    assert_eq!((rule, forecast), (WaitRule::Account, 91 * SECOND));
    assert_eq!(drive.gate.queued, 100, "it took no seat");
    assert_eq!(drive.gate.counters.futile, 1);
    let ticket = drive.enter(PLAIN, 50 * SECOND).expect("it may turn out well");
    assert_eq!(drive.waits(&ticket), 110 * SECOND);
}

#[test]
fn nothing_is_refused_until_twenty_calls_have_ended_or_when_they_did_long_ago() {
    let mut drive = Drive::fresh(1, &[(1, 0)], 10 * SECOND);
    for ended in 0..20 {
        drive.fill(PLAIN, 30);
        assert!(drive.enter(PLAIN, SECOND).is_ok(), "after {ended}");
        drive.gate.closed.draining = true;
        let (sent_away, _) = drive.gate.send_away(drive.now);
        drive.gate.closed.draining = false;
        assert!(sent_away.len() >= 30);
        drive.end_next();
    }
    drive.fill(PLAIN, 30);
    assert!(is_futile(&drive.enter(PLAIN, SECOND)));
    drive.now += Duration::from_mins(20);
    assert!(drive.enter(PLAIN, SECOND).is_ok(), "what was measured is old");
}

#[test]
fn after_five_quicker_calls_nobody_is_refused_by_what_was() {
    let mut drive = Drive::measured(1, &[(1, 0)], 20 * SECOND);
    drive.fill(PLAIN, 30);
    assert!(is_futile(&drive.enter(PLAIN, 60 * SECOND)));
    drive.takes = SECOND;
    drive.end_next();
    for _ in 0..5 {
        drive.end_next();
    }
    let ticket = drive.enter(PLAIN, 60 * SECOND).expect("24 calls of a second are ahead");
    assert!(drive.waits(&ticket) <= 60 * SECOND);
}

#[test]
fn a_token_that_has_nothing_waiting_is_let_wait_beside_one_that_has_much() {
    let mut drive = Drive::measured(1, &[(1, 0), (1, 0)], 10 * SECOND);
    drive.fill(PLAIN, 500);
    for quiet in [Call { token: 1, ..PLAIN }, Call { environment: 1, ..PLAIN }] {
        let ticket = drive.enter(quiet, 30 * SECOND).expect("it has its turn soon");
        assert!(drive.waits(&ticket) <= 30 * SECOND);
    }
}

#[test]
fn a_tokens_own_share_makes_a_wait_futile_though_the_account_has_room() {
    let mut drive = Drive::measured(10, &[(1, 0)], 10 * SECOND);
    let small = Call { token: 7, share: Some(1), ..PLAIN };
    drive.fill(small, 11);
    assert_eq!(drive.gate.free_places(), 9);
    let refused = drive.enter(small, 40 * SECOND);
    let Err(AdmissionError::Futile { rule, forecast, retry_after }) = refused else {
        panic!("it waits: {refused:?}")
    };
    assert_eq!((rule, forecast), (WaitRule::Token, 100 * SECOND));
    assert_eq!(retry_after, 60 * SECOND);
    assert!(drive.enter(Call { token: 8, ..PLAIN }, SECOND).is_ok(), "others go at once");
}

#[test]
fn those_who_give_up_long_before_do_not_count() {
    let mut drive = Drive::measured(1, &[(1, 0)], 10 * SECOND);
    drive.fill(PLAIN, 1);
    for _ in 0..100 {
        // The queue holds their seats until somebody says that their time is up.
        drive.gate.durations = super::super::durations::Durations::default();
        drive.enter(PLAIN, 10 * SECOND).expect("nothing is known");
    }
    for _ in 0..20 {
        drive.gate.durations.note(10 * SECOND, drive.now);
    }
    assert!(drive.enter(PLAIN, 30 * SECOND).is_ok(), "they are gone in ten seconds");
    assert!(is_futile(&drive.enter(PLAIN, 10 * SECOND)));
}

fn calls() -> impl Strategy<Value = Call> {
    let share = prop_oneof![4 => Just(None), 1 => (4..=6_u32).prop_map(Some)];
    let places = prop_oneof![3 => Just(1), 2 => 1..=4_u32];
    (0..3_usize, 0..3_usize, places, share).prop_map(|(environment, token, places, share)| Call {
        environment,
        token,
        places,
        share,
    })
}

proptest! {
    /// So whoever is refused because more than twice what it allows is foretold would really have
    /// waited in vain.
    #[test]
    fn nobody_waits_less_than_half_of_what_is_foretold(
        reserved in prop_oneof![3 => Just([0, 0, 0]), 1 => Just([2, 0, 1])],
        weights in prop::array::uniform3(1..=4_u32),
        waiting in prop::collection::vec(calls(), 0..80),
        ended in 0..40_usize,
        late in prop::collection::vec(calls(), 0..20),
        call in calls(),
    ) {
        let environments: Vec<_> = weights.into_iter().zip(reserved).collect();
        let mut drive = Drive::measured(10, &environments, 10 * SECOND);
        for call in waiting {
            drive.enter(call, HOUR).expect("an hour is long enough");
        }
        for _ in 0..ended {
            drive.end_next();
        }
        for call in late {
            drive.enter(call, HOUR).expect("an hour is long enough");
        }
        let ticket = drive.enter(call, HOUR).expect("an hour is long enough");
        if !drive.runs(ticket.number) {
            let forecast = drive.gate.forecast(&ticket, drive.now).expect("twenty have ended");
            let waited = drive.waits(&ticket);
            prop_assert!(2 * waited >= forecast, "{waited:?}, and {forecast:?} was foretold");
        }
    }
}
