//! Twenty exchanges under load: no client fails, and no key arrives that was told to be safe to revoke.

use super::{Exchange, GENERATE, body};
use crate::support::Client;

use ideogate::simulator::{Act, CallEnd, Script};
use serde_json::json;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Semaphore, time::interval};

const EXCHANGES: usize = 20;

/// 50 calls a second.
const PACE: Duration = Duration::from_millis(20);

/// The most calls at once; a machine that cannot keep the pace gets fewer.
const MOST: usize = 100;

fn key(number: usize) -> String {
    format!("key-number-{number:04}-of-the-load-test-{number:04}")
}

/// Waits until so many calls have arrived.
async fn more_calls(exchange: &Exchange, count: usize) {
    exchange.app.ideogram.seen_when(|seen| seen.calls.len() >= count).await;
}

/// Sends calls at the pace until it is done, and returns how many.
async fn send_until(
    done: Arc<AtomicBool>,
    client: Client,
    failures: Arc<Mutex<Vec<String>>>,
) -> usize {
    let under_way = Arc::new(Semaphore::new(MOST));
    let (mut calls, mut ticks) = (Vec::new(), interval(PACE));
    while !done.load(Ordering::Relaxed) {
        ticks.tick().await;
        let place = Arc::clone(&under_way).acquire_owned().await.unwrap();
        let (client, failures) = (client.clone(), Arc::clone(&failures));
        calls.push(tokio::spawn(async move {
            let _place = place;
            let reply = client.post(GENERATE, &body()).await;
            if reply.status != 200 {
                failures.lock().unwrap().push(format!("{reply:?}"));
            }
        }));
    }
    let sent = calls.len();
    for call in calls {
        call.await.unwrap();
    }
    sent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_exchanges_at_fifty_calls_a_second_cost_no_client_a_call() {
    let files = [("IDEOGRAM_API_KEY_FILE", "key", "key-number-0000-of-the-load-test-0000")];
    let exchange = Exchange::with("[keys]\nlook_every = \"50ms\"\n", &files).await;
    let client = exchange.app.client().await;
    let done = Arc::new(AtomicBool::new(false));
    let failures = Arc::<Mutex<Vec<String>>>::default();
    let load = tokio::spawn(send_until(Arc::clone(&done), client, Arc::clone(&failures)));
    // Each call takes a while, so that some are always under way when the key changes.
    exchange
        .app
        .ideogram
        .script(Script::new(Act::Usual).on(GENERATE).delayed(Duration::from_millis(60)).always());
    for number in 1..=EXCHANGES {
        exchange.app.ideogram.accept_key(&key(number));
        exchange.put("key", &key(number));
        if number % 2 == 0 {
            match number % 4 {
                0 => exchange.app.running.reload().ask(),
                _ => drop(exchange.rotate(json!({})).await),
            }
        }
        exchange.safe_to_revoke(&format!("…{:04}", number - 1)).await;
        let seen = exchange.app.ideogram.seen();
        let old = seen.calls.iter().filter(|call| call.header("api-key") == Some(&key(number - 1)));
        let open = old.filter(|call| call.end == CallEnd::Open).count();
        assert_eq!(open, 0, "told to be safe while Ideogram still works with it");
        exchange.app.ideogram.reject_key(&key(number - 1));
        more_calls(&exchange, seen.calls.len() + 3).await;
    }
    done.store(true, Ordering::Relaxed);
    let sent = load.await.unwrap();
    let failures = failures.lock().unwrap().clone();
    assert!(failures.is_empty(), "{} of {sent} failed: {failures:#?}", failures.len());
    let seen = exchange.app.ideogram.seen();
    let refused = seen.calls.iter().filter(|call| call.status == Some(401));
    assert_eq!(refused.count(), 0, "a key arrived after it was told to be safe to revoke");
    let generated = seen.calls.iter().filter(|call| call.path() == GENERATE).count();
    assert_eq!(generated, sent, "each call was sent once");
    assert!(sent > 100, "{sent} calls are no load");
    let retired = exchange.told().into_iter().filter(|told| told.starts_with("key.retired"));
    assert_eq!(retired.count(), EXCHANGES);
    assert_eq!(exchange.app.places(), (0, 0, 0));
}
