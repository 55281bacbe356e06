//! The cap holds, and the wait is fair.

use crate::support::{Client, Raw, Reply, TestApp, TestSettings, until};
use ideogate::{
    simulator::{Act, Script, SeenCall},
    tokens::{AskedLimits, NewToken},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const GENERATE: &str = "/v1/ideogram-v3/generate";

fn picture(prompt: impl Into<String>, images: u32) -> Value {
    json!({"prompt": prompt.into(), "num_images": images})
}

fn prompt(call: &SeenCall) -> String {
    let body: Value = serde_json::from_slice(&call.body).unwrap();
    body["prompt"].as_str().unwrap().to_owned()
}

async fn app(toml: &str) -> TestApp {
    TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await
}

/// Two environments beside `app`; all wait as long as it takes.
fn two(weights: [u32; 2], cap: u32) -> String {
    let lane = |name: &str, weight: u32| {
        format!(
            "[environments.{name}]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\nweight = {weight}\n"
        )
    };
    let rest = format!("[queue]\ntimeout = \"10m\"\n[accounts.ideogram]\nmax_in_flight = {cap}\n");
    lane("one", weights[0]) + &lane("other", weights[1]) + &rest
}

/// Sends calls side by side, each with its own prompt.
fn send(client: &Client, name: &str, count: usize, into: &mut JoinSet<Reply>) {
    for number in 0..count {
        let (client, body) = (client.clone(), picture(format!("{name} {number}"), 1));
        into.spawn(async move { client.post(GENERATE, &body).await });
    }
}

async fn queued(app: &TestApp, count: usize) {
    until("queued", async || (waiting(app) == count).then_some(())).await;
}

fn account(app: &TestApp) -> ideogate::admission::AccountStatus {
    let status = app.running.admission().status();
    status.into_iter().find(|account| account.name.as_str() == "ideogram").unwrap()
}

fn waiting(app: &TestApp) -> usize {
    account(app).queued
}

fn in_use(app: &TestApp) -> u32 {
    account(app).in_use
}

async fn all_good(calls: JoinSet<Reply>) {
    for reply in calls.join_all().await {
        assert_eq!(reply.status, 200, "{reply:?}");
    }
}

#[tokio::test]
async fn two_hundred_clients_never_have_more_than_ten_images_in_flight_and_none_is_refused() {
    let toml = "[queue]\ntimeout = \"10m\"\n".to_owned();
    let app = TestApp::with(TestSettings { toml, pace: 0.002, ..TestSettings::default() }).await;
    let client = app.client().await;
    let mut calls = JoinSet::new();
    for number in 0..200 {
        let (client, body) = (client.clone(), picture(format!("{number}"), number % 4 + 1));
        calls.spawn(async move { client.post(GENERATE, &body).await });
    }
    all_good(calls).await;
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls.len(), 200);
    assert!(seen.calls.iter().all(|call| call.status == Some(200)), "no 429 from Ideogram");
    assert!(seen.most_places_in_flight <= 10, "{}", seen.most_places_in_flight);
    assert!(seen.most_places_wanted <= 10, "{}", seen.most_places_wanted);
    assert!(seen.most_places_in_flight >= 8, "places stay idle: {}", seen.most_places_in_flight);
    assert_eq!((in_use(&app), waiting(&app)), (0, 0));
}

#[tokio::test]
async fn twenty_calls_beside_a_flood_of_five_hundred_have_every_second_turn() {
    let app = app(&two([1, 1], 10)).await;
    let flood = app.client_with("one", &["write:*"]).await;
    let quiet = app.client_with("other", &["write:*"]).await;
    app.ideogram.script(Script::new(Act::Hold).times(10));
    let mut calls = JoinSet::new();
    send(&flood, "flood", 500, &mut calls);
    queued(&app, 490).await;
    send(&quiet, "quiet", 20, &mut calls);
    queued(&app, 510).await;
    app.ideogram.release();
    all_good(calls).await;
    let seen = app.ideogram.seen();
    let last = seen.calls.iter().rposition(|call| prompt(call).starts_with("quiet")).unwrap();
    // Ten were under way; then both take turns. Ten in flight may overtake each other.
    assert!((40..=60).contains(&last), "the last of the twenty arrived as number {last}");
    assert!(seen.most_places_wanted <= 10);
}

#[tokio::test]
async fn an_environment_of_weight_four_has_four_of_five_turns() {
    let app = app(&two([4, 1], 1)).await;
    let heavy = app.client_with("one", &["write:*"]).await;
    let light = app.client_with("other", &["write:*"]).await;
    let mut calls = JoinSet::new();
    app.ideogram.script(Script::new(Act::Hold));
    send(&light, "lighthouse", 1, &mut calls);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    send(&heavy, "heavy", 20, &mut calls);
    send(&light, "light", 20, &mut calls);
    queued(&app, 40).await;
    app.ideogram.release();
    all_good(calls).await;
    let seen = app.ideogram.seen();
    let order: Vec<_> = seen.calls.iter().skip(1).map(prompt).collect();
    for turns in order[..20].chunks(5) {
        let heavy = turns.iter().filter(|prompt| prompt.starts_with("heavy")).count();
        assert_eq!(heavy, 4, "{order:?}");
    }
}

#[tokio::test]
async fn a_full_queue_refuses_before_the_body_is_read() {
    let toml = "[queue]\ncapacity = 2\n[accounts.ideogram]\nmax_in_flight = 1\n";
    let app = app(toml).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let mut calls = JoinSet::new();
    send(&client, "kept", 1, &mut calls);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    send(&client, "in line", 2, &mut calls);
    queued(&app, 2).await;
    let reply = client.post(GENERATE, &picture("too many", 1)).await;
    assert_eq!(reply.problem(), "429 queue_full");
    assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(reply.json()["retryable"], true);
    let mut raw = Raw::connect(&app.url()).await;
    raw.head(GENERATE, &client.token, 1000).await;
    let head = raw.answer_head().await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    assert_eq!(app.arrived(), 1);
    app.ideogram.release();
    all_good(calls).await;
    assert_eq!(app.arrived(), 3);
}

#[tokio::test]
async fn a_call_that_waited_in_vain_is_told_so_and_was_never_sent() {
    let app = app("[accounts.ideogram]\nmax_in_flight = 1\n").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let mut calls = JoinSet::new();
    send(&client, "kept", 1, &mut calls);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let request = client.request("POST", GENERATE).header("Ideogate-Queue-Timeout", "50ms");
    let reply = client.send(request.json(&picture("in vain", 1))).await;
    assert_eq!(reply.problem(), "429 queue_timeout");
    assert_eq!(reply.json()["reject_reason"], "inflight_limit");
    assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(waiting(&app), 0);
    app.ideogram.release();
    all_good(calls).await;
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_client_that_hangs_up_while_waiting_gives_its_seat_back_and_nothing_is_sent() {
    let app = app("[accounts.ideogram]\nmax_in_flight = 1\n").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let mut calls = JoinSet::new();
    send(&client, "kept", 1, &mut calls);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let mut leaving = JoinSet::new();
    send(&client, "leaving", 20, &mut leaving);
    queued(&app, 20).await;
    leaving.shutdown().await;
    queued(&app, 0).await;
    app.ideogram.release();
    all_good(calls).await;
    assert_eq!(client.post(GENERATE, &picture("next", 1)).await.status, 200);
    let prompts: Vec<_> = app.ideogram.seen().calls.iter().map(prompt).collect();
    assert_eq!(prompts, ["kept 0", "next"]);
    assert_eq!(in_use(&app), 0);
}

#[tokio::test]
async fn clients_that_dribble_their_bodies_take_no_place_and_no_seat() {
    let app = app("[queue]\ncapacity = 1\n[accounts.ideogram]\nmax_in_flight = 1\n").await;
    let client = app.client().await;
    let body = picture("slow", 1).to_string();
    let (first, rest) = body.split_at(5);
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut raw = Raw::connect(&app.url()).await;
        raw.head(GENERATE, &client.token, body.len()).await;
        raw.write(first.as_bytes()).await;
        slow.push(raw);
    }
    for number in 0..5 {
        let reply = client.post(GENERATE, &picture(format!("quick {number}"), 1)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!((in_use(&app), waiting(&app)), (0, 0));
    }
    assert_eq!(app.arrived(), 5);
    for raw in &mut slow {
        raw.write(rest.as_bytes()).await;
        assert!(raw.answer_head().await.starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(app.arrived(), 25);
}

#[tokio::test]
async fn clients_that_read_nothing_keep_no_place() {
    let app = app("[accounts.ideogram]\nmax_in_flight = 1\n").await;
    let client = app.client().await;
    let body = picture("never read", 1).to_string();
    let mut lazy = Vec::new();
    for _ in 0..3 {
        app.ideogram.script(Script::new(Act::Huge { bytes: 16 << 20 }));
        let mut raw = Raw::connect(&app.url()).await;
        raw.head(GENERATE, &client.token, body.len()).await;
        raw.write(body.as_bytes()).await;
        lazy.push(raw);
    }
    app.ideogram.seen_when(|seen| seen.calls.len() == 3).await;
    until("freed", async || (in_use(&app) == 0).then_some(())).await;
    let reply = client.post(GENERATE, &picture("quick", 1)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn reserved_places_stay_free_for_an_active_environment() {
    let toml = two([1, 1], 10);
    let toml = toml.replace("weight = 1\n[queue]", "weight = 1\nreserved_places = 3\n[queue]");
    let app = app(&toml).await;
    let greedy = app.client_with("one", &["write:*"]).await;
    let vip = app.client_with("other", &["write:*"]).await;
    assert_eq!(vip.post(GENERATE, &picture("active", 1)).await.status, 200);
    app.ideogram.script(Script::new(Act::Hold).always());
    let mut calls = JoinSet::new();
    send(&greedy, "greedy", 10, &mut calls);
    app.ideogram.seen_when(|seen| seen.calls.len() == 8).await;
    queued(&app, 3).await;
    assert_eq!(in_use(&app), 7);
    send(&vip, "vip", 3, &mut calls);
    let seen = app.ideogram.seen_when(|seen| seen.calls.len() == 11).await;
    assert!(seen.calls[8..].iter().all(|call| prompt(call).starts_with("vip")));
    app.ideogram.reset();
    all_good(calls).await;
}

#[tokio::test]
async fn a_token_takes_no_more_than_its_own_places() {
    let app = TestApp::spawn().await;
    let token = |max_places: Option<u32>| NewToken {
        environment: "app".to_owned(),
        name: "test".to_owned(),
        scopes: vec!["write:*".to_owned()],
        limits: AskedLimits { max_places: max_places.into(), ..AskedLimits::default() },
        ..NewToken::default()
    };
    let small = app.client_of(token(Some(2))).await;
    let free = app.client_of(token(None)).await;
    app.ideogram.script(Script::new(Act::Hold).always());
    let mut calls = JoinSet::new();
    send(&small, "small", 5, &mut calls);
    queued(&app, 3).await;
    assert_eq!(in_use(&app), 2);
    send(&free, "free", 4, &mut calls);
    app.ideogram.seen_when(|seen| seen.calls.len() == 6).await;
    assert_eq!((in_use(&app), waiting(&app)), (6, 3));
    app.ideogram.reset();
    all_good(calls).await;
}

#[tokio::test]
async fn a_paused_gateway_sends_nothing_and_goes_on_when_resumed() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let mut calls = JoinSet::new();
    send(&client, "kept", 1, &mut calls);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    app.pause().await;
    let reply = client.post(GENERATE, &picture("paused", 1)).await;
    assert_eq!(reply.problem(), "503 paused");
    assert!(reply.header("retry-after").is_some());
    app.ideogram.release();
    all_good(calls).await;
    assert_eq!(app.arrived(), 1);
    app.resume().await;
    assert_eq!(client.post(GENERATE, &picture("resumed", 1)).await.status, 200);
}

#[tokio::test]
async fn an_account_that_counts_requests_gives_each_call_one_place() {
    let toml = "[accounts.ideogram]\ncount = \"requests\"\n".to_owned();
    let app = TestApp::with(TestSettings { toml, cap: Some(80), ..TestSettings::default() }).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).times(10));
    let mut calls = JoinSet::new();
    for number in 0..12 {
        let (client, body) = (client.clone(), picture(format!("{number}"), 8));
        calls.spawn(async move { client.post(GENERATE, &body).await });
    }
    queued(&app, 2).await;
    let seen = app.ideogram.seen_when(|seen| seen.calls.len() == 10).await;
    assert_eq!((in_use(&app), seen.most_requests_in_flight), (10, 10));
    app.ideogram.release();
    all_good(calls).await;
    let seen = app.ideogram.seen();
    assert_eq!((seen.calls.len(), seen.most_requests_in_flight), (12, 10));
    assert_eq!(seen.most_places_in_flight, 80);
}

#[tokio::test]
async fn a_pause_outlives_a_restart() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    assert_eq!(app.operator("POST", "/api/v1/pause").await, 200);
    let app = app.restart().await;
    let client = client.at(app.url());
    let body = serde_json::json!({"prompt": "a"});
    assert_eq!(client.post("/v1/ideogram-v3/generate", &body).await.problem(), "503 paused");
    assert_eq!(app.arrived(), 0);
    assert_eq!(app.operator("POST", "/api/v1/resume").await, 200);
    assert_eq!(client.post("/v1/ideogram-v3/generate", &body).await.status, 200);
    let app = app.restart().await;
    let client = client.at(app.url());
    assert_eq!(client.post("/v1/ideogram-v3/generate", &body).await.status, 200);
}
