//! What is wrong with a request to the control plane is told without the words of a parser.

use crate::support::{TestApp, assert_plain};
use serde_json::Value;

fn detail(answer: &Value) -> String {
    assert!(answer["code"].is_string(), "{answer}");
    let mistakes = answer.get("mistakes").map(Value::to_string).unwrap_or_default();
    format!("{} {} {mistakes}", answer["title"], answer["detail"])
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_told_by_its_parameter() {
    let app = TestApp::spawn().await;
    let admin = app.local_admin();
    for (path, named) in [
        ("/api/v1/audit?limit=abc", "limit must be a whole number"),
        ("/api/v1/audit?limit=-1", "limit must be a whole number"),
        ("/api/v1/audit?limit=", "limit must be a whole number"),
        ("/api/v1/audit?limit=1&limit=2", "limit is given twice"),
        ("/api/v1/audit?lmit=3", "'lmit' is unknown"),
        ("/api/v1/usage?form=app", "'form' is unknown"),
        ("/api/v1/audit/export?format=pdf", "format"),
    ] {
        let reply = admin.get(path).await;
        assert!([400, 422].contains(&reply.status), "{path}: {reply:?}");
        let told = detail(&reply.json());
        assert!(told.contains(named), "{path}: {told}");
        assert_plain(&told);
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_by_its_field_and_changes_nothing() {
    let app = TestApp::spawn().await;
    let admin = app.local_admin();
    for (body, named) in [
        ("{", "is no whole JSON"),
        ("", "is no whole JSON"),
        ("no", "is no JSON"),
        ("7", "must be an object"),
        (r#"{"environment": "app"}"#, "name: must not be empty"),
        (r#"{"environment": 7, "name": "a", "scopes": []}"#, "environment must be a text"),
        (r#"{"environment": "app", "name": "a", "scopes": "read:*"}"#, "scopes must be a list"),
        (r#"{"environment": "app", "nam": "a", "scopes": []}"#, "'nam' is unknown"),
        (r#"{"environment": "app", "name": "a", "scopes": [], "max_images": "x"}"#, "max_images"),
    ] {
        let request = admin.request("POST", "/api/v1/tokens");
        let request = request.header("content-type", "application/json").body(body);
        let reply = crate::support::Reply::of(request.send().await.unwrap()).await;
        assert!([400, 422].contains(&reply.status), "{body}: {reply:?}");
        let told = detail(&reply.json());
        assert!(told.contains(named), "{body}: {told}");
        assert_plain(&told);
    }
    assert!(app.running.tokens().list().is_empty());
}
