//! Everything that a client can send, with a secret in it: in each field, well or badly formed, on each way that a
//! call can take. The search at the end of each test is what is tested.

use super::GENERATE;
use crate::support::{
    Client, Home, KEY, Socket, TestApp, TestSettings, eventually, pass, raw,
    sweep::{self, Kind, canary},
};
use ideogate::{
    domain::Principal,
    simulator::{Act, Script, SimulatorOptions},
    tokens::{Asked, AskedLimits, NewToken},
};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::time::Duration;

/// Returns a text that is looked for from now on.
fn secret(kind: Kind, name: &str) -> String {
    let text = format!("{name} Qx7/w+9=Lm3 {name} zV8.pK2~dT5");
    canary(kind, &text);
    text
}

/// The same for places that take no blanks.
fn word(kind: Kind, name: &str) -> String {
    let text = format!("{name}-Qx7wL9m3Lp-{name}-zV8pK2dT5r");
    canary(kind, &text);
    text
}

/// Returns a gateway whose tokens may name webhooks.
async fn house() -> (TestApp, Client) {
    let toml = "[routes]\nenable = [\"v4.design\"]\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let new = NewToken {
        environment: "app".to_owned(),
        name: "tour".to_owned(),
        scopes: vec!["read:*".to_owned(), "write:*".to_owned()],
        limits: AskedLimits {
            webhook_hosts: Asked::Is(vec!["hooks.example".to_owned()]),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    };
    let client = app.client_of(new).await;
    (app, client)
}

/// Returns a body with a secret in every field that may hold one.
fn full(name: &str) -> Value {
    let hook = word(Kind::WebhookSecret, name);
    json!({
        "prompt": secret(Kind::Prompt, name),
        "negative_prompt": secret(Kind::Prompt, &format!("not {name}")),
        "seed": 7,
        "style_codes": [word(Kind::Prompt, &format!("style-{name}"))],
        "webhook_url": format!("https://hooks.example/{hook}?token={hook}"),
    })
}

#[tokio::test]
async fn a_call_that_succeeds_leaves_nothing_of_its_content() {
    let (app, client) = house().await;
    let user = word(Kind::EndUser, "end-user");
    let request = client
        .request("POST", &format!("{GENERATE}?trace={}", word(Kind::Prompt, "query")))
        .header("Idempotency-Key", word(Kind::IdempotencyKey, "claim"))
        .header("Ideogate-User", &user)
        .header("Cookie", format!("session={}", word(Kind::Token, "cookie")))
        .header("X-Trace", word(Kind::Token, "header"))
        .header("User-Agent", word(Kind::Token, "agent"))
        .header("Referer", format!("https://app.example/{}", word(Kind::Token, "referer")));
    let reply = client.send(request.json(&full("one"))).await;
    assert_eq!(reply.status, 400, "an unknown parameter is refused: {reply:?}");
    let claim = word(Kind::IdempotencyKey, "second-claim");
    let request = client.request("POST", GENERATE).header("Idempotency-Key", &claim);
    let body = full("two");
    let reply = client.send(request.header("Ideogate-User", &user).json(&body)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let request = client.request("POST", GENERATE).header("Idempotency-Key", &claim);
    let again = client.send(request.json(&body)).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"), "{again:?}");
    let request = client.request("POST", GENERATE).header("Idempotency-Key", &claim);
    let other = client.send(request.json(&full("three"))).await;
    assert_eq!(other.problem(), "422 idempotency_key_reused");
    let app = app.restart().await;
    let app = app.crash().await;
    let request = client.at(app.url());
    let request = request.request("POST", GENERATE).header("Idempotency-Key", &claim).json(&body);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn forms_and_pictures_leave_nothing_of_their_content() {
    let (app, client) = house().await;
    let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
    picture.extend(secret(Kind::Prompt, "pixels").into_bytes());
    picture.extend(vec![7; 2 << 20]);
    let part = Part::bytes(picture).file_name(word(Kind::Prompt, "file"));
    let form = Form::new()
        .text("prompt", secret(Kind::Prompt, "form"))
        .part("image", part.mime_str("image/png").unwrap());
    let reply = client.post_form("/v1/ideogram-v3/remix", form).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let link = word(Kind::SignedLink, "link");
    let body = json!({
        "prompt": secret(Kind::Prompt, "linked"),
        "image_urls": [format!("https://pictures.example/a.png?sig={link}")],
    });
    client.post("/v1/ideogram-v4/generate-design", &body).await;
    assert!(app.arrived() > 0);
}

#[tokio::test]
async fn what_is_refused_is_not_repeated_to_anybody() {
    let (_app, client) = house().await;
    let bad: Vec<String> = vec![
        format!("{{\"prompt\":\"{}\"", word(Kind::Prompt, "cut-off")),
        format!("{{\"num_images\":\"{}\"}}", word(Kind::Prompt, "no-number")),
        format!("{{\"num_images\":9,\"prompt\":\"{}\"}}", word(Kind::Prompt, "too-many")),
        format!("{{\"prompt\":\"{0}\",\"prompt\":\"{0}\"}}", word(Kind::Prompt, "twice")),
        format!(
            "{{\"num_images\":1,\"num_images\":1,\"prompt\":\"{}\"}}",
            word(Kind::Prompt, "two")
        ),
        format!("{{\"webhook_url\":\"http://{}.example/\"}}", word(Kind::WebhookSecret, "host")),
        format!("{{\"webhook_url\":\"{}\"}}", word(Kind::WebhookSecret, "no-url")),
        format!("{{\"webhook_url\":\"https://u:{}@x.example/\"}}", word(Kind::WebhookSecret, "pw")),
        format!("{{\"\\u{}\":1}}", word(Kind::Prompt, "escape")),
        format!("[\"{}\"]", word(Kind::Prompt, "an-array")),
        word(Kind::Prompt, "no-json-at-all"),
    ];
    for body in bad {
        client.post_text(GENERATE, &body).await;
    }
    for (name, value) in [
        ("Content-Type", format!("text/{}", word(Kind::Prompt, "media"))),
        ("Content-Type", format!("multipart/form-data; boundary={}", word(Kind::Prompt, "bound"))),
        ("Ideogate-Queue-Timeout", word(Kind::Prompt, "timeout")),
        ("Authorization", format!("Bearer {}", word(Kind::Token, "bearer"))),
        ("Authorization", format!("Basic {}", word(Kind::Token, "basic"))),
        ("Expect", word(Kind::Prompt, "expect")),
        ("Idempotency-Key", word(Kind::IdempotencyKey, "long").repeat(20)),
        ("Ideogate-User", word(Kind::EndUser, "long-user").repeat(20)),
    ] {
        let request = client.request("POST", GENERATE).header(name, &value);
        client.send(request.json(&json!({"prompt": secret(Kind::Prompt, "headed")}))).await;
    }
    for token in [KEY.to_owned(), word(Kind::Token, "wrong"), client.token.to_uppercase()] {
        client.send(client.bare("POST", GENERATE).header("Api-Key", token)).await;
    }
}

#[tokio::test]
async fn a_token_in_an_address_is_not_written_down() {
    let (app, client) = house().await;
    let token = &client.token;
    let spelled = sweep::spell(token.as_bytes());
    let spelled = spelled.into_iter().find(|(name, _)| name == "percent, throughout").unwrap().1;
    let spelled = String::from_utf8(spelled).unwrap();
    for path in [
        format!("/{token}"),
        format!("/v1/{token}/generate"),
        format!("/{}", token.replacen("idg", "%69dg", 1)),
        format!("/{}", token.replacen('_', "%5F", 3)),
        format!("/{spelled}"),
        format!("/{}", token.to_uppercase()),
        format!("/_ideogate/calls/{token}"),
        format!("/v1/generations/{token}"),
        format!("/models?api_key={token}"),
        format!("/_ideogate/errors/{token}"),
        format!("{}/{token}", "/x".repeat(60)),
    ] {
        client.get(&path).await;
        raw(&app, format!("GET {path} HTTP/1.1\r\nHost: gateway\r\n\r\n")).await;
    }
    for bad in [
        format!("GET /models HTTP/1.1\r\nHost: gateway\r\nApi-Key : {token}\r\n\r\n"),
        format!("GET /models HTTP/1.1\r\nHost: {token}\r\nApi-Key: {token}\r\n\r\n"),
        format!("{token} /models HTTP/1.1\r\nHost: gateway\r\n\r\n"),
        format!("GET http://{token}.example/ HTTP/1.1\r\nHost: gateway\r\n\r\n"),
        format!("GET /models HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: {token}\r\n\r\n"),
        format!("GET /models HTTP/1.1\r\nHost: gateway\r\nContent-Length: {token}\r\n\r\n"),
    ] {
        raw(&app, bad).await;
    }
}

#[tokio::test]
async fn whatever_ideogram_does_its_words_are_not_written_down() {
    let (app, client) = house().await;
    let told = || word(Kind::Token, "told-by-ideogram");
    let json_of =
        |status| Act::json(status, &format!("{{\"error\":\"{}\"}}", secret(Kind::Prompt, "said")));
    let acts = [
        json_of(400),
        json_of(422),
        json_of(500),
        json_of(503),
        json_of(200),
        Act::json(200, &format!("{{\"data\":[{{\"seed\":\"{}\"", secret(Kind::Prompt, "cut off"))),
        Act::json(200, "{\"data\":[]}").with("x-vendor", &told()).with("set-cookie", &told()),
        Act::redirect(302, &format!("https://elsewhere.example/{}?sig={0}", told())),
        Act::Raw { text: format!("{}\r\n\r\n", told()) },
        Act::Raw { text: format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", told()) },
        Act::Raw { text: format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", told()) },
        Act::Raw { text: format!("HTTP/1.1 299 {}\r\ncontent-length: 0\r\n\r\n", told()) },
        Act::ResetUnanswered,
        Act::ResetAfter { bytes: 120 },
        Act::Truncate { bytes: 40 },
    ];
    for (number, act) in acts.into_iter().enumerate() {
        app.ideogram.script(Script::new(act).on(GENERATE));
        let prompt = format!("{} {number}", secret(Kind::Prompt, "asked"));
        client.post(GENERATE, &json!({"prompt": prompt})).await;
        app.clock.advance(Duration::from_mins(5));
        pass(Duration::from_secs(1)).await;
        eventually("places are free", || app.places().0 == 0).await;
    }
    assert_eq!(app.arrived(), 15);
}

#[tokio::test]
async fn an_answer_that_waits_for_its_client_is_sealed() {
    let (app, client) = house().await;
    let body = full("gone").to_string();
    app.ideogram.script(Script::new(Act::Usual).delayed(Duration::from_millis(200)));
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, &body).await;
    app.working(1).await;
    socket.reset();
    eventually("the answer is there", || app.places().0 == 0).await;
    let app = app.restart().await;
    let client = client.at(app.url());
    let reply = client.post_text(GENERATE, &body).await;
    assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, Some("true")));
}

#[tokio::test]
async fn an_asynchronous_call_and_its_polls_leave_nothing() {
    let (app, client) = house().await;
    let body = full("later");
    let reply = client.post("/v1/ideogram-v4/generate", &body).await;
    let poll = |reply: &crate::support::Reply| {
        let json: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        json["generation_id"].as_str().map(|id| format!("/v1/generations/{id}"))
    };
    if let Some(path) = poll(&reply) {
        client.get(&path).await;
    }
    client.post("/_ideogate/quote", &full("quoted")).await;
    client.get("/_ideogate/whoami").await;
    client.get("/models").await;
    assert!(app.arrived() > 0);
}

#[tokio::test]
async fn the_same_in_a_process_with_the_record_on_stdout_and_every_command_run() {
    let toml = "[audit]\nstdout = true\n";
    let options = SimulatorOptions { pace: 0.0, ..SimulatorOptions::default() };
    let mut home = Home::with(toml, options).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let user = word(Kind::EndUser, "end-user");
    let claim = word(Kind::IdempotencyKey, "claim");
    let body = json!({"prompt": secret(Kind::Prompt, "asked"), "num_images": 2});
    let post = async || {
        let request = client.request("POST", GENERATE).header("Ideogate-User", &user);
        client.send(request.header("Idempotency-Key", &claim).json(&body)).await
    };
    assert_eq!(post().await.status, 200);
    assert_eq!(post().await.header("idempotent-replayed"), Some("true"));
    home.ideogram.script(Script::new(Act::json(400, &format!("{{\"error\":\"{KEY}\"}}"))));
    client.post(GENERATE, &json!({"prompt": secret(Kind::Prompt, "refused")})).await;
    client.get(&format!("/{}", client.token)).await;
    client.post_text(GENERATE, &word(Kind::Prompt, "no-json")).await;
    let (other, _) = home.token().await;
    for command in [
        &["token", "list"][..],
        &["token", "show", &other],
        &["token", "show", &client.token],
        &["token", "revoke", &client.token],
        &["audit", "show", &client.token],
        &["audit", "search", "--token", &client.token],
        &["token", "disable", &other],
        &["token", "revoke", &other],
        &["env", "list"],
        &["env", "show", "app"],
        &["route", "list"],
        &["audit", "search"],
        &["audit", "search", "--output", "json"],
        &["audit", "verify"],
        &["queue", "status"],
        &["usage"],
        &["usage", "--by", "token", "--output", "json"],
        &["config", "show"],
        &["config", "show", "--output", "json"],
        &["config", "check"],
        &["config", "reload", "--dry-run"],
        &["config", "reload", "--output", "json"],
        &["doctor"],
        &["healthcheck"],
        &["openapi"],
        &["no-such-command"],
    ] {
        home.run(command).await;
    }
    home.give("IDEOGATE_TOKEN", &client.token);
    home.run(&["whoami", "--url", &gateway.ready.proxy]).await.good();
    gateway.stop().await;
    let again = home.start().await;
    home.verify().await;
    again.kill().await;
    assert_eq!(home.ideogram.seen().calls.len(), 2);
}

#[tokio::test]
async fn operators_who_put_a_key_where_it_does_not_belong_do_not_see_it_again() {
    let (app, _) = house().await;
    let by = Principal::LocalUser(0);
    let bad = NewToken {
        environment: word(Kind::Token, "environment"),
        name: "x".to_owned(),
        scopes: vec![word(Kind::Token, "scope")],
        ..NewToken::default()
    };
    assert!(app.running.tokens().create(bad, &by).await.is_err());
}
