//! Rights that are taken away are gone at once.

use super::{GENERATE, ended, later, one_place, picture, reduce, waiting};
use crate::support::{TestApp, eventually};
use ideogate::tokens::{Asked, AskedLimits, NewToken, TokenUpdate};
use serde_json::json;

fn without(scope: &str) -> TokenUpdate {
    TokenUpdate { without: vec![scope.to_owned()], ..TokenUpdate::default() }
}

#[tokio::test]
async fn a_scope_that_was_taken_away_is_refused_and_the_others_are_not() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["write:generate", "read:models"]).await;
    assert_eq!(picture(&client).await.status, 200);
    reduce(&app, &client, without("write:generate")).await;
    assert_eq!(picture(&client).await.problem(), "403 scope_missing");
    assert_eq!(app.arrived(), 1);
    assert_eq!(client.get("/models").await.status, 200);
}

#[tokio::test]
async fn calls_that_wait_lose_a_scope_at_once_and_free_their_seats() {
    let app = one_place().await;
    let client = app.client().await;
    let (running, queued) = waiting(&app, &client, 2).await;
    reduce(&app, &client, without("write:generate")).await;
    for call in queued {
        let reply = ended(call).await;
        assert_eq!(reply.problem(), "403 scope_missing");
    }
    assert_eq!(app.places().2, 0);
    app.ideogram.release();
    assert_eq!(ended(running).await.status, 200);
    assert_eq!(app.arrived(), 1, "nothing that waited was sent");
}

#[tokio::test]
async fn calls_that_wait_keep_their_seats_when_what_they_need_stays() {
    let app = one_place().await;
    let client = app.client().await;
    let (running, queued) = waiting(&app, &client, 2).await;
    let less = TokenUpdate {
        limits: AskedLimits {
            daily_budget: Asked::Is("5.00".to_owned()),
            max_images: Asked::Is(1),
            cidrs: Asked::Is(vec!["127.0.0.0/8".to_owned()]),
            ..AskedLimits::default()
        },
        ..without("write:edit")
    };
    reduce(&app, &client, less).await;
    assert_eq!(app.places().2, 2);
    app.ideogram.release();
    for call in queued.into_iter().chain([running]) {
        assert_eq!(ended(call).await.status, 200);
    }
    assert_eq!(app.arrived(), 3);
}

async fn refused_while_queued(less: TokenUpdate, expected: &str) {
    let app = one_place().await;
    let client = app.client().await;
    let (running, queued) = waiting(&app, &client, 1).await;
    reduce(&app, &client, less).await;
    for call in queued {
        assert_eq!(ended(call).await.problem(), expected);
    }
    app.ideogram.release();
    assert_eq!(ended(running).await.status, 200);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn calls_that_wait_lose_an_address_at_once() {
    let cidrs = vec!["10.0.0.0/8".to_owned()];
    refused_while_queued(
        TokenUpdate {
            limits: AskedLimits { cidrs: cidrs.into(), ..AskedLimits::default() },
            ..TokenUpdate::default()
        },
        "403 policy_denied",
    )
    .await;
}

#[tokio::test]
async fn calls_that_wait_lose_a_rendering_speed_at_once() {
    let speeds = vec!["TURBO".to_owned()];
    refused_while_queued(
        TokenUpdate {
            limits: AskedLimits { speeds: speeds.into(), ..AskedLimits::default() },
            ..TokenUpdate::default()
        },
        "403 policy_denied",
    )
    .await;
}

#[tokio::test]
async fn calls_that_wait_run_into_a_budget_that_became_smaller() {
    let daily_budget = Some("0.05".to_owned());
    let less = TokenUpdate {
        limits: AskedLimits { daily_budget: daily_budget.into(), ..AskedLimits::default() },
        ..TokenUpdate::default()
    };
    refused_while_queued(less, "402 budget_exceeded").await;
}

/// Two hold 0.06 each; against 0.06 one of them fits.
#[tokio::test]
async fn of_calls_that_wait_as_many_go_on_as_the_smaller_budget_allows() {
    let app = one_place().await;
    let client = app.client().await;
    let (running, queued) = waiting(&app, &client, 2).await;
    let daily_budget = Some("0.06".to_owned());
    reduce(
        &app,
        &client,
        TokenUpdate {
            limits: AskedLimits { daily_budget: daily_budget.into(), ..AskedLimits::default() },
            ..TokenUpdate::default()
        },
    )
    .await;
    eventually("one was sent away", || app.places().2 == 1).await;
    app.ideogram.release();
    let mut ends = Vec::new();
    for call in queued {
        ends.push(ended(call).await.status);
    }
    ends.sort_unstable();
    assert_eq!((ends, ended(running).await.status), (vec![200, 402], 200));
    assert_eq!(app.arrived(), 2);
}

/// A slow body: the token was read before, the call is held to what the token has after.
#[tokio::test]
async fn a_call_whose_body_still_comes_is_held_to_what_its_token_has_then() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let (sender, body) = tokio::sync::mpsc::unbounded_channel::<&'static str>();
    let stream = futures_util::stream::unfold(body, async |mut body| {
        body.recv().await.map(|part| (Ok::<_, std::io::Error>(part), body))
    });
    let request = client.request("POST", GENERATE).header("content-type", "application/json");
    let request = request.body(reqwest::Body::wrap_stream(stream));
    sender.send("{\"prompt\": ").unwrap();
    let slow = tokio::spawn(async move { request.send().await.unwrap().status().as_u16() });
    let standings = || app.running.tokens().secrets(client.id());
    eventually("it is known", || standings()[0].used_at.is_some()).await;
    reduce(&app, &client, without("write:generate")).await;
    sender.send("\"a heron\"}").unwrap();
    drop(sender);
    assert_eq!(slow.await.unwrap(), 403);
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn nothing_can_be_given_back() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["write:generate"]).await;
    let path = format!("/api/v1/tokens/{}/reduce", client.id());
    for more in [
        json!({"scopes": ["write:*"]}),
        json!({"scopes": ["write:generate", "read:account"]}),
        json!({"expires_in": "365d"}),
        json!({"webhook_hosts": ["hooks.example.com"]}),
    ] {
        assert_eq!(app.tell(&path, &more).await["code"], "request_invalid", "{more}");
    }
    assert_eq!(
        app.tell(&path, &json!({"daily_budget": "1.00"})).await["limits"]["daily_budget"],
        "1.00"
    );
    assert_eq!(app.tell(&path, &json!({"daily_budget": "1.01"})).await["code"], "request_invalid");
    let held = later(&client);
    assert_eq!(ended(held).await.status, 200);
    let shown = app.ask(&format!("/api/v1/tokens/{}", client.id())).await;
    assert_eq!(shown["scopes"], json!(["write:generate"]));
    let made = app.client_of(NewToken {
        environment: "app".to_owned(),
        name: "other".to_owned(),
        scopes: vec!["write:*".to_owned()],
        ..NewToken::default()
    });
    assert_eq!(picture(&made.await).await.status, 200, "others are untouched");
}
