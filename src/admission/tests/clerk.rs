//! Callers of a real admission, under paused time.

use super::world::options;
use crate::admission::{Admission, AdmissionError, AdmissionOptions, AdmitRequest, Permit};
use crate::domain::TokenId;
use std::time::Duration;
use tokio::{task::JoinHandle, time::Instant};

pub(super) type Call = JoinHandle<Result<Permit, AdmissionError>>;

/// Returns an admission with one account and two equal environments.
pub(super) fn admission(cap: u32, queue_capacity: usize) -> Admission {
    let accounts = vec![options(cap, &[(1, 0), (1, 0)])];
    Admission::new(AdmissionOptions { queue_capacity, accounts })
}

/// Returns a call's seat with ten seconds to wait.
pub(super) fn seat(token: &str, places: u32) -> AdmitRequest {
    AdmitRequest {
        account: "account".parse().expect("a name"),
        environment: "e0".parse().expect("a name"),
        token: TokenId::from_stored(token),
        places,
        deadline: Instant::now() + Duration::from_secs(10),
        max_token_places: None,
    }
}

/// Lets a call knock, and waits until it is either in or in the queue.
pub(super) async fn knock(admission: &Admission, seat: AdmitRequest) -> Call {
    let admission = admission.clone();
    let call = tokio::spawn(async move { admission.admit(seat).await });
    settle().await;
    call
}

/// Lets everything run that can.
pub(super) async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Returns the answer of a call that must have one by now.
pub(super) async fn answer(call: Call) -> Result<Permit, AdmissionError> {
    assert!(call.is_finished(), "the call still waits");
    call.await.expect("no panic")
}

pub(super) fn in_use(admission: &Admission) -> (u32, usize) {
    let status = &admission.status()[0];
    (status.in_use, status.queued)
}
