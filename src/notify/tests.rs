//! How somebody is told, while time is paused and the network is in memory.

use super::{
    Notice, NoticeKind, Notifier, NotifyOptions, NotifyTarget, Post, PostError, PostHeaders,
    queue::MOST,
    unknown_calls::{GATHER, UnknownCall, UnknownCalls},
};
use crate::{
    config::NotifySecret,
    domain::{CallId, Clock, Timestamp},
    store::{Store, tests::fixtures},
    tasks::Tasks,
    telemetry::Metrics,
};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use http::Uri;
use parking_lot::Mutex;
use serde_json::json;
use std::{future::pending, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Time that passes as tokio's does.
#[derive(Debug)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        fixtures::NOON.plus(self.0.elapsed())
    }
}

#[derive(Debug, Clone)]
struct Tried {
    at: Instant,
    host: String,
    headers: PostHeaders,
    body: Bytes,
}

impl Tried {
    fn header(&self, name: &str) -> &str {
        &self.headers.iter().find(|(own, _)| *own == name).unwrap().1
    }
}

/// A network in memory: answers with a status, or never.
#[derive(Debug)]
struct Network {
    tried: Mutex<Vec<Tried>>,
    /// By the number of the try; the last goes on for ever.
    answers: Vec<Option<u16>>,
}

impl Post for Network {
    fn post(
        &self,
        target: &Uri,
        headers: PostHeaders,
        body: Bytes,
    ) -> BoxFuture<'static, Result<u16, PostError>> {
        let mut tried = self.tried.lock();
        let place = tried.len().min(self.answers.len() - 1);
        let host = target.host().unwrap().to_owned();
        tried.push(Tried { at: Instant::now(), host, headers, body });
        match self.answers[place] {
            Some(status) => async move { Ok(status) }.boxed(),
            None => pending().boxed(),
        }
    }
}

struct Told {
    notifier: Notifier,
    network: Arc<Network>,
    metrics: Arc<Metrics>,
    store: Store,
}

fn target(host: &str) -> NotifyTarget {
    let url = format!("https://{host}/secret-path").parse().unwrap();
    NotifyTarget { url, secrets: vec![NotifySecret::parse(SECRET).unwrap()] }
}

fn told(store: Store, answers: &[Option<u16>]) -> Told {
    let network = Arc::new(Network { tried: Mutex::default(), answers: answers.to_vec() });
    let metrics = Metrics::new();
    let options = NotifyOptions {
        target: Some(target("a.example.com")),
        post: Arc::clone(&network) as Arc<dyn Post>,
        journal: store.journal(),
        reader: store.reader(),
        clock: Arc::new(TokioClock(Instant::now())),
        metrics: Arc::clone(&metrics),
        tasks: Tasks::default(),
    };
    Told { notifier: Notifier::start(options).unwrap(), network, metrics, store }
}

impl Told {
    fn tried(&self) -> Vec<Tried> {
        self.network.tried.lock().clone()
    }

    fn count(&self, result: &str) -> u64 {
        let text = self.metrics.render();
        let of = |line: &&str| {
            line.starts_with("ideogate_notifications_total{") && line.contains(result)
        };
        text.lines()
            .filter(of)
            .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            .sum()
    }
}

fn notice(number: u32) -> Notice {
    Notice::each_time(NoticeKind::DiskLow, json!({"number": number}))
}

/// Computed here a second time, from the specification.
fn assert_signed(tried: &Tried) {
    let secret = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let (id, at) = (tried.header("webhook-id"), tried.header("webhook-timestamp"));
    let signed = [id.as_bytes(), b".", at.as_bytes(), b".", &tried.body].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), &signed);
    assert_eq!(tried.header("webhook-signature"), format!("v1,{}", STANDARD.encode(tag)));
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_answers_500_for_an_hour_is_asked_less_and_less_and_then_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let told = told(fixtures::open(dir.path()), &[Some(500)]);
    told.notifier.tell(&notice(1));
    sleep(Duration::from_hours(3)).await;
    let tried = told.tried();
    assert!((9..=13).contains(&tried.len()), "{} tries", tried.len());
    let first = &tried[0];
    assert!(first.header("webhook-id").starts_with("msg_"));
    for one in &tried {
        assert_eq!(one.header("webhook-id"), first.header("webhook-id"));
        assert_eq!(one.body, first.body);
        assert_signed(one);
    }
    let stamps: Vec<_> = tried.iter().map(|one| one.header("webhook-timestamp")).collect();
    assert!(stamps.windows(2).all(|pair| pair[0] < pair[1]), "each try has its own: {stamps:?}");
    let gaps: Vec<_> = tried.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(gaps.windows(2).all(|pair| pair[1] >= pair[0]), "{gaps:?}");
    assert!(tried.last().unwrap().at - first.at <= Duration::from_hours(1));
    assert_eq!((told.count("expired"), told.count("delivered")), (1, 0));
    let standing = told.notifier.standing().unwrap();
    assert_eq!((standing.waiting, standing.delivered_at), (0, None));
    assert!(standing.failing_since.is_some());
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_holds_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let told = told(fixtures::open(dir.path()), &[None, Some(200)]);
    (0..20).for_each(|number| told.notifier.tell(&notice(number)));
    sleep(Duration::from_secs(1)).await;
    assert_eq!((told.tried().len(), told.count("delivered")), (20, 19));
    assert_eq!(told.notifier.standing().unwrap().waiting, 1);
}

#[tokio::test(start_paused = true)]
async fn the_queue_is_bounded_and_what_is_dropped_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let told = told(fixtures::open(dir.path()), &[None]);
    let all = u32::try_from(MOST).unwrap() + 5;
    (0..all).for_each(|number| told.notifier.tell(&notice(number)));
    sleep(Duration::from_secs(1)).await;
    assert_eq!((told.count("dropped"), told.notifier.standing().unwrap().waiting), (5, MOST));
}

#[tokio::test(start_paused = true)]
async fn what_waits_goes_to_the_new_address_and_nowhere_while_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let told = told(fixtures::open(dir.path()), &[Some(500), Some(204)]);
    told.notifier.tell(&notice(1));
    sleep(Duration::from_secs(1)).await;
    told.notifier.aim(None);
    told.notifier.tell(&notice(2));
    sleep(Duration::from_mins(1)).await;
    assert_eq!(told.tried().len(), 1);
    told.notifier.aim(Some(target("b.example.com")));
    sleep(Duration::from_secs(1)).await;
    let tried = told.tried();
    assert_eq!(tried.len(), 2, "what came while nobody was told is not told later");
    assert_eq!(tried[1].host, "b.example.com");
    assert_eq!(tried[0].header("webhook-id"), tried[1].header("webhook-id"));
}

#[tokio::test(start_paused = true)]
async fn what_is_told_once_is_told_once_whatever_is_restarted() {
    let dir = tempfile::tempdir().unwrap();
    let notice = || Notice::once(NoticeKind::KeyOld, &["ideogram", "…abcd"], json!({}));
    let first = told(fixtures::open(dir.path()), &[Some(200)]);
    first.notifier.tell(&notice());
    first.notifier.tell(&notice());
    sleep(Duration::from_secs(1)).await;
    assert_eq!(first.tried().len(), 1);
    let id = first.tried()[0].header("webhook-id").to_owned();
    // While time is paused it leaps ahead whenever the disk is waited for, and in weeks what was told is forgotten.
    tokio::time::resume();
    first.store.journal().flush().await.unwrap();
    first.store.close().await;
    tokio::time::pause();

    let second = told(fixtures::open(dir.path()), &[Some(200)]);
    second.notifier.tell(&notice());
    let other = Notice::once(NoticeKind::KeyOld, &["ideogram", "…wxyz"], json!({}));
    second.notifier.tell(&other);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(second.tried().len(), 1, "the other one alone");
    assert_ne!(second.tried()[0].header("webhook-id"), id);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_after_a_crash_has_the_same_id() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let notice = || Notice::once(NoticeKind::KeyOld, &["ideogram", "…abcd"], json!({}));
    let mut ids = Vec::new();
    for dir in [&one, &other] {
        // Each knows nothing of the other, as after a crash before it was noted.
        let told = told(fixtures::open(dir.path()), &[Some(200)]);
        told.notifier.tell(&notice());
        sleep(Duration::from_secs(1)).await;
        ids.push(told.tried()[0].header("webhook-id").to_owned());
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_calls_is_one_notification_a_minute() {
    let mut calls = UnknownCalls::default();
    let environment = "prod".parse().unwrap();
    let unknown = || UnknownCall {
        call_id: CallId::random(),
        route: "v3.generate".into(),
        request_id: None,
        reason: Some("timeout".into()),
        reserved_usd: None,
    };
    let now = Instant::now();
    let told = (0..50).filter_map(|_| calls.saw(&environment, unknown(), now)).count();
    assert_eq!(told, 1, "the first at once");
    assert!(calls.due(now).is_empty());
    let notices = calls.due(now + GATHER);
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].data["count"], 49);
    assert_eq!(notices[0].data["calls"].as_array().unwrap().len(), 10);
    assert!(calls.due(now + GATHER * 2).is_empty());
    assert!(calls.saw(&environment, unknown(), now + GATHER * 3).is_some(), "at once again");
}

#[test]
fn every_kind_is_counted_under_its_own_word() {
    let text = Metrics::new().render();
    for kind in NoticeKind::ALL {
        let series = format!(
            "ideogate_notifications_total{{type=\"{}\",result=\"delivered\"}} 0",
            kind.as_str()
        );
        assert!(text.lines().any(|line| line == series), "{series}");
    }
}
