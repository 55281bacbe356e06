//! A token's own limits.

use super::{GENERATE, verdict};
use crate::support::{Client, TestApp};
use ideogate::tokens::{Asked, AskedLimits, NewToken};
use serde_json::{Value, json};

async fn client(app: &TestApp, new: NewToken) -> Client {
    let scopes = vec!["read:*".to_owned(), "write:*".to_owned()];
    let (environment, name) = ("app".to_owned(), "limited".to_owned());
    app.client_of(NewToken { environment, name, scopes, ..new }).await
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

/// Asserts that these bodies are refused by that rule, and that the others pass.
async fn judge(
    app: &TestApp,
    client: &Client,
    path: &str,
    refused: &[Value],
    passed: &[Value],
    rule: &str,
) {
    let before = app.arrived_for_clients();
    for body in refused {
        let told = verdict(&client.post(path, body).await);
        assert_eq!(told, format!("403 policy_denied token {rule}"), "{body}");
    }
    assert_eq!(app.arrived_for_clients(), before);
    for body in passed {
        let reply = client.post(path, body).await;
        assert_eq!(reply.status, 200, "{body}: {reply:?}");
    }
    assert_eq!(app.arrived_for_clients(), before + passed.len());
}

#[tokio::test]
async fn images_of_one_call_are_limited() {
    let app = TestApp::spawn().await;
    let client = client(
        &app,
        NewToken {
            limits: AskedLimits { max_images: Asked::Is(2), ..AskedLimits::default() },
            ..NewToken::default()
        },
    )
    .await;
    let ask = |count: u32| json!({"prompt": "x", "num_images": count});
    judge(&app, &client, GENERATE, &[ask(3), ask(8)], &[ask(1), ask(2)], "max_images").await;
}

#[tokio::test]
async fn places_of_one_call_are_limited() {
    let app = TestApp::spawn().await;
    let client = client(
        &app,
        NewToken {
            limits: AskedLimits { max_places: Asked::Is(3), ..AskedLimits::default() },
            ..NewToken::default()
        },
    )
    .await;
    let ask = |count: u32| json!({"prompt": "x", "num_images": count});
    judge(&app, &client, GENERATE, &[ask(4)], &[ask(3)], "max_places").await;
}

#[tokio::test]
async fn models_are_limited_named_or_not() {
    let app = TestApp::spawn().await;
    let new = NewToken {
        limits: AskedLimits {
            models: Asked::Is(words(&["V_2_TURBO", "ideogram-4"])),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    };
    let client = client(&app, new).await;
    let ask = |model: &str| json!({"image_request": {"prompt": "x", "model": model}});
    // Without a name it is the model that Ideogram assumes.
    let refused = [
        ask("V_2"),
        ask("V_2_TURBO "),
        ask("v_2_turbo"),
        json!({"image_request": {"prompt": "x"}}),
    ];
    judge(&app, &client, "/generate", &refused, &[ask("V_2_TURBO")], "models").await;
    let plain = json!({"prompt": "x"});
    judge(&app, &client, GENERATE, std::slice::from_ref(&plain), &[], "models").await;
    let path = "/v2/image/generate/ideogram-4";
    judge(&app, &client, path, &[], std::slice::from_ref(&plain), "models").await;
}

#[tokio::test]
async fn a_custom_model_must_be_allowed_like_any_other() {
    let app = TestApp::spawn().await;
    let uri = "model/simulated-model/version/0";
    let ask = |uri: &str| json!({"prompt": "x", "custom_model_uri": uri});
    let client_v3 = client(
        &app,
        NewToken {
            limits: AskedLimits { models: Asked::Is(words(&["V_3"])), ..AskedLimits::default() },
            ..NewToken::default()
        },
    )
    .await;
    judge(&app, &client_v3, GENERATE, &[ask(uri)], &[json!({"prompt": "x"})], "models").await;
    let own = client(
        &app,
        NewToken {
            limits: AskedLimits {
                models: Asked::Is(words(&["V_3", uri])),
                ..AskedLimits::default()
            },
            ..NewToken::default()
        },
    )
    .await;
    judge(&app, &own, GENERATE, &[ask("model/another/version/0")], &[ask(uri)], "models").await;
}

#[tokio::test]
async fn speeds_are_limited_named_or_not() {
    let app = TestApp::spawn().await;
    let client = client(
        &app,
        NewToken {
            limits: AskedLimits { speeds: Asked::Is(words(&["TURBO"])), ..AskedLimits::default() },
            ..NewToken::default()
        },
    )
    .await;
    let ask = |speed: &str| json!({"prompt": "x", "rendering_speed": speed});
    let refused = [ask("QUALITY"), ask("turbo"), json!({"prompt": "x"})];
    judge(&app, &client, GENERATE, &refused, &[ask("TURBO")], "speeds").await;
}

#[tokio::test]
async fn webhooks_go_to_allowed_hosts_alone() {
    let app = TestApp::spawn().await;
    let none = client(&app, NewToken::default()).await;
    let ask = |url: &str| json!({"prompt": "x", "webhook_url": url});
    let path = "/v2/image/generate/ideogram-4-5";
    judge(&app, &none, path, &[ask("https://hooks.example/a")], &[], "webhook_hosts").await;
    let new = NewToken {
        limits: AskedLimits {
            webhook_hosts: Asked::Is(words(&["hooks.example"])),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    };
    let client = client(&app, new).await;
    let refused = [
        ask("https://evil.example/?hooks.example"),
        ask("https://hooks.example.evil.example/"),
        ask("https://sub.hooks.example/"),
        ask("https://hooks.example./"),
    ];
    let passed = [ask("https://hooks.example/a"), ask("https://HOOKS.example:443/b?c=d")];
    judge(&app, &client, path, &refused, &passed, "webhook_hosts").await;
    for url in [
        "",
        "hooks",
        "/hooks.example",
        "https://",
        "https:///a",
        " https://hooks.example/",
        "https://evil.example\\@hooks.example/",
    ] {
        let told = client.post(path, &ask(url)).await;
        assert!(matches!(told.status, 400 | 403), "{url:?}: {told:?}");
    }
    for url in
        ["http://hooks.example/a", "ftp://hooks.example/a", "https://user:pass@hooks.example/"]
    {
        let told = client.post(path, &ask(url)).await;
        assert_eq!(told.problem(), "400 malformed_request", "{url:?}");
    }
    // A route that takes none is no way around.
    let reply = none.post(GENERATE, &ask("https://evil.example/")).await;
    assert_eq!(verdict(&reply), "403 policy_denied token webhook_hosts");
    let entries = app.entries().await;
    let hosts: Vec<_> =
        entries.iter().filter_map(|e| e.metadata.more.webhook_host.as_deref()).collect();
    assert_eq!(hosts, ["hooks.example", "hooks.example"]);
    assert_eq!(app.arrived_for_clients(), 2);
}
