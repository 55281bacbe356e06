//! Everything at once, for each fate of each stream, in each form of the log, from before and from after it
//! is ready.

use super::{CALLS, Fate, GENERATE, House, Outlet, call, many, stop};
use crate::support::{Client, until};
use ideogate::simulator::{Act, Script, Seen};
use serde_json::json;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
    Both,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    BeforeReady,
    AfterReady,
}

/// Tries one fate in both forms of the log.
async fn goes_on(stream: Stream, fate: Fate, when: When) {
    for (format, filter) in [("text", "info"), ("json", "trace")] {
        let house = House::new(format, filter).await;
        let mut stdout = (stream != Stream::Stderr).then(|| Outlet::new(fate));
        let mut stderr = (stream != Stream::Stdout).then(|| Outlet::new(fate));
        let spoil = |one: &mut Option<Outlet>| one.iter_mut().for_each(Outlet::spoil);
        if when == When::BeforeReady {
            [&mut stdout, &mut stderr].into_iter().for_each(spoil);
        }
        let mut gateway = house.serve(stdout.as_ref(), stderr.as_ref()).await;
        if when == When::AfterReady {
            [&mut stdout, &mut stderr].into_iter().for_each(spoil);
        }
        let client = house.client().await;
        many(&client, CALLS).await;
        house.exchange_key(&client).await;
        let operators = Client::new(house.ready.admin.clone(), "");
        assert_eq!(operators.get("/readyz").await.status, 200);
        assert_eq!(house.home.run(&["queue", "status"]).await.code, 0);
        if fate != Fate::Stalled {
            let counted = async |sink: &str| (house.dropped(sink).await > 0).then_some(());
            if stdout.is_some() {
                until("audit lines are counted", async || counted("audit").await).await;
                until("checkpoints are counted", async || counted("checkpoint").await).await;
            }
            if stderr.is_some() {
                until("lines of the log are counted", async || counted("log").await).await;
            }
        }
        // One is at Ideogram when it is asked to end.
        house.home.ideogram.script(Script::new(Act::Hold));
        let last = tokio::spawn(async move { call(&client).await });
        let generated = |seen: &Seen| {
            seen.calls.iter().filter(|call| call.path() == GENERATE).count() == CALLS + 2
        };
        house.home.ideogram.seen_when(generated).await;
        let release = async {
            // Idle connections are closed when it drains.
            let draining = async || {
                let operators = Client::new(house.ready.admin.clone(), "");
                (operators.get("/readyz").await.status == 503).then_some(())
            };
            until("it drains", draining).await;
            house.home.ideogram.release();
        };
        tokio::join!(stop(&mut gateway), release);
        last.await.unwrap();
        house.assert_all_is_known(CALLS + 2).await;
    }
}

#[tokio::test]
async fn with_a_log_that_nobody_reads_from_the_start() {
    goes_on(Stream::Stderr, Fate::Stalled, When::BeforeReady).await;
}

#[tokio::test]
async fn with_a_log_that_nobody_reads_any_more() {
    goes_on(Stream::Stderr, Fate::Stalled, When::AfterReady).await;
}

#[tokio::test]
async fn with_a_log_whose_reader_was_never_there() {
    goes_on(Stream::Stderr, Fate::Gone, When::BeforeReady).await;
}

#[tokio::test]
async fn with_a_log_whose_reader_is_gone() {
    goes_on(Stream::Stderr, Fate::Gone, When::AfterReady).await;
}

#[tokio::test]
async fn with_a_log_on_a_full_device() {
    goes_on(Stream::Stderr, Fate::Full, When::BeforeReady).await;
}

#[tokio::test]
async fn with_a_stdout_that_nobody_reads_from_the_start() {
    goes_on(Stream::Stdout, Fate::Stalled, When::BeforeReady).await;
}

#[tokio::test]
async fn with_a_stdout_that_nobody_reads_any_more() {
    goes_on(Stream::Stdout, Fate::Stalled, When::AfterReady).await;
}

#[tokio::test]
async fn with_a_stdout_whose_reader_was_never_there() {
    goes_on(Stream::Stdout, Fate::Gone, When::BeforeReady).await;
}

#[tokio::test]
async fn with_a_stdout_whose_reader_is_gone() {
    goes_on(Stream::Stdout, Fate::Gone, When::AfterReady).await;
}

#[tokio::test]
async fn with_a_stdout_on_a_full_device() {
    goes_on(Stream::Stdout, Fate::Full, When::BeforeReady).await;
}

#[tokio::test]
async fn with_nobody_at_all() {
    goes_on(Stream::Both, Fate::Stalled, When::BeforeReady).await;
    goes_on(Stream::Both, Fate::Gone, When::AfterReady).await;
}

#[tokio::test]
async fn an_alarm_on_a_calls_way_that_nobody_can_read_costs_neither_the_call_nor_its_money() {
    for filter in ["error", "trace"] {
        let house = House::new("text", filter).await;
        let mut stderr = Outlet::new(Fate::Gone);
        let mut gateway = house.serve(None, Some(&stderr)).await;
        stderr.spoil();
        let client = house.client().await;
        // An error or a warning goes with each: our key in an answer, somebody else at the account.
        let answer =
            |status, body: String| Act::Answer { status, headers: Vec::new(), body: Some(body) };
        let echo = json!({"created": "x", "data": [], "echo": crate::support::KEY}).to_string();
        house.home.ideogram.script(Script::new(answer(200, echo)));
        call(&client).await;
        let busy = json!({"error": "too many", "reject_reason": "inflight_limit"}).to_string();
        house.home.ideogram.script(Script::new(answer(429, busy)));
        call(&client).await;
        assert_eq!(house.metric("ideogate_echoed_keys_total{account=\"ideogram\"}").await, 1);
        until("they were logged", async || (house.dropped("log").await > 0).then_some(())).await;
        let queue = house.home.queue().await;
        assert_eq!((&queue["in_use"], &queue["unknown"]), (&json!(0), &json!(0)), "{queue}");
        assert_eq!(house.metric("ideogate_open_intents").await, 0, "all is settled");
        stop(&mut gateway).await;
        house.assert_all_is_known(2).await;
    }
}
