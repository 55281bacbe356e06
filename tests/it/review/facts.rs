//! What counts as use.

use super::{
    DAY, GENERATE, all_findings, findings, kinds, picture, reviewed, reviewed_with, token,
};
use crate::support::TestApp;
use ideogate::domain::{AuditRecord, Bundle, Principal};
use ideogate::tokens::{Asked, AskedLimits, NewToken, RotationRequest};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn reads_polls_and_dry_runs_count_as_use() {
    let app = reviewed().await;
    let scopes = ["read:models", "read:generations", "read:quotes", "write:generate"];
    let client = token(&app, "app", &scopes).await;
    app.clock.advance(DAY * 31);
    let later = "/v2/image/generate/ideogram-4-5";
    let body = json!({"prompt": "a harbour", "quality": "medium", "async": true});
    let submitted = client.post(later, &body).await;
    let generation = submitted.json()["generation_id"].as_str().unwrap().to_owned();
    let found = findings(&app, "").await;
    let unused = found.iter().find(|finding| finding["kind"] == "unused_scopes").unwrap();
    let items = json!(["read:generations", "read:models", "read:quotes"]);
    assert_eq!(unused["evidence"]["items"], items, "{unused}");
    assert_eq!(client.get("/models").await.status, 200);
    assert_eq!(client.get(&format!("/v2/generations/{generation}")).await.status, 200);
    let quote = client.post(&format!("{later}?dry_run=true"), &json!({"prompt": "a"})).await;
    assert_eq!(quote.status, 200, "{quote:?}");
    assert_eq!(kinds(&findings(&app, "").await), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_refused_for_want_of_money_is_needed_and_what_is_refused_for_want_of_rights_is_not()
{
    let app = reviewed().await;
    let client = app
        .client_of(NewToken {
            environment: "app".to_owned(),
            name: "poor".to_owned(),
            scopes: vec!["write:generate".to_owned(), "read:models".to_owned()],
            limits: AskedLimits {
                daily_budget: Asked::Is("0.01".to_owned()),
                ..AskedLimits::default()
            },
            ..NewToken::default()
        })
        .await;
    app.clock.advance(DAY * 31);
    assert_eq!(client.get("/models").await.status, 200);
    let before = findings(&app, "").await;
    assert_eq!(before[0]["evidence"]["items"], json!(["write:generate"]), "{before:?}");
    let refused = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
    assert_eq!(refused.problem(), "402 budget_exceeded");
    let edit = client.post("/v1/ideogram-v3/edit", &json!({})).await;
    assert_eq!(edit.problem(), "403 scope_missing");
    app.entry_of("scope_missing").await;
    assert_eq!(kinds(&findings(&app, "").await), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_without_calls_is_not_idle_while_it_asks_for_prices() {
    let app = reviewed().await;
    let client = token(&app, "app", &["read:quotes"]).await;
    app.clock.advance(DAY * 31);
    assert_eq!(kinds(&findings(&app, "").await), ["low idle_token"]);
    let path = format!("/_ideogate/quote?path={GENERATE}");
    assert_eq!(client.post(&path, &json!({"prompt": "a heron"})).await.status, 200);
    assert_eq!(kinds(&findings(&app, "").await), Vec::<String>::new(), "memory knows it");
}

#[tokio::test]
async fn how_far_back_is_looked_can_be_said() {
    let app = reviewed().await;
    let client = token(&app, "app", &["write:generate", "read:models"]).await;
    app.clock.advance(DAY * 40);
    assert_eq!(client.get("/models").await.status, 200);
    app.clock.advance(DAY * 20);
    picture(&client).await;
    assert_eq!(kinds(&findings(&app, "?since=30d").await), Vec::<String>::new());
    assert_eq!(kinds(&findings(&app, "?since=7d").await), ["low unused_scopes"]);
    for wrong in ["since=soon", "environment=nowhere", "since=2126-01-01"] {
        let problem = app.ask(&format!("/api/v1/review?{wrong}")).await;
        assert_eq!(problem["code"], "request_invalid", "{wrong}: {problem}");
    }
    assert_eq!(app.ask("/api/v1/review?token=tok_none").await["code"], "token_unknown");
}

#[tokio::test]
async fn a_review_is_narrowed_to_an_environment_or_a_token() {
    let team = "[environments.team]\naccount = \"ideogram\"\nscopes = [\"read:*\"]\n";
    let app = reviewed_with(team).await;
    let (one, other) =
        (token(&app, "app", &["read:*"]).await, token(&app, "team", &["read:*"]).await);
    app.clock.advance(DAY * 31);
    assert_eq!(findings(&app, "").await.len(), 2);
    let of_team = findings(&app, "?environment=team").await;
    assert_eq!((of_team.len(), &of_team[0]["subject"]["id"]), (1, &json!(other.id())));
    let of_one = app.ask(&format!("/api/v1/review?token={}", one.id())).await;
    assert_eq!((&of_one["tokens"], &of_one["counts"]["low"]), (&json!(1), &json!(1)), "{of_one}");
}

#[tokio::test]
async fn what_cannot_be_used_any_more_is_not_reviewed() {
    let app = reviewed().await;
    let (disabled, _expired) =
        (token(&app, "app", &["read:*"]).await, token(&app, "app", &["read:*"]).await);
    let path = format!("/api/v1/tokens/{}/disable", disabled.id());
    app.tell(&path, &Value::Null).await;
    app.clock.advance(DAY * 60);
    assert_eq!(kinds(&findings(&app, "").await), ["low idle_token"]);
    app.clock.advance(DAY * 60);
    let review = app.ask("/api/v1/review").await;
    assert_eq!((&review["tokens"], findings(&app, "").await.len()), (&json!(0), 0));
}

#[tokio::test]
async fn a_secret_that_should_be_gone_and_is_not_is_told_of_also_after_a_restart() {
    let app = reviewed().await;
    let old = token(&app, "app", &["write:generate"]).await;
    picture(&old).await;
    let rotation = RotationRequest { grace: Some("7d".to_owned()), ..RotationRequest::default() };
    app.running.tokens().rotate(old.id(), &rotation, &Principal::LocalUser(0)).await.unwrap();
    assert_eq!(kinds(&findings(&app, "").await), Vec::<String>::new());
    app.clock.advance(Duration::from_secs(1));
    picture(&old).await;
    assert_eq!(kinds(&findings(&app, "").await), ["low old_secret_in_use"]);
    let app = app.restart().await;
    app.clock.advance(DAY * 6);
    let found = findings(&app, "").await;
    assert_eq!(kinds(&found), ["medium old_secret_in_use"]);
    assert_eq!(found[0]["evidence"]["items"], json!(["secret 1"]));
}

async fn adopt(app: &TestApp, key: &str, environments: &[&str]) {
    let after = json!({"environments": environments, "source": "file", "fingerprint": key});
    let resource = format!("ideogram/…{key}");
    let by = Principal::Gateway;
    let record = AuditRecord::change(app.now(), by, "key.adopt", resource, Value::Null, after);
    app.running.journal().commit(Bundle::record(record)).await.unwrap();
}

async fn old_keys(app: &TestApp, query: &str) -> Vec<Value> {
    let mut found = all_findings(app, query).await;
    found.retain(|finding| finding["kind"] == "key_age");
    found
}

/// The gateway itself put on record that it took the key, when it started.
#[tokio::test]
async fn a_key_in_service_for_too_long_is_told_of() {
    let app = reviewed().await;
    app.clock.advance(DAY * 90);
    assert_eq!(kinds(&old_keys(&app, "").await), Vec::<String>::new());
    let app = app.restart().await;
    app.clock.advance(DAY);
    let found = old_keys(&app, "").await;
    assert_eq!(kinds(&found), ["medium key_age"]);
    assert_eq!(found[0]["subject"]["environments"], json!(["app", "dev", "prod", "staging"]));
    assert_eq!(found[0]["command"], "ideogate key rotate --environment app");
    assert!(found[0]["evidence"]["words"].as_str().unwrap().contains("for 91 days"), "{found:?}");
}

#[tokio::test]
async fn the_age_of_a_key_is_counted_from_when_it_was_taken_first() {
    let app = reviewed().await;
    adopt(&app, "aaaa", &["app", "dev", "prod", "staging"]).await;
    app.clock.advance(DAY * 60);
    adopt(&app, "aaaa", &["app", "dev", "prod", "staging"]).await;
    app.clock.advance(DAY * 31);
    assert_eq!(kinds(&old_keys(&app, "").await), ["medium key_age"]);
    adopt(&app, "bbbb", &["app", "prod", "staging"]).await;
    let found = old_keys(&app, "").await;
    assert_eq!(found[0]["subject"]["environments"], json!(["dev"]), "{found:?}");
    assert_eq!(old_keys(&app, "?environment=app").await.len(), 0);
}

#[tokio::test]
async fn keys_that_environments_share_are_told_of() {
    let app = reviewed().await;
    let review = app.ask("/api/v1/review").await;
    let shared: Vec<_> = review["findings"].as_array().unwrap().iter().collect();
    assert_eq!(shared.len(), 1, "{review}");
    assert_eq!(
        (&shared[0]["kind"], &shared[0]["severity"]),
        (&json!("shared_key"), &json!("medium"))
    );
    assert_eq!(shared[0]["evidence"]["items"], json!(["app", "dev", "prod", "staging"]));
    assert!(!review.to_string().contains(crate::support::KEY));
}

#[tokio::test]
async fn legacy_routes_in_use_are_told_of() {
    let app = reviewed().await;
    let client = token(&app, "app", &["write:generate"]).await;
    let old = json!({"image_request": {"prompt": "a lighthouse", "model": "V_2_TURBO"}});
    assert_eq!(client.post("/generate", &old).await.status, 200);
    let found = findings(&app, "").await;
    assert_eq!(kinds(&found), ["low legacy_route"]);
    assert_eq!(found[0]["evidence"]["items"], json!(["legacy.generate"]));
    assert!(found[0].get("command").is_none());
}
