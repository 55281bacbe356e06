//! Large bodies that meet servers which do not want them.

use super::{
    fake::{Fake, json},
    house::{House, answered, content, generate},
};
use crate::upstream::{SendOutcome, UnknownReason, UpstreamRequest};
use std::time::Duration;
use tokio::join;

const LARGE: usize = 24 * 1024 * 1024;

async fn large(house: &House) -> UpstreamRequest {
    UpstreamRequest { body: Some(house.spool(vec![b'u'; LARGE]).await), ..generate() }
}

#[tokio::test]
async fn an_answer_to_an_upload_that_was_not_wanted_is_read() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    for _ in 0..20 {
        let request = large(&house).await;
        let busy = json("429 Wait", r#"{"busy":1}"#);
        // Closing a socket with unread bytes in it resets the connection behind the answer.
        let (sent, ()) = join!(house.send(request), async {
            let mut peer = fake.accept().await;
            peer.head().await;
            peer.write(&busy).await;
        });
        let SendOutcome::RefusedForNow { answer, .. } = sent else { panic!("{sent:?}") };
        assert_eq!(content(&answer), r#"{"busy":1}"#);
        fake.no_one_else_came().await;
    }
}

#[tokio::test]
async fn an_early_answer_ends_the_upload() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let request = large(&house).await;
    let refused = json("413 Big", "{}");
    let (sent, mut peer) = join!(house.send(request), async {
        let mut peer = fake.accept().await;
        peer.head().await;
        peer.write(&refused).await;
        peer
    });
    assert_eq!(answered(sent).status, 413);
    // It is given a moment to finish, and then the connection is closed rather than kept.
    tokio::time::pause();
    tokio::task::yield_now().await;
    tokio::time::advance(Duration::from_secs(1)).await;
    tokio::task::yield_now().await;
    tokio::time::resume();
    while peer.more().await > 0 {}
    assert!(peer.unread().len() < LARGE);
    fake.no_one_else_came().await;
}

#[tokio::test]
async fn after_our_timeout_not_a_byte_more_goes_out() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let request = large(&house).await;
    let (sent, mut peer) = join!(house.send(request), async {
        let mut peer = fake.accept().await;
        peer.head().await;
        tokio::time::pause();
        peer
    });
    let SendOutcome::Unknown { reason: UnknownReason::Timeout, answer: None } = sent else {
        panic!("{sent:?}")
    };
    tokio::time::resume();
    while peer.more().await > 0 {}
    assert!(peer.unread().len() < LARGE);
    fake.no_one_else_came().await;
}

#[tokio::test]
async fn an_upload_that_is_reset_is_unknown_and_does_not_hang() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let request = large(&house).await;
    let (sent, ()) = join!(house.send(request), async {
        let mut peer = fake.accept().await;
        peer.head().await;
        peer.reset();
    });
    let SendOutcome::Unknown { reason: UnknownReason::Reset, answer: None } = sent else {
        panic!("{sent:?}")
    };
    fake.no_one_else_came().await;
}
