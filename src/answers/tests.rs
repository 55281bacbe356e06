//! What an identical retry meets.

use super::{Answers, KEPT_FOR, KeptAnswer, Recalled};
use crate::{
    domain::{CallId, Fingerprint, SteeredClock, Timestamp},
    spool::Spool,
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{sync::Arc, time::Duration};

const PRINT: Fingerprint = Fingerprint::from_bytes([7; 32]);

fn room() -> (Answers, SteeredClock, CallId) {
    let clock = SteeredClock::at(Timestamp::from_micros(1_000_000));
    (Answers::new(Arc::new(clock.clone())), clock, CallId::random())
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
    answers.watch(PRINT, call);
    assert!(matches!(answers.recall(&PRINT), Recalled::Nothing));
}

#[test]
fn an_abandoned_call_is_waited_for_and_its_answer_taken_once() {
    let (answers, _, call) = room();
    answers.watch(PRINT, call.clone());
    answers.abandon(&PRINT, &call);
    let Recalled::Running(mut changed, running) = answers.recall(&PRINT) else { panic!() };
    assert_eq!(running, call);
    assert!(!changed.has_changed().unwrap());
    answers.hand_out(&PRINT, answer(&call));
    assert!(changed.has_changed().unwrap());
    changed.mark_unchanged();
    assert!(matches!(answers.recall(&PRINT), Recalled::Answer(_)));
    assert!(matches!(answers.recall(&PRINT), Recalled::Nothing));
}

#[test]
fn an_unknown_end_is_told_again_until_it_is_old() {
    let (answers, clock, call) = room();
    answers.watch(PRINT, call.clone());
    answers.unknown(&PRINT, &call);
    for _ in 0..3 {
        assert!(matches!(answers.recall(&PRINT), Recalled::Unknown(id) if id == call));
    }
    clock.advance(KEPT_FOR + Duration::from_secs(1));
    assert!(matches!(answers.recall(&PRINT), Recalled::Nothing));
}

#[test]
fn a_delivered_answer_is_forgotten() {
    let (answers, _, call) = room();
    answers.watch(PRINT, call.clone());
    answers.forget(&PRINT, &call);
    assert!(matches!(answers.recall(&PRINT), Recalled::Nothing));
}

#[test]
fn an_answer_comes_before_bad_news() {
    let (answers, _, call) = room();
    answers.remember_unknown(PRINT, CallId::random(), Timestamp::from_micros(1_000_000));
    answers.watch(PRINT, call.clone());
    answers.hand_out(&PRINT, answer(&call));
    answers.abandon(&PRINT, &call);
    assert!(matches!(answers.recall(&PRINT), Recalled::Answer(_)));
    assert!(matches!(answers.recall(&PRINT), Recalled::Unknown(_)));
}

#[test]
fn sweeping_forgets_only_what_is_old() {
    let (answers, clock, call) = room();
    answers.watch(PRINT, call.clone());
    answers.hand_out(&PRINT, answer(&call));
    answers.abandon(&PRINT, &call);
    clock.advance(KEPT_FOR.checked_sub(Duration::from_secs(1)).unwrap());
    answers.sweep();
    assert!(matches!(answers.recall(&PRINT), Recalled::Answer(_)));
}
