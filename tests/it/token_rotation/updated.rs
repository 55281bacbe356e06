//! Rights that are given and taken away hold at once, for calls that come and for calls that wait.

use super::{GENERATE, ended, later, one_place, picture, waiting};
use crate::support::{Client, TestApp, eventually};
use ideogate::simulator::{Act, Script};
use serde_json::{Value, json};

async fn update(app: &TestApp, client: &Client, request: Value) -> Value {
    app.tell(&format!("/api/v1/tokens/{}/update", client.id()), &request).await
}

#[tokio::test]
async fn what_is_given_holds_for_the_next_call_and_so_does_what_is_taken() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["read:models"]).await;
    assert_eq!(picture(&client).await.problem(), "403 scope_missing");
    let given = update(&app, &client, json!({"add_scopes": ["write:generate"]})).await;
    assert_eq!(given["scopes"], json!(["read:models", "write:generate"]));
    assert_eq!(picture(&client).await.status, 200);
    update(&app, &client, json!({"scopes": ["read:models"]})).await;
    assert_eq!(picture(&client).await.problem(), "403 scope_missing");
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn an_update_is_in_force_for_calls_that_wait_both_ways() {
    let app = one_place().await;
    let client = app.client_with("app", &["write:generate"]).await;
    let other = app.client_with("app", &["write:generate"]).await;
    let (running, queued) = waiting(&app, &client, 1).await;
    let kept = later(&other);
    eventually("two wait", || app.places().2 == 2).await;
    update(&app, &client, json!({"daily_budget": "5.00", "add_scopes": ["write:edit"]})).await;
    update(&app, &other, json!({"name": "other", "max_images": 1})).await;
    assert_eq!(app.places().2, 2, "what fits keeps its seat");
    update(&app, &client, json!({"without": ["write:generate"]})).await;
    for call in queued {
        assert_eq!(ended(call).await.problem(), "403 scope_missing");
    }
    app.ideogram.release();
    assert_eq!((ended(running).await.status, ended(kept).await.status), (200, 200));
    assert_eq!(app.arrived(), 2, "what was refused was not sent");
}

/// The call at Ideogram goes on and is charged; only the next one is refused.
#[tokio::test]
async fn a_budget_below_what_is_reserved_stops_the_next_and_loses_no_cent() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["write:generate"]).await;
    update(&app, &client, json!({"daily_budget": "1.00"})).await;
    app.ideogram.script(Script::new(Act::Hold));
    let running = later(&client);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    update(&app, &client, json!({"daily_budget": "0.05"})).await;
    assert_eq!(picture(&client).await.problem(), "402 budget_exceeded");
    app.ideogram.release();
    assert_eq!(ended(running).await.status, 200);
    let spent = || async { app.ask("/api/v1/usage?by=token").await[0]["cost_usd"].clone() };
    assert_eq!(spent().await, "0.06");
    assert_eq!(picture(&client).await.problem(), "402 budget_exceeded", "spent is spent");
    update(&app, &client, json!({"daily_budget": null})).await;
    assert_eq!(picture(&client).await.status, 200);
    assert_eq!((spent().await, app.arrived()), (json!("0.12"), 2));
}

#[tokio::test]
async fn idempotency_keys_outlive_an_update() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["write:generate"]).await;
    let send = || {
        let request = client.request("POST", GENERATE).header("Idempotency-Key", "order-7");
        client.send(request.json(&json!({"prompt": "a heron"})))
    };
    let first = send().await;
    let changes = json!({"name": "renamed", "add_scopes": ["write:edit"], "rate": "60/min"});
    assert_eq!(update(&app, &client, changes).await["name"], "renamed");
    let again = send().await;
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!((first.body, app.arrived()), (again.body, 1), "it was not paid twice");
}

#[tokio::test]
async fn a_token_of_the_past_lives_again_with_the_secret_it_had() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["write:generate"]).await;
    app.clock.advance(std::time::Duration::from_hours(91 * 24));
    assert_eq!(picture(&client).await.status, 401);
    let shorter = update(&app, &client, json!({"expires_in": "367d"})).await;
    assert_eq!(shorter["code"], "request_invalid");
    assert_eq!(picture(&client).await.status, 401);
    assert_eq!(update(&app, &client, json!({"expires_in": "7d"})).await["state"], "enabled");
    assert_eq!(picture(&client).await.status, 200);
    app.tell(&format!("/api/v1/tokens/{}/revoke", client.id()), &json!({})).await;
    assert_eq!(update(&app, &client, json!({"expires_in": "7d"})).await["code"], "token_revoked");
    assert_eq!((picture(&client).await.status, app.arrived()), (401, 1));
}

#[tokio::test]
async fn a_share_that_is_raised_lets_calls_go_that_wait_and_a_smaller_one_sends_away_what_never_fits()
 {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["write:generate"]).await;
    update(&app, &client, json!({"max_places": 2})).await;
    app.ideogram.script(Script::new(Act::Hold).always());
    let calls: Vec<_> = (0..4).map(|_| later(&client)).collect();
    eventually("two go and two wait", || app.places() == (2, 0, 2)).await;
    update(&app, &client, json!({"max_places": 3})).await;
    eventually("a third goes", || app.places() == (3, 0, 1)).await;
    let large = client.clone();
    let large = tokio::spawn(async move {
        large.post(GENERATE, &json!({"prompt": "two herons", "num_images": 2})).await
    });
    eventually("it waits", || app.places() == (3, 0, 2)).await;
    update(&app, &client, json!({"max_places": 1})).await;
    let refused = ended(large).await;
    assert_eq!(refused.problem(), "403 policy_denied", "it would wait for ever");
    assert_eq!(app.places(), (3, 0, 1), "what fits waits on");
    update(&app, &client, json!({"max_places": null})).await;
    app.ideogram.seen_when(|seen| seen.calls.len() == 4).await;
    assert_eq!(app.arrived(), 4, "the one that was refused was not sent");
    app.ideogram.reset();
    for call in calls {
        assert_eq!(ended(call).await.status, 200);
    }
}

#[tokio::test]
async fn extra_today_adds_up_and_is_gone_at_midnight() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["write:generate"]).await;
    update(&app, &client, json!({"daily_budget": "0.06"})).await;
    assert_eq!(picture(&client).await.status, 200);
    assert_eq!(picture(&client).await.problem(), "402 budget_exceeded");
    for _ in 0..2 {
        let view = update(&app, &client, json!({"extra_today": "0.06"})).await;
        assert_eq!(view["limits"]["daily_budget"], "0.06");
    }
    assert_eq!((picture(&client).await.status, picture(&client).await.status), (200, 200));
    let told = client.get("/_ideogate/whoami").await.json();
    assert_eq!(told["budgets"][0]["limit_usd"], "0.18");
    assert_eq!(picture(&client).await.problem(), "402 budget_exceeded");
    app.clock.advance(std::time::Duration::from_hours(24));
    assert_eq!(picture(&client).await.status, 200);
    assert_eq!(picture(&client).await.problem(), "402 budget_exceeded", "the day's own is all");
    let view = app.ask(&format!("/api/v1/tokens/{}", client.id())).await;
    assert_eq!((&view["extra_today"], app.arrived()), (&Value::Null, 4));
}
