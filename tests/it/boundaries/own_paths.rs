//! The paths of the data plane that are ours.

use super::GENERATE;
use crate::support::TestApp;
use serde_json::json;

#[tokio::test]
async fn health_needs_no_token_and_tells_nothing() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let alive = client.send(client.bare("GET", "/healthz")).await;
    assert_eq!((alive.status, alive.json()), (200, json!({"status": "ok"})));
    let ready = client.send(client.bare("GET", "/readyz")).await;
    assert_eq!((ready.status, ready.json()), (200, json!({"status": "ready"})));
    assert_eq!(client.send(client.bare("HEAD", "/healthz")).await.status, 200);
    assert_eq!(client.send(client.bare("GET", "/health")).await.problem(), "401 token_missing");
    app.running.admission().drain();
    let draining = client.send(client.bare("GET", "/readyz")).await;
    assert_eq!((draining.status, draining.json()["code"].as_str()), (503, Some("draining")));
    assert_eq!(client.send(client.bare("GET", "/healthz")).await.status, 200);
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_token_learns_who_it_is() {
    let app = TestApp::spawn().await;
    let client = app.client_with("staging", &["read:*", "write:limited"]).await;
    for path in ["/health", "/_ideogate/whoami"] {
        let reply = client.get(path).await;
        assert_eq!(reply.status, 200);
        let json = reply.json();
        assert_eq!(json["token_id"], client.id().as_str());
        assert_eq!(json["environment"], "staging");
        assert_eq!(json["available"], true);
        assert_eq!(json["scopes"], json!(["read:*", "write:limited"]));
        assert!(!String::from_utf8_lossy(&reply.body).contains(&client.token));
    }
    assert_eq!(app.arrived(), 0);
    assert!(app.entries().await.is_empty());
}

#[tokio::test]
async fn a_call_is_shown_to_the_token_that_made_it_and_to_no_other() {
    let app = TestApp::spawn().await;
    let (client, other) = (app.client().await, app.client().await);
    let made = client.post(GENERATE, &json!({"prompt": "a heron", "num_images": 2})).await;
    let request = made.header("ideogate-request-id").unwrap();
    let call = app.only_entry().await.metadata.call_id.unwrap();
    for name in [call.as_str(), request] {
        let path = format!("/_ideogate/calls/{name}");
        let json = client.get(&path).await.json();
        assert_eq!(json["metadata"]["call_id"], call.as_str());
        assert_eq!(json["metadata"]["request_id"], request);
        assert_eq!(json["metadata"]["places"], 2);
        assert_eq!(json["metadata"]["outcome"], "success");
        assert_eq!(
            json["metadata"]["key_version"],
            json!(null),
            "the key's last letters are not for clients"
        );
        assert_eq!(other.get(&path).await.problem(), "404 call_unknown");
        assert_eq!(other.send(other.bare("GET", &path)).await.problem(), "401 token_missing");
    }
    for name in ["", "call_none", "req_none", "%25", "call_none/more"] {
        let reply = client.get(&format!("/_ideogate/calls/{name}")).await;
        assert_eq!(reply.problem(), "404 call_unknown", "{name}");
    }
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn other_paths_below_ours_are_unknown_and_never_forwarded() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for path in [
        "/_ideogate/",
        "/_ideogate/../generate",
        "/_ideogate/models",
        "/_ideogate/simulatorx",
        "/_ideogate/errorsx",
        "/_ideogate/apps/",
        "/_ideogate/calls",
        "/_ideogate/calls-x/y",
        "/_ideogate/whoami/",
        "/_ideogate//whoami",
        "/_ideogate/WHOAMI",
    ] {
        let reply = client.get(path).await;
        assert!(matches!(reply.status, 400 | 404 | 405), "{path}: {reply:?}");
    }
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn each_path_of_ours_names_the_method_it_has() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for (method, path, allowed) in [
        ("POST", "/healthz", "GET"),
        ("DELETE", "/readyz", "GET"),
        ("OPTIONS", "/health", "GET"),
        ("PUT", "/_ideogate/whoami", "GET"),
        ("OPTIONS", "/_ideogate/whoami", "GET"),
        ("POST", "/_ideogate/calls/call_none", "GET"),
        ("POST", "/_ideogate/errors/queue_full", "GET"),
        ("POST", "/_ideogate/apps", "GET"),
        ("POST", "/_ideogate/nothing", "GET"),
        ("POST", "/_ideogate/", "GET"),
        ("GET", "/_ideogate/quote", "POST"),
        ("HEAD", "/_ideogate/quote", "POST"),
    ] {
        let reply = client.send(client.bare(method, path)).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some(allowed)), "{method} {path}");
        assert_eq!(reply.header("ideogate-places"), Some("0"), "{method} {path}");
    }
    for path in ["/healthz/", "/HEALTHZ", "/%68ealthz", "/_ideogate", "/webhooks/ideogram/"] {
        let reply = client.send(client.bare("GET", path)).await;
        assert_eq!(reply.problem(), "401 token_missing", "{path} is a call like any other");
    }
    assert_eq!(app.arrived(), 0);
}
