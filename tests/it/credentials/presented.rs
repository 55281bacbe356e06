//! How a token is presented.

use super::GENERATE;
use crate::support::{Client, KEY, TestApp};
use serde_json::json;

/// Sends a generation with these headers and no other credential.
async fn with(client: &Client, headers: &[(&str, &str)]) -> crate::support::Reply {
    let request = client.bare("POST", GENERATE).json(&json!({"prompt": "a heron"}));
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    client.send(request).await
}

#[tokio::test]
async fn a_token_is_taken_from_either_header_and_leaves_in_neither() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let token = client.token.clone();
    let bearer = format!("Bearer {token}");
    let shouted = format!("BEARER  {token}");
    for headers in [
        &[("Api-Key", token.as_str())][..],
        &[("api-key", &token)],
        &[("Authorization", &bearer)],
        &[("Authorization", &shouted)],
        &[("Api-Key", &token), ("Authorization", &bearer)],
        &[("Api-Key", &token), ("Api-Key", &token)],
        &[("Authorization", &bearer), ("Authorization", &bearer)],
    ] {
        let reply = with(&client, headers).await;
        assert_eq!(reply.status, 200, "{headers:?}: {reply:?}");
    }
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls.len(), 7);
    for call in &seen.calls {
        let head = String::from_utf8_lossy(&call.head).to_lowercase();
        assert!(!head.contains("idg_"), "{head}");
        assert!(!head.contains("authorization"), "{head}");
        assert_eq!(head.matches("api-key:").count(), 1, "{head}");
        assert_eq!(call.header("api-key"), Some(KEY));
        assert!(!String::from_utf8_lossy(&call.body).contains("idg_"));
    }
}

#[tokio::test]
async fn two_credentials_that_differ_are_refused() {
    let app = TestApp::spawn().await;
    let (client, other) = (app.client().await, app.client().await);
    let (token, other) = (client.token.as_str(), other.token.as_str());
    let (bearer, others) = (format!("Bearer {token}"), format!("Bearer {other}"));
    for headers in [
        &[("Api-Key", token), ("Authorization", &others)][..],
        &[("Api-Key", token), ("Api-Key", other)],
        &[("Authorization", &bearer), ("Authorization", &others)],
        &[("Api-Key", token), ("Authorization", "Basic dXNlcjpwYXNz")],
        &[("Api-Key", token), ("Authorization", token)],
        &[("Api-Key", token), ("Authorization", "Bearer")],
        &[("Api-Key", ""), ("Authorization", &bearer)],
        &[("Api-Key", &token.to_uppercase()), ("Authorization", &bearer)],
    ] {
        let reply = with(&client, headers).await;
        assert_eq!(reply.problem(), "400 ambiguous_credentials", "{headers:?}");
    }
    assert_eq!(app.arrived(), 0);
    assert!(
        app.refusals().await.iter().all(|refusal| refusal.starts_with("ambiguous_credentials"))
    );
}

#[tokio::test]
async fn no_credential_is_told_apart_from_a_wrong_one() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for headers in [
        &[][..],
        &[("Api-Key", "")],
        &[("Api-Key", "  ")],
        &[("Authorization", "Bearer ")],
        &[("Authorization", "Basic dXNlcjpwYXNz")],
        &[("X-Api-Key", client.token.as_str())],
        &[("Cookie", &format!("Api-Key={}", client.token))],
    ] {
        let reply = with(&client, headers).await;
        assert_eq!(reply.problem(), "401 token_missing", "{headers:?}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"ideogate\""));
    }
    let in_query = client.bare("POST", &format!("{GENERATE}?api_key={}", client.token));
    assert_eq!(client.send(in_query).await.problem(), "401 token_missing");
    assert_eq!(app.arrived(), 0);
    assert_eq!(app.refusals().await.len(), 8);
}

#[tokio::test]
async fn the_real_key_is_no_token() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let reply = with(&client, &[("Api-Key", KEY)]).await;
    assert_eq!(reply.problem(), "401 token_invalid");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn what_has_not_the_shape_of_a_token_is_told_so_and_never_repeated() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let token = client.token.as_str();
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";
    let [pasted, quoted, single] =
        [format!("Bearer {token}"), format!("\"{token}\""), format!("'{token}'")];
    let twice = format!("Bearer {pasted}");
    let of_bearer = ["Bearer YOUR_API_KEY", &format!("Bearer {quoted}"), &twice].map(str::to_owned);
    let (curly, cut) = (format!("\u{201c}{token}\u{201d}"), &token[..token.len() - 3]);
    let of_key = [
        pasted.as_str(),
        &quoted,
        &single,
        &curly,
        cut,
        "YOUR_API_KEY",
        "<token>",
        "$IDEOGRAM_API_KEY",
        jwt,
        KEY,
        "x9",
    ];
    let all = of_key.map(|value| ("Api-Key", value)).into_iter();
    let all = all.chain(of_bearer.iter().map(|value| ("Authorization", value.as_str())));
    for (name, value) in all {
        let reply = with(&client, &[(name, value)]).await;
        assert_eq!(reply.problem(), "401 token_invalid", "{name}: {value}");
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("has not the shape of a token of this gateway"), "{message}");
        let challenge = reply.header("www-authenticate").unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        let presented = value.trim_start_matches("Bearer ").trim_matches(['"', '\'']);
        let whole = String::from_utf8_lossy(&reply.body).into_owned() + challenge;
        assert!(!whole.contains(presented), "{whole}");
        assert!(!whole.contains(&token[..16]), "{whole}");
    }
    let told = with(&client, &[("Api-Key", &pasted)]).await.json()["message"].to_string();
    assert!(told.contains("never into Api-Key"), "{told}");
    assert_eq!(app.arrived(), 0);
    let refusals = app.refusals().await;
    assert!(refusals.iter().all(|one| one.starts_with("token_invalid")), "{refusals:?}");
}
