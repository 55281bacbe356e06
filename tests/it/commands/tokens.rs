//! `ideogate token …`

use super::{keys, picture};
use crate::support::{Client, Home};
use serde_json::json;

const CREATE: [&str; 8] =
    ["token", "create", "--environment", "app", "--name", "bot", "--scope", "write:generate"];

#[tokio::test]
async fn a_new_token_is_shown_once_and_alone_on_stdout() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let told = home.run(&CREATE).await.good();
    let token = told.out.trim_end();
    assert!(token.starts_with("idg_app_") && !token.contains(char::is_whitespace), "{told:?}");
    assert!(told.err.contains("tok_") && told.err.contains("not shown again"), "{told:?}");
    assert!(!told.err.contains(token), "the token is on stderr: {told:?}");
    let client = Client::new(gateway.ready.proxy.clone(), token);
    assert_eq!(picture(&client, "works").await.status, 200);
    assert_eq!(client.get("/models").await.problem(), "403 scope_missing");
    for command in [&["token", "list"][..], &["audit", "search", "--output", "json"]] {
        assert!(!home.run(command).await.good().out.contains(token), "{command:?}");
    }
    assert!(!gateway.log().contains(token), "{}", gateway.log());
    for file in std::fs::read_dir(home.data()).unwrap().filter_map(Result::ok) {
        let content = std::fs::read(file.path()).unwrap_or_default();
        let found = content.windows(token.len()).any(|bytes| bytes == token.as_bytes());
        assert!(!found, "the token is in {:?}", file.path());
    }
}

#[tokio::test]
async fn whoever_makes_a_token_is_told_what_it_may_spend() {
    const NO_LIMIT: &str = "NOTHING limits what it may spend";
    let home = Home::new().await;
    let _gateway = home.start().await;
    let told = home.run(&CREATE).await.good();
    assert!(told.err.contains(NO_LIMIT) && !told.out.contains(NO_LIMIT), "{told:?}");
    let mut limited = [&CREATE[..], &["--daily-budget", "5.00"]].concat();
    limited[5] = "other";
    let told = home.run(&limited).await.good();
    assert!(told.err.contains("$5.00 a day") && !told.err.contains(NO_LIMIT), "{told:?}");
}

#[tokio::test]
async fn scripts_get_the_shape_they_rely_on() {
    let home = Home::new().await;
    let _gateway = home.start().await;
    let limits =
        ["--owner", "marketing", "--expires-in", "30d", "--max-images", "4", "--rate", "60/min"];
    let made = home.json(&[&CREATE[..], &limits].concat()).await;
    let mut fields = keys(&made);
    fields.sort_unstable();
    assert_eq!(fields, ["environment", "expires_at", "id", "scopes", "token"]);
    assert_eq!(made["scopes"], json!(["write:generate"]));
    let id = made["id"].as_str().unwrap();
    let shown = home.json(&["token", "show", id]).await;
    assert_eq!(home.json(&["token", "list"]).await, json!([shown]));
    assert_eq!((&shown["owner"], &shown["state"]), (&json!("marketing"), &json!("enabled")));
    assert_eq!(shown["expires_at"], made["expires_at"]);
    assert_eq!(shown["limits"]["max_images"], 4);
    assert_eq!(shown["limits"]["requests_per_minute"], 60);
    assert!(shown.get("token").is_none());
    let text = home.run(&["token", "show", id]).await.good();
    assert!(text.out.contains("marketing") && text.out.contains("in 2"), "{text:?}");
}

#[tokio::test]
async fn a_token_is_disabled_enabled_and_revoked_for_good() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let client = Client::new(gateway.ready.proxy.clone(), &token);
    assert_eq!(picture(&client, "new").await.status, 200);
    assert_eq!(home.json(&["token", "disable", &id]).await["state"], "disabled");
    assert_eq!(picture(&client, "disabled").await.problem(), "401 token_invalid");
    assert_eq!(home.json(&["token", "enable", &id]).await["state"], "enabled");
    assert_eq!(picture(&client, "enabled").await.status, 200);
    let told = home.run(&["token", "revoke", &id]).await.good();
    assert!(told.out.contains("revoked"), "{told:?}");
    assert_eq!(picture(&client, "revoked").await.problem(), "401 token_invalid");
    let again = home.run(&["token", "enable", &id]).await;
    assert_eq!(again.code, 1, "a revoked token came back: {again:?}");
    assert_eq!(picture(&client, "still revoked").await.problem(), "401 token_invalid");
    assert_eq!(home.ideogram.seen().calls.len(), 2);
    gateway.stop().await;
    let gateway = home.start().await;
    let client = Client::new(gateway.ready.proxy.clone(), &token);
    assert_eq!(picture(&client, "after a restart").await.problem(), "401 token_invalid");
    let told = home.run(&["audit", "search", "--output", "json"]).await.good();
    let changes: Vec<_> = told.lines().iter().map(|entry| entry["action"].to_string()).collect();
    let changes: Vec<_> = changes.iter().filter(|action| action.contains("token.")).collect();
    assert_eq!(
        changes,
        ["\"token.create\"", "\"token.disable\"", "\"token.enable\"", "\"token.revoke\""]
    );
}

#[tokio::test]
async fn a_token_that_cannot_be_is_refused_with_all_its_mistakes() {
    let home = Home::new().await;
    let _gateway = home.start().await;
    let asked = [
        "token",
        "create",
        "--environment",
        "nowhere",
        "--name",
        "",
        "--scope",
        "write:nothing",
        "--expires-in",
        "soon",
    ];
    let told = home.run(&asked).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert_eq!(told.out, "");
    for field in ["environment", "name", "scopes", "expires-in"] {
        assert!(told.err.contains(field), "{field}: {told:?}");
    }
    let above = ["token", "create", "--environment", "dev", "--name", "x", "--scope", "write:*"];
    let told = home.run(&above).await;
    assert_eq!(told.code, 64, "above the ceiling: {told:?}");
    assert_eq!(home.json(&["token", "list"]).await, json!([]));
    let (_, token) = home.token().await;
    let told = home.run(&["token", "revoke", &token]).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert!(!told.err.contains(&token), "the token is repeated: {told:?}");
    assert_eq!(home.run(&["token", "show", "tok_none"]).await.code, 1);
}
