//! Work that goes on after the answer: its places stay taken until somebody saw it end.

use crate::support::{Client, TestApp, TestSettings, eventually, pass_until};
use ideogate::{
    domain::Usd,
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::json;
use std::time::Duration;

mod owners;
mod polls;
mod restarts;

const SUBMIT: &str =
    "/v1/ideogram-v4/async/generate?webhook_url=https%3A%2F%2Fhooks.example.com%2Fdone";

fn token() -> NewToken {
    NewToken {
        environment: "app".to_owned(),
        name: "test".to_owned(),
        scopes: vec!["read:*".to_owned(), "write:*".to_owned()],
        limits: AskedLimits {
            webhook_hosts: Asked::Is(vec!["hooks.example.com".to_owned()]),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    }
}

/// Submits a generation and returns its name.
async fn submit(client: &Client) -> String {
    let reply = client.post(SUBMIT, &json!({"text_prompt": "a lighthouse"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["generation_id"].as_str().unwrap().to_owned()
}

/// Returns a gateway at whose Ideogram a generation was submitted that ends when it is released.
async fn submitted() -> (TestApp, Client, String) {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    let id = submit(&client).await;
    (app, client, id)
}

/// Lets seconds pass until the places are free.
async fn freed(app: &TestApp) {
    pass_until("freed", Duration::from_secs(1), || app.places() == (0, 0, 0)).await;
}

async fn ended(app: &TestApp) {
    eventually("Ideogram ends it", || app.ideogram.places_in_flight() == 0).await;
}

#[tokio::test]
async fn a_submitted_generation_holds_its_place_until_we_see_it_end() {
    let (app, _, id) = submitted().await;
    assert_eq!((app.places(), app.arrived()), ((1, 1, 0), 1));
    assert_eq!(app.sent_entries()[0].metadata.generation_ids[0].as_str(), id);
    let calls = || app.ideogram.seen().calls.len();
    pass_until("it is polled", Duration::from_secs(6), || calls() > 3).await;
    assert_eq!(app.places(), (1, 1, 0), "it is polled, and works on");
    app.ideogram.release();
    freed(&app).await;
    let path = format!("/v1/generations/{id}");
    let seen = app.ideogram.seen();
    assert!(seen.calls.len() > 2 && seen.calls[1..].iter().all(|call| call.path_and_query == path));
    eventually("its end is on record", || {
        app.sent_entries()[0].metadata.more.reason.as_deref() == Some("generation completed")
    })
    .await;
    let entry = &app.sent_entries()[0];
    assert_eq!(entry.metadata.outcome.as_str(), "success");
    assert!(entry.metadata.cost_usd.is_some_and(|cost| cost.as_micros() > 0), "{entry:?}");
    assert_eq!(app.ideogram.billed_images(), 1);
}

#[tokio::test]
async fn both_its_ids_show_one_entry_which_is_pending_until_it_ends() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    let reply = client.post(SUBMIT, &json!({"text_prompt": "a lighthouse"})).await;
    let request = reply.header("ideogate-request-id").unwrap().to_owned();
    let generation = reply.json()["generation_id"].as_str().unwrap().to_owned();
    let call = app.sent_entries()[0].metadata.call_id.clone().unwrap();
    let shown = async |result: &str| {
        let mut all = Vec::new();
        for id in [request.as_str(), call.as_str()] {
            all.push(app.ask(&format!("/api/v1/audit/{id}")).await);
            let mut own = client.get(&format!("/_ideogate/calls/{id}")).await.json();
            // Which key was used is not the client's business.
            own["metadata"]["key_version"] = all[0]["metadata"]["key_version"].clone();
            all.push(own);
        }
        assert!(all.iter().all(|entry| *entry == all[0]), "{all:#?}");
        assert_eq!(all[0]["result"], result, "{:#}", all[0]);
        all.remove(0)
    };
    let entry = shown("pending").await;
    assert_eq!(entry["metadata"]["more"], serde_json::Value::Null);
    assert_eq!(entry["metadata"]["reason"], "generation_pending");
    app.ideogram.release();
    ended(&app).await;
    assert_eq!(client.get(&format!("/v1/generations/{generation}")).await.status, 200);
    let entry = shown("success").await;
    assert_eq!(entry["metadata"]["reason"], "generation completed");
    assert!(entry["metadata"]["cost_usd"].is_string(), "{entry:#}");
}

#[tokio::test]
async fn a_clients_own_poll_frees_the_place_at_once() {
    let (app, client, id) = submitted().await;
    let path = format!("/v1/generations/{id}");
    let reply = client.get(&path).await;
    assert_eq!(reply.json()["status"], "pending");
    assert_eq!(app.places(), (1, 1, 0));
    app.ideogram.release();
    ended(&app).await;
    let reply = client.get(&path).await;
    assert_eq!(reply.json()["status"], "completed");
    assert_eq!((app.places(), reply.header("ideogate-places")), ((0, 0, 0), Some("0")));
}

#[tokio::test]
async fn an_error_with_a_status_in_it_says_nothing_of_the_generation() {
    let (app, client, id) = submitted().await;
    for act in [Act::json(500, r#"{"status":"failed"}"#), Act::json(404, r#"{"status":"failed"}"#)]
    {
        app.ideogram.script(Script::new(act).on("/v1/generations/*"));
        let reply = client.get(&format!("/v1/generations/{id}")).await;
        assert_eq!(reply.json()["status"], "failed");
        assert_eq!(app.places(), (1, 1, 0));
    }
}

#[tokio::test]
async fn a_failed_generation_frees_its_place_and_costs_nothing() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::Fail).on("POST /v1/*"));
    let id = submit(&client).await;
    freed(&app).await;
    eventually("its end is on record", || {
        app.sent_entries()[0].metadata.more.reason.as_deref() == Some("generation failed")
    })
    .await;
    let entry = &app.sent_entries()[0];
    assert_eq!(entry.metadata.outcome.as_str(), "failed");
    assert_eq!(entry.metadata.cost_usd.map(Usd::as_micros), Some(0));
    assert_eq!(client.get(&format!("/v1/generations/{id}")).await.json()["status"], "failed");
}

#[tokio::test]
async fn a_generation_that_nobody_sees_end_frees_its_place_when_its_time_is_up() {
    let (app, client, _) = submitted().await;
    app.clock.advance(Duration::from_secs(1));
    app.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    submit(&client).await;
    assert_eq!(app.places(), (2, 2, 0));
    // The first one's time is up; the other, a second younger, shows that it was not up before.
    app.clock.advance(Duration::from_secs(119));
    pass_until("one is freed", Duration::from_secs(1), || app.places() == (1, 1, 0)).await;
    app.clock.advance(Duration::from_secs(1));
    freed(&app).await;
    let are_unknown =
        || app.sent_entries().iter().all(|entry| entry.metadata.outcome.as_str() == "unknown");
    pass_until("both are on record", Duration::from_secs(5), are_unknown).await;
    let entry = &app.sent_entries()[0];
    let reason = "generation not seen to end in time";
    assert_eq!(entry.metadata.more.reason.as_deref(), Some(reason));
    assert_eq!(entry.metadata.cost_usd, None, "it stays reserved");
}

#[tokio::test]
async fn an_operator_frees_the_place_of_a_pending_generation() {
    let (app, client, id) = submitted().await;
    let call = app.sent_entries()[0].metadata.call_id.clone().unwrap();
    assert_eq!(app.operator("POST", &format!("/api/v1/queue/release/{call}")).await, 200);
    assert_eq!(app.places(), (0, 0, 0));
    app.ideogram.release();
    ended(&app).await;
    assert_eq!(client.get(&format!("/v1/generations/{id}")).await.status, 200);
    let entry = &app.sent_entries()[0];
    assert_eq!(entry.metadata.more.reason.as_deref(), Some("generation completed"));
}

#[tokio::test]
async fn a_generation_of_the_second_api_is_followed_there() {
    let app = TestApp::with(TestSettings::default()).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).on("POST /v2/*"));
    let body = json!({"prompt": "a lighthouse", "num_images": 2, "async": true});
    let reply = client.post("/v2/image/generate/ideogram-4-5", &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(app.places(), (2, 2, 0));
    app.ideogram.release();
    freed(&app).await;
    let id = reply.json()["generation_id"].as_str().unwrap().to_owned();
    let polled = client.get(&format!("/v2/generations/{id}")).await;
    assert_eq!(polled.json()["status"], "completed");
    assert_eq!(app.ideogram.billed_images(), 2);
}

#[tokio::test]
async fn an_answer_that_names_its_generation_can_be_polled_and_holds_nothing() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let body = json!({"prompt": "a lighthouse", "num_images": 2});
    let reply = client.post("/v2/image/generate/ideogram-4-5", &body).await;
    assert_eq!((reply.status, app.places()), (200, (0, 0, 0)), "{reply:?}");
    let id = reply.json()["generation_id"].as_str().unwrap().to_owned();
    let path = format!("/v2/generations/{id}");
    assert_eq!(client.get(&path).await.status, 200);
    assert_eq!(app.client().await.get(&path).await.problem(), "404 generation_unknown");
    let seen = app.ideogram.seen();
    let (polls, rest): (Vec<_>, Vec<_>) = seen.calls.iter().partition(|call| call.path() == path);
    assert_eq!(rest.len(), 1, "sent once");
    assert!((1..=2).contains(&polls.len()), "the client's own, and one that asks what was billed");
}

#[tokio::test]
async fn an_answer_that_names_no_generation_holds_its_place_for_its_time() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    for body in ["{}", "not JSON"] {
        app.ideogram.script(Script::new(Act::json(200, body)).on("POST /v1/*"));
        let reply = client.post(SUBMIT, &json!({"text_prompt": body})).await;
        assert_eq!((reply.status, reply.body.as_ref()), (200, body.as_bytes()));
        assert_eq!(app.places(), (1, 1, 0), "Ideogram may work on it");
        app.clock.advance(Duration::from_secs(121));
        freed(&app).await;
    }
    assert_eq!(app.sent_entries()[0].metadata.outcome.as_str(), "success");
}

#[tokio::test]
async fn whoever_names_a_webhook_address_does_not_wait_and_the_generation_is_followed() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::Hold).on("POST /v2/*"));
    let wish = json!({"prompt": "a harbour", "quality": "low",
        "webhook_url": "https://hooks.example.com/done"});
    let reply = client.post("/v2/image/generate/ideogram-4-5", &wish).await;
    assert!(reply.json()["generation_id"].is_string() && reply.json()["data"].is_null());
    assert_eq!(app.places(), (1, 1, 0), "it holds its place");
    let pending = app.running.reader().pending_generations().unwrap();
    assert_eq!(pending.len(), 1, "and nothing is charged yet");
    app.ideogram.release();
    freed(&app).await;
    eventually("it is settled", || {
        app.sent_entries()[0].metadata.cost_usd == Some(Usd::from_micros(40_000))
    })
    .await;
}
