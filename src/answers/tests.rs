//! What an identical retry meets.

use super::{Answers, KEPT_FOR, KeptAnswer, RegistryMatch};
use crate::{
    domain::{
        CallId, Client, ClientConnection, ClientState, Fingerprint, SteeredClock, Timestamp,
        TokenId, Unwatched,
    },
    spool::Spool,
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const PRINT: Fingerprint = Fingerprint::from_bytes([7; 32]);

fn room() -> (Answers, SteeredClock, CallId) {
    let clock = SteeredClock::at(Timestamp::from_micros(1_000_000));
    (Answers::new(Arc::new(clock.clone())), clock, CallId::random())
}

fn there() -> Client {
    Arc::new(Unwatched)
}

/// A client that is as the test says.
#[derive(Debug)]
struct Steered(Mutex<ClientState>);

impl Steered {
    fn connected() -> Arc<Self> {
        Arc::new(Self(Mutex::new(ClientState::Connected)))
    }

    fn becomes(&self, state: ClientState) {
        *self.0.lock().unwrap() = state;
    }
}

impl ClientConnection for Steered {
    fn state(&self) -> ClientState {
        *self.0.lock().unwrap()
    }
}

fn token() -> TokenId {
    TokenId::from_stored("tok_1")
}

fn answer(call: &CallId) -> KeptAnswer {
    KeptAnswer {
        call: call.clone(),
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: Spool::from_bytes(Bytes::from_static(b"picture")),
        echoed_key: false,
        upstream: Duration::ZERO,
    }
}

#[test]
fn a_call_whose_client_waits_is_not_met() {
    let (answers, _, call) = room();
    answers.watch(PRINT, call, &token(), there());
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Nothing));
}

#[test]
fn an_abandoned_call_is_waited_for_and_its_answer_taken_once() {
    let (answers, _, call) = room();
    answers.watch(PRINT, call.clone(), &token(), there());
    answers.abandon(&PRINT, &call);
    let RegistryMatch::Running(mut changed, running) = answers.recall(&PRINT, &there()) else {
        panic!()
    };
    assert_eq!(running, call);
    assert!(!changed.has_changed().unwrap());
    answers.hand_out(&PRINT, answer(&call));
    assert!(changed.has_changed().unwrap());
    changed.mark_unchanged();
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Answer(_)));
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Nothing));
}

#[test]
fn an_unknown_end_is_told_again_until_it_is_old() {
    let (answers, clock, call) = room();
    answers.watch(PRINT, call.clone(), &token(), there());
    answers.unknown(&PRINT, &call);
    for _ in 0..3 {
        assert!(
            matches!(answers.recall(&PRINT, &there()), RegistryMatch::Unknown(id) if id == call)
        );
    }
    clock.advance(KEPT_FOR + Duration::from_secs(1));
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Nothing));
}

#[test]
fn a_delivered_answer_is_forgotten() {
    let (answers, _, call) = room();
    answers.watch(PRINT, call.clone(), &token(), there());
    answers.forget(&PRINT, &call);
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Nothing));
}

#[test]
fn an_answer_comes_before_bad_news() {
    let (answers, _, call) = room();
    answers.remember_unknown(PRINT, CallId::random(), &token(), Timestamp::from_micros(1_000_000));
    answers.watch(PRINT, call.clone(), &token(), there());
    answers.hand_out(&PRINT, answer(&call));
    answers.abandon(&PRINT, &call);
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Answer(_)));
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Unknown(_)));
}

#[test]
fn sweeping_forgets_only_what_is_old() {
    let (answers, clock, call) = room();
    answers.watch(PRINT, call.clone(), &token(), there());
    answers.hand_out(&PRINT, answer(&call));
    answers.abandon(&PRINT, &call);
    clock.advance(KEPT_FOR.checked_sub(Duration::from_secs(1)).unwrap());
    answers.sweep();
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Answer(_)));
}

#[test]
fn a_client_that_hung_up_is_seen_before_anybody_tells() {
    let (answers, _, call) = room();
    let client = Steered::connected();
    answers.watch(PRINT, call.clone(), &token(), client.clone());
    assert!(!answers.owes(&PRINT));
    client.becomes(ClientState::Unclear);
    assert!(
        matches!(answers.recall(&PRINT, &there()), RegistryMatch::Unclear(_, id) if id == call)
    );
    client.becomes(ClientState::Gone);
    assert!(
        matches!(answers.recall(&PRINT, &there()), RegistryMatch::Running(_, id) if id == call)
    );
    assert!(answers.owes(&PRINT));
}

#[test]
fn an_answer_on_its_way_to_nobody_is_waited_for() {
    let (answers, _, call) = room();
    let client = Steered::connected();
    answers.watch(PRINT, call.clone(), &token(), client.clone());
    answers.hand_out(&PRINT, answer(&call));
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Nothing));
    client.becomes(ClientState::Gone);
    let RegistryMatch::Running(changed, _) = answers.recall(&PRINT, &there()) else { panic!() };
    answers.abandon(&PRINT, &call);
    assert!(changed.has_changed().unwrap());
    // Whoever takes it may hang up as well, and is looked at in its turn.
    let second = Steered::connected();
    let taker: Client = second.clone();
    assert!(matches!(answers.recall(&PRINT, &taker), RegistryMatch::Answer(_)));
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Nothing));
    second.becomes(ClientState::Gone);
    assert!(matches!(answers.recall(&PRINT, &there()), RegistryMatch::Running(..)));
}

#[test]
fn a_call_that_surely_lost_its_client_is_waited_for_before_one_that_may_have() {
    let (answers, _, first) = room();
    let (unclear, gone, second) = (Steered::connected(), Steered::connected(), CallId::random());
    answers.watch(PRINT, first, &token(), unclear.clone());
    answers.watch(PRINT, second.clone(), &token(), gone.clone());
    unclear.becomes(ClientState::Unclear);
    gone.becomes(ClientState::Gone);
    assert!(
        matches!(answers.recall(&PRINT, &there()), RegistryMatch::Running(_, id) if id == second)
    );
}

#[test]
fn only_a_token_whose_client_went_away_or_whose_call_is_unknown_may_be_owed_an_answer() {
    let (answers, clock, call) = room();
    answers.watch(PRINT, call.clone(), &token(), there());
    assert!(!answers.may_owe(&token()), "its client is there");
    answers.abandon(&PRINT, &call);
    assert!(answers.may_owe(&token()));
    assert!(!answers.may_owe(&TokenId::from_stored("tok_2")));
    answers.hand_out(&PRINT, answer(&call));
    assert!(answers.may_owe(&token()), "it is kept");
    clock.advance(KEPT_FOR + Duration::from_secs(1));
    assert!(!answers.may_owe(&token()), "nobody asked in time");
    let other = CallId::random();
    answers.watch(PRINT, other.clone(), &token(), there());
    answers.unknown(&PRINT, &other);
    assert!(answers.may_owe(&token()));
}

#[test]
fn a_token_whose_client_may_have_hung_up_may_be_owed_an_answer_before_anybody_tells() {
    let (answers, _, call) = room();
    let client = Steered::connected();
    answers.watch(PRINT, call.clone(), &token(), client.clone());
    for state in [ClientState::Unclear, ClientState::Gone] {
        client.becomes(state);
        assert!(answers.may_owe(&token()));
    }
    client.becomes(ClientState::Connected);
    answers.hand_out(&PRINT, answer(&call));
    assert!(!answers.may_owe(&token()), "it is on its way to a client that is there");
}
