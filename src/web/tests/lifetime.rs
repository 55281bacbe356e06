//! Clients that leave, answers that arrive or do not, and the end of the house.

use super::house::{Client, House, limits, router};
use crate::{
    tasks::Tasks,
    telemetry::Metrics,
    web::{Body, DeliveryEnd, ListenerState, RequestInfo, Serving, serve},
};
use axum::extract::Request;
use futures_util::FutureExt;
use http::Response;
use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    time::timeout,
};

#[tokio::test]
async fn a_client_that_hangs_up_drops_its_request() {
    let mut house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok").await;
    while house.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(client);
    house.dropped.recv().await.unwrap();
}

#[tokio::test]
async fn a_client_that_hangs_up_is_missed_whatever_it_sent_after_its_request() {
    let mut house = House::open().await;
    let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    for more in ["\r\n", next, "GET /par", "rubbish\n", &next.repeat(10_000)] {
        let mut client = house.connect().await;
        let request = "POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok";
        client.send(format!("{request}{}", &more[..more.len().min(50_000)]).as_bytes()).await;
        while house.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        drop(client);
        house.dropped.recv().await.unwrap();
        assert_eq!(std::mem::take(&mut *house.seen.lock().unwrap()).len(), 1, "{more:.20}");
    }
}

#[tokio::test]
async fn requests_that_are_sent_ahead_are_answered_in_their_order() {
    let house = House::open().await;
    let mut client = house.connect().await;
    let post = |n| format!("POST /{n} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n{n:3}");
    let last = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let ahead: String = (0..100).map(post).collect();
    client.send(format!("{ahead}{last}").as_bytes()).await;
    let text = client.rest().await;
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 101, "{text}");
    let expected: Vec<_> =
        (0..100).map(|n| format!("POST /{n}")).chain(["GET /last".into()]).collect();
    assert_eq!(house.requests(), expected);
}

#[tokio::test]
async fn an_answer_that_left_is_whole() {
    let mut house = House::open().await;
    house.say(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert_eq!(house.deliveries.recv().await, Some(DeliveryEnd::Whole));
    house.say(b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert_eq!(house.deliveries.recv().await, Some(DeliveryEnd::Whole));
}

#[tokio::test]
async fn an_answer_that_the_system_never_took_is_gone_though_hyper_had_all_of_it() {
    let mut house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut space = [0; 1024];
    client.0.read_exact(&mut space).await.unwrap();
    drop(client);
    // The whole body is one piece, so hyper takes it at once, long before it can be written.
    assert_eq!(house.deliveries.recv().await, Some(DeliveryEnd::Gone { sent: 1 << 24 }));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_of_its_answer_is_given_up() {
    let mut house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(matches!(house.deliveries.recv().await, Some(DeliveryEnd::Gone { .. })));
}

#[tokio::test]
async fn shutdown_finishes_what_is_at_work_and_closes_what_is_idle() {
    let house = House::open().await;
    let (mut busy, mut idle) = (house.connect().await, house.connect().await);
    idle.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    idle.answer().await;
    busy.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\no").await;
    // Its header arrived: another round through the house makes that sure.
    idle.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    idle.answer().await;
    house.shutdown.cancel();
    assert_eq!(idle.rest().await, "");
    busy.send(b"k").await;
    let text = busy.rest().await;
    assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
    assert!(text.contains("\r\nconnection: close\r\n"), "{text}");
    timeout(Duration::from_mins(1), house.tasks.finished()).await.unwrap();
    assert!(TcpStream::connect(house.address).await.is_err(), "still accepting");
}

#[tokio::test]
async fn open_connections_are_counted_while_they_are_open() {
    let house = House::open().await;
    let count = |n| format!("ideogate_connections{{listener=\"proxy\"}} {n}\n");
    let mut client = house.connect().await;
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.answer().await;
    assert!(house.metrics.render().contains(&count(1)));
    drop(client);
    while !house.metrics.render().contains(&count(0)) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_answer_that_was_written_after_its_client_had_hung_up_did_not_arrive() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let client = Arc::new(Mutex::new(None::<std::net::TcpStream>));
    let leaving = Arc::clone(&client);
    let face = router(move |_: RequestInfo, _: Request| {
        let (leaving, tell) = (Arc::clone(&leaving), tell.clone());
        async move {
            // Between the reading of the request and the writing of its answer, where nobody reads.
            drop(leaving.lock().unwrap().take());
            Response::new(Body::full("done").watched(move |delivery| {
                tell.send(delivery).ok();
            }))
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut socket = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    *client.lock().unwrap() = Some(socket);
    let door = ListenerState::new("proxy", limits(), Metrics::new());
    let serving = Serving::draining_first(Tasks::default());
    tokio::spawn(serve(listener, face, door, serving));
    assert_eq!(told.recv().await, Some(DeliveryEnd::Gone { sent: 4 }));
}

#[tokio::test]
async fn a_face_that_panics_answers_with_a_problem_and_the_connection_lives_on() {
    let mut house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"GET /panic HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let answer = client.answer().await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 500 "), "{answer}");
    let named = head.lines().find_map(|line| line.strip_prefix("ideogate-request-id: ")).unwrap();
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (&problem["code"], &problem["request_id"]),
        (&"internal_error".into(), &named.into())
    );
    assert!(!answer.contains("the face failed"), "what panicked is not for clients: {answer}");
    assert!(house.dropped.recv().await.is_some(), "the request is given up");
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(client.answer().await.ends_with("done"));
    let counted = "ideogate_refusals_total{environment=\"\",code=\"internal_error\"} 1";
    assert!(house.metrics.render().contains(counted), "{}", house.metrics.render());
}

#[tokio::test]
async fn while_it_drains_each_answer_is_the_last_and_only_earlier_requests_are_waited_for() {
    let (begun, requests) = (Arc::new(Semaphore::new(0)), Tasks::default());
    let (gate, asked) = (Arc::new(Semaphore::new(0)), Arc::clone(&begun));
    let waits = Arc::clone(&gate);
    let face = router(move |_: RequestInfo, request: Request| {
        let (asked, waits) = (Arc::clone(&asked), Arc::clone(&waits));
        async move {
            asked.add_permits(1);
            if request.uri().path() == "/wait" {
                waits.acquire().await.unwrap().forget();
            }
            Response::new(Body::full("done"))
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let metrics = Metrics::new();
    let door = ListenerState::new("proxy", limits(), Arc::clone(&metrics));
    let serving = Serving::draining_first(requests.clone());
    let served = tokio::spawn(serve(listener, face, door, serving.clone()));
    let connect = async || Client(TcpStream::connect(address).await.unwrap());
    let mut early = connect().await;
    early.send(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await;
    begun.acquire().await.unwrap().forget();
    serving.drain();
    let (mut late, mut stuck) = (connect().await, connect().await);
    late.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(late.rest().await.contains("\r\nconnection: close\r\n"));
    begun.acquire().await.unwrap().forget();
    assert!(requests.finished().now_or_never().is_none(), "the first request was not counted");
    gate.add_permits(1);
    assert!(early.rest().await.contains("\r\nconnection: close\r\n"));
    stuck.send(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await;
    begun.acquire().await.unwrap().forget();
    timeout(Duration::from_mins(1), requests.finished()).await.unwrap();
    // Connected before the end, asking after it.
    let mut last = connect().await;
    while !metrics.render().contains("ideogate_connections{listener=\"proxy\"} 2\n") {
        tokio::task::yield_now().await;
    }
    let seen_off = tokio::spawn(async move { serving.see_off().await });
    served.await.unwrap();
    last.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(last.rest().await.ends_with("done"));
    gate.add_permits(1);
    assert!(stuck.rest().await.ends_with("done"));
    seen_off.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "still accepting");
}
