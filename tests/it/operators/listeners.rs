//! The control plane is not on the data listener, nor the data plane on the admin listener.

use crate::support::{Admin, Client, Reply, TestApp};
use ideogate::{admin::openapi, domain::RecordBody, store::RecordQuery};
use reqwest::RequestBuilder;
use serde_json::Value;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// What both planes have.
const SHARED: [&str; 2] = ["/healthz", "/readyz"];

fn admin_paths() -> Vec<String> {
    let document = serde_json::to_value(openapi()).unwrap();
    let filled = |path: &String| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "none" } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    document["paths"].as_object().unwrap().keys().map(filled).collect()
}

fn changes(app: &TestApp) -> usize {
    let records = app.running.reader().records(&RecordQuery::default()).unwrap();
    records.iter().filter(|one| matches!(one.record.body, RecordBody::Admin(_))).count()
}

async fn reply(request: RequestBuilder) -> Reply {
    Reply::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn no_admin_route_is_reachable_from_the_data_listener() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let admin = app.made_operator("root", "admin").await.at(app.url());
    let before = changes(&app);
    for path in admin_paths() {
        if SHARED.contains(&path.as_str()) {
            continue;
        }
        for method in METHODS {
            for (who, request) in presented(&client, &admin, method, &path) {
                let reply = reply(request.body("{}")).await;
                let refused = refusal(&reply, method);
                let expected: &[&str] = match who {
                    "nobody" => &["401 token_missing"],
                    "operator" => &["401 token_invalid"],
                    _ => &["404 route_unknown", "405 method_not_allowed"],
                };
                let told = expected.contains(&refused.as_str());
                assert!(told, "{who} {method} {path}: {refused}");
            }
        }
    }
    assert_eq!(changes(&app), before, "nothing was changed");
    assert_eq!(app.arrived(), 0, "nothing was sent");
}

/// Returns a request in every way that somebody could be shown to be somebody.
fn presented(
    client: &Client,
    admin: &Admin,
    method: &str,
    path: &str,
) -> Vec<(&'static str, RequestBuilder)> {
    let bare = || client.bare(method, path).header("content-type", "application/json");
    vec![
        ("nobody", bare()),
        ("client", bare().header("api-key", &client.token)),
        ("client", bare().bearer_auth(&client.token)),
        ("operator", bare().header("api-key", &admin.token)),
        ("operator", bare().bearer_auth(&admin.token)),
    ]
}

fn refusal(reply: &Reply, method: &str) -> String {
    if method == "HEAD" {
        // There is no body to name the code.
        let code = match reply.status {
            401 if reply.header("www-authenticate").unwrap().contains("invalid_token") => {
                "token_invalid"
            }
            401 => "token_missing",
            404 => "route_unknown",
            405 => "method_not_allowed",
            _ => "",
        };
        assert_eq!(reply.header("ideogate-error-source"), Some("gateway"));
        return format!("{} {code}", reply.status);
    }
    reply.problem()
}

#[tokio::test]
async fn no_route_of_the_data_plane_is_reachable_from_the_admin_listener() {
    let app = TestApp::spawn().await;
    let client = app.client().await.at(app.admin_url());
    let admin = app.made_operator("root", "admin").await;
    let routes = app.ask("/api/v1/routes").await;
    let of_routes = routes.as_array().unwrap().iter().map(|route| text(&route["path"]));
    let own = [
        "/_ideogate/whoami",
        "/_ideogate/quote",
        "/health",
        "/_ideogate/errors",
        "/_ideogate/apps",
    ];
    let paths: Vec<_> = of_routes.chain(own.map(str::to_owned)).collect();
    assert!(paths.len() > 20, "{paths:?}");
    for path in paths {
        for method in ["GET", "POST"] {
            app.clock.advance(std::time::Duration::from_mins(1));
            let of_client = [
                client.request(method, &path),
                client.bare(method, &path).bearer_auth(&client.token),
                client.bare(method, &path),
            ];
            for request in of_client {
                let refused = reply(request).await.admin_problem();
                assert!(refused.starts_with("401 operator_token_"), "{method} {path}: {refused}");
            }
            let refused = reply(admin.request(method, &path)).await.admin_problem();
            assert_eq!(refused, "404 path_unknown", "{method} {path}");
        }
    }
    assert_eq!(app.arrived(), 0, "nothing was sent");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().replace(['{', '}'], "")
}

#[tokio::test]
async fn a_token_at_the_wrong_door_is_told_on_record_and_never_repeated() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let admin = app.made_operator("root", "admin").await;
    let wrong = admin.with(&client.token).get("/api/v1/tokens").await;
    assert_eq!(wrong.admin_problem(), "401 operator_token_invalid");
    let data = Client::new(app.url(), &admin.token);
    let other = data.get("/_ideogate/whoami").await;
    assert_eq!(other.problem(), "401 token_invalid");
    for (decision, reason) in [
        ("operator_token_invalid", "a client's token was presented to the control plane"),
        ("token_invalid", "an operator's token was presented to the data plane"),
    ] {
        let entry = app.entry_of(decision).await;
        assert_eq!(entry.metadata.more.reason.as_deref(), Some(reason));
    }
    let records = app.running.reader().records(&RecordQuery::default()).unwrap();
    let written: String =
        records.iter().map(|one| String::from_utf8_lossy(&one.bytes).into_owned()).collect();
    for (token, answer) in [(&client.token, &wrong), (&admin.token, &other)] {
        let digits = &token[token.len() - 40..];
        assert!(!written.contains(digits));
        assert!(!String::from_utf8_lossy(&answer.body).contains(digits));
    }
}
