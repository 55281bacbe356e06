//! Connections that are used again, and those that must not be.

use super::{
    fake::{Fake, Peer, Seen, json},
    house::{House, KEY, answered, content, generate, shared},
};
use crate::upstream::{
    Credential, NotSent, SendOutcome, UnknownReason, UpstreamOptions, UpstreamRequest,
    exchange::{Exchange, ExchangeFailure},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{join, time::Instant};

const FIRST: &str = r#"{"call":1}"#;
const SECOND: &str = r#"{"call":2}"#;

/// Makes a first call and returns its connection, which is idle now.
async fn used(house: &House, fake: &Fake) -> Peer {
    let ok = json("200 OK", FIRST);
    let (sent, (peer, _)) = join!(house.send(shared()), fake.answer(&ok));
    assert_eq!(content(&answered(sent)), FIRST);
    peer
}

/// Makes a second call that must arrive on a new connection.
async fn call_on_a_new_connection(house: &House, fake: &Fake) -> Seen {
    let ok = json("200 OK", SECOND);
    let (sent, (_peer, seen)) = join!(house.send(shared()), fake.answer(&ok));
    assert_eq!(content(&answered(sent)), SECOND);
    fake.no_one_else_came().await;
    seen
}

/// Asserts that nothing more came on a connection.
async fn nothing_more_came(mut peer: Peer) {
    assert_eq!((peer.more().await, peer.unread()), (0, &b""[..]));
}

#[tokio::test]
async fn calls_in_a_row_share_a_connection() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let mut peer = used(&house, &fake).await;
    for _ in 0..5 {
        let ok = json("200 OK", SECOND);
        let (sent, seen) = join!(house.send(shared()), peer.answer(&ok));
        assert_eq!(content(&answered(sent)), SECOND);
        assert_eq!(seen.header("api-key"), [KEY]);
    }
    fake.no_one_else_came().await;
}

#[tokio::test]
async fn what_may_be_billed_goes_out_on_a_connection_that_nobody_used() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let peer = used(&house, &fake).await;
    for _ in 0..3 {
        let ok = json("200 OK", SECOND);
        let (sent, (_peer, _)) = join!(house.send(generate()), fake.answer(&ok));
        assert_eq!(content(&answered(sent)), SECOND);
    }
    drop(house);
    nothing_more_came(peer).await;
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_replaced() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    for _ in 0..10 {
        // Nothing runs between the end of the one call and the start of the next, so hyper has
        // had no chance to see that the other side hung up.
        drop(used(&house, &fake).await);
        let seen = call_on_a_new_connection(&house, &fake).await;
        assert_eq!(seen.body, br#"{"prompt":"a cat"}"#);
        drop(house.take_idle());
    }
}

#[tokio::test]
async fn a_connection_that_was_reset_while_idle_is_replaced() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    used(&house, &fake).await.reset();
    call_on_a_new_connection(&house, &fake).await;
}

#[tokio::test]
async fn an_untouched_request_goes_out_whole_on_the_replacement() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let peer = used(&house, &fake).await;
    let connection = house.take_idle().unwrap();
    drop(peer);
    // The end of the connection is known to the runtime now, but hyper hears of the request
    // first: it finds the end before it begins to write, and gives the request back.
    tokio::task::yield_now().await;
    let request = shared().build(&house.key).unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    let ok = json("200 OK", SECOND);
    let run = Exchange::run_on(connection, &house.key, request, deadline);
    let (exchange, (_peer, seen)) = join!(run, fake.answer(&ok));
    assert_eq!(exchange.ok().unwrap().response.status(), 200);
    assert_eq!(seen.body, br#"{"prompt":"a cat"}"#);
    assert_eq!(seen.header("api-key"), [KEY]);
    fake.no_one_else_came().await;
}

#[tokio::test]
async fn a_new_connection_that_dies_before_the_first_byte_is_not_replaced() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let deadline = Instant::now() + Duration::from_secs(5);
    let (connection, peer) = join!(house.key.connector.connect(deadline), fake.accept());
    peer.reset();
    tokio::task::yield_now().await;
    let request = shared().build(&house.key).unwrap();
    let run = Exchange::run_on(connection.unwrap(), &house.key, request, deadline).await;
    assert!(matches!(run, Err(ExchangeFailure::NotSent(NotSent::Lost))));
    fake.no_one_else_came().await;
}

#[tokio::test]
async fn a_pooled_connection_that_took_the_request_is_never_replaced() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    for how in [Peer::reset, |peer| drop(peer)] {
        let mut peer = used(&house, &fake).await;
        let (sent, ()) = join!(house.send(shared()), async {
            peer.request().await;
            how(peer);
        });
        let SendOutcome::Unknown { reason: UnknownReason::Reset, answer: None } = sent else {
            panic!("{sent:?}")
        };
        fake.no_one_else_came().await;
    }
}

#[tokio::test]
async fn one_byte_of_a_request_is_enough_to_never_send_it_again() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let mut peer = used(&house, &fake).await;
    let (sent, ()) = join!(house.send(shared()), async {
        assert!(peer.more().await > 0);
        drop(peer);
    });
    assert!(matches!(sent, SendOutcome::Unknown { .. }), "{sent:?}");
    fake.no_one_else_came().await;
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_given_to_nobody() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let poison = json("200 OK", r#"{"poison":true}"#);

    // In one piece with the first answer.
    let both = [json("200 OK", FIRST), poison.clone()].concat();
    let (sent, (peer, _)) = join!(house.send(shared()), fake.answer(&both));
    assert_eq!(content(&answered(sent)), FIRST);
    call_on_a_new_connection(&house, &fake).await;
    nothing_more_came(peer).await;
    drop(house.take_idle());

    // A while after it, unseen until the next call.
    let mut peer = used(&house, &fake).await;
    peer.write(&poison).await;
    call_on_a_new_connection(&house, &fake).await;
    nothing_more_came(peer).await;
}

#[tokio::test]
async fn a_connection_is_not_kept_after_connection_close() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let closing = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{\"call\":1}";
    let (sent, (peer, _)) = join!(house.send(shared()), fake.answer(closing));
    answered(sent);
    call_on_a_new_connection(&house, &fake).await;
    nothing_more_came(peer).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_a_few_seconds() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let peer = used(&house, &fake).await;
    tokio::time::pause();
    let begun = Instant::now();
    nothing_more_came(peer).await;
    let kept = begun.elapsed();
    let bounds = UpstreamOptions::IDLE..UpstreamOptions::IDLE * 2;
    assert!(bounds.contains(&kept), "kept for {kept:?}");
    tokio::time::resume();
    call_on_a_new_connection(&house, &fake).await;
}

#[tokio::test]
async fn dropping_a_key_version_closes_its_connections() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let peer = used(&house, &fake).await;
    let House { upstream, key, .. } = house;
    drop(key);
    nothing_more_came(peer).await;
    drop(upstream);
}

#[tokio::test]
async fn keys_do_not_share_connections() {
    let fake = Fake::listen().await;
    let mut house = House::new(&fake.url());
    let first = used(&house, &fake).await;
    let next = Credential::new("the-next-key-of-the-account".into()).unwrap();
    let before = std::mem::replace(&mut house.key, house.upstream.key(next));
    let seen = call_on_a_new_connection(&house, &fake).await;
    assert_eq!(seen.header("api-key"), ["the-next-key-of-the-account"]);
    drop(before);
    nothing_more_came(first).await;
}

#[tokio::test]
async fn a_caller_that_is_dropped_closes_its_connection() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let mut peer = tokio::select! {
        sent = house.send(shared()) => panic!("{sent:?}"),
        peer = async {
            let mut peer = fake.accept().await;
            peer.request().await;
            peer
        } => peer,
    };
    assert_eq!(peer.more().await, 0);
    fake.no_one_else_came().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_at_once_each_get_their_own_answer_and_arrive_once() {
    let fake = Fake::listen().await;
    let house = Arc::new(House::new(&fake.url()));
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&arrived);
    let server = tokio::spawn(async move {
        loop {
            let (mut peer, seen) = (fake.accept().await, Arc::clone(&seen));
            tokio::spawn(async move {
                while let Some(request) = peer.next_request().await {
                    let name = request.head.split(' ').nth(1).unwrap().to_owned();
                    seen.lock().unwrap().push(name.clone());
                    peer.write(&json("200 OK", &name)).await;
                }
            });
        }
    });
    let callers = (0..8).map(|caller| {
        let house = Arc::clone(&house);
        tokio::spawn(async move {
            for call in 0..40 {
                let path_and_query = format!("/caller/{caller}/call/{call}");
                let request = UpstreamRequest { path_and_query, ..shared() };
                let expected = request.path_and_query.clone();
                assert_eq!(content(&answered(house.send(request).await)), expected);
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    server.abort();
    let mut arrived = arrived.lock().unwrap().clone();
    assert_eq!(arrived.len(), 8 * 40);
    arrived.sort();
    arrived.dedup();
    assert_eq!(arrived.len(), 8 * 40);
}
