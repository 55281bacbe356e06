//! In production operators take away, and admins give.

use crate::support::{Admin, TestApp, TestSettings};
use serde_json::{Value, json};

async fn guarded() -> TestApp {
    let toml = "[review]\nproduction = [\"app\"]\n".to_owned();
    TestApp::with(TestSettings { toml, ..TestSettings::default() }).await
}

async fn made(by: &Admin, more: Value) -> Result<String, (String, Value)> {
    let mut new = json!({"environment": "app", "name": "shop", "scopes": ["write:generate"]});
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let reply = by.post("/api/v1/tokens", Some(&new)).await;
    match reply.status {
        201 => Ok(reply.json()["id"].as_str().unwrap().to_owned()),
        _ => Err((reply.admin_problem(), reply.json())),
    }
}

#[tokio::test]
async fn an_operator_takes_away_in_production_and_an_admin_gives() {
    let app = guarded().await;
    let anna = app.made_operator("anna", "operator").await;
    let bert = app.made_operator("bert", "admin").await;
    let (told, problem) = made(&anna, json!({})).await.unwrap_err();
    assert_eq!(told, "422 request_invalid");
    assert_eq!(problem["mistakes"][0]["field"], "daily_budget");
    let (told, problem) = made(&anna, json!({"no_budget": true})).await.unwrap_err();
    assert_eq!((told.as_str(), &problem["role"]), ("403 role_missing", &json!("admin")));
    let id = made(&anna, json!({"daily_budget": "5.00"})).await.unwrap();
    let to = |verb: &str| format!("/api/v1/tokens/{id}/{verb}");
    let more = json!({"daily_budget": "10.00"});
    let refused = anna.post(&to("update"), Some(&more)).await;
    assert_eq!(refused.admin_problem(), "403 role_missing");
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("10.00 is more than the 5.00") && detail.contains("operator"),
        "{detail}"
    );
    let less = anna.post(&to("update"), Some(&json!({"daily_budget": "4.00"}))).await;
    assert_eq!(less.json()["limits"]["daily_budget"], "4.00");
    assert_eq!(anna.post(&to("disable"), None).await.status, 200);
    assert_eq!(anna.post(&to("enable"), None).await.admin_problem(), "403 role_missing");
    let longer = json!({"expires_in": "200d"});
    assert_eq!(anna.post(&to("rotate"), Some(&longer)).await.admin_problem(), "403 role_missing");
    let shown = anna.get(&format!("/api/v1/tokens/{id}")).await.json();
    assert_eq!(
        (&shown["state"], &shown["limits"]["daily_budget"]),
        (&json!("disabled"), &json!("4.00"))
    );
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(bert.post(&to("enable"), None).await.status, 200);
    assert_eq!(bert.post(&to("update"), Some(&more)).await.status, 200);
    assert_eq!(bert.post(&to("rotate"), Some(&longer)).await.status, 200);
    let bare = bert.post(&to("update"), Some(&json!({"daily_budget": null}))).await;
    assert_eq!(bare.admin_problem(), "422 request_invalid", "an admin states it, too");
    let stated = json!({"daily_budget": null, "no_budget": true});
    assert_eq!(bert.post(&to("update"), Some(&stated)).await.json()["no_budget"], true);
    let refused = app.entry_of("role_missing").await;
    assert_eq!(refused.user_id.to_string(), "operator:anna");
}

/// Whoever may open the socket is an admin there.
#[tokio::test]
async fn elsewhere_operators_give_as_before() {
    let app = TestApp::spawn().await;
    let anna = app.made_operator("anna", "operator").await;
    let id = made(&anna, json!({})).await.unwrap();
    let path = format!("/api/v1/tokens/{id}/update");
    let more = json!({"add_scopes": ["write:edit"], "expires_in": "200d", "owner": "design"});
    assert_eq!(anna.post(&path, Some(&more)).await.status, 200);
    let app = guarded().await;
    let local = app.local_admin();
    let id = made(&local, json!({"no_budget": true})).await.unwrap();
    assert_eq!(local.post(&format!("/api/v1/tokens/{id}/update"), Some(&more)).await.status, 200);
}
