//! A call that waited in vain is told for what.

use super::clerk::{Call, admission, answer, knock, seat, settle};
use super::world::options;
use crate::admission::{Admission, AdmissionError, AdmissionOptions, AdmitRequest, WaitRule};
use std::time::Duration;
use tokio::time::{Instant, advance};

async fn in_vain(late: Call) -> (WaitRule, Duration) {
    advance(Duration::from_secs(10)).await;
    settle().await;
    match answer(late).await {
        Err(AdmissionError::Timeout { rule, waited, .. }) => (rule, waited),
        other => panic!("not a timeout: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn the_accounts_cap_is_named_when_all_places_are_taken() {
    let admission = admission(1, 10);
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let late = knock(&admission, seat("b", 1)).await;
    assert_eq!(in_vain(late).await, (WaitRule::Account, Duration::from_secs(10)));
}

#[tokio::test(start_paused = true)]
async fn a_tokens_own_share_is_named_whether_the_account_has_room_or_not() {
    for others in [0, 8] {
        let admission = admission(10, 10);
        let small = |places| AdmitRequest { max_token_places: Some(2), ..seat("small", places) };
        let _busy = admission.admit(small(2)).await.expect("room");
        let _rest = admission.admit(seat("other", others)).await.expect("room");
        let late = knock(&admission, small(1)).await;
        assert_eq!(in_vain(late).await.0, WaitRule::Token);
    }
}

#[tokio::test(start_paused = true)]
async fn places_reserved_for_others_are_named() {
    let accounts = vec![options(2, &[(1, 0), (1, 1)])];
    let admission = Admission::new(AdmissionOptions { queue_capacity: 10, accounts });
    let vip = AdmitRequest { environment: "e1".parse().expect("a name"), ..seat("vip", 1) };
    drop(admission.admit(vip).await.expect("room"));
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let held_back = knock(&admission, seat("a", 1)).await;
    assert_eq!(in_vain(held_back).await.0, WaitRule::Reserved);
    let too_large = knock(&admission, seat("b", 2)).await;
    assert_eq!(in_vain(too_large).await.0, WaitRule::Reserved);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_sixty_calls_of_ten_seconds_goes_through_ten_places_in_the_default_time() {
    let settings = include_str!("../../../config/default.toml");
    let settings: toml::Table = settings.parse().expect("the shipped settings");
    let allowed = settings["queue"]["timeout"].as_str().expect("a span");
    let allowed = humantime::parse_duration(allowed).expect("a span");
    let admission = admission(10, 1_000);
    let calls: Vec<_> = (0..60)
        .map(|_| {
            let admission = admission.clone();
            tokio::spawn(async move {
                let seat =
                    AdmitRequest { deadline: Instant::now() + allowed, ..seat("website", 1) };
                let permit = admission.admit(seat).await?;
                tokio::time::sleep(Duration::from_secs(10)).await;
                Ok::<_, AdmissionError>(permit.queued_for())
            })
        })
        .collect();
    let mut longest = Duration::ZERO;
    for call in calls {
        longest = longest.max(call.await.expect("no panic").expect("a place"));
    }
    assert_eq!(longest, Duration::from_secs(50));
}
