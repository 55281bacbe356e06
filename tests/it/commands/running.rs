//! A gateway that runs, seen from outside.

use super::{GENERATE, keys, picture};
use crate::support::{Client, Home, KEY};
use ideogate::simulator::{Act, Script};
use serde_json::json;

#[tokio::test]
async fn the_ready_line_tells_where_everything_is() {
    let home = Home::new().await;
    let mut gateway = home.start().await;
    let ready = gateway.ready.clone();
    assert!(ready.proxy.starts_with("http://127.0.0.1:") && !ready.proxy.ends_with(":0"));
    assert!(ready.admin.starts_with("http://127.0.0.1:") && ready.admin != ready.proxy);
    assert_eq!(ready.socket, home.data().join("admin.sock").display().to_string());
    let lives = Client::new(ready.proxy, "").get("/healthz").await;
    assert_eq!(lives.json(), json!({"status": "ok"}));
    gateway.signal(rustix::process::Signal::TERM);
    gateway.ended().await;
    assert_eq!(gateway.rest().await, "", "one line on stdout and no more");
}

#[tokio::test]
async fn the_queue_is_shown_as_scripts_expect_it_and_can_be_paused() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold));
    let held = client.clone();
    let held = tokio::spawn(async move {
        held.post(GENERATE, &json!({"prompt": "held", "num_images": 3})).await
    });
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let status = home.json(&["queue", "status"]).await;
    assert_eq!(keys(&status), ["accounts"]);
    let account = home.queue().await;
    let expected = json!({
        "name": "ideogram", "cap": 10, "effective_cap": 10, "in_use": 3, "unknown": 0, "queued": 0,
        "environments": account["environments"],
    });
    assert_eq!(account, expected);
    let lanes = account["environments"].as_array().unwrap();
    let lane = lanes.iter().find(|lane| lane["name"] == "app").unwrap();
    assert_eq!(*lane, json!({"name": "app", "in_use": 3, "queued": 0, "weight": 1}));
    let table = home.run(&["queue", "status"]).await.good();
    assert!(table.out.starts_with("ACCOUNT"), "{table:?}");
    home.run(&["pause"]).await.good();
    assert_eq!(picture(&client, "while paused").await.problem(), "503 paused");
    assert!(home.run(&["queue", "status"]).await.err.contains("Paused"));
    home.ideogram.release();
    assert_eq!(held.await.unwrap().status, 200);
    home.run(&["resume"]).await.good();
    assert_eq!(picture(&client, "resumed").await.status, 200);
    let wrong = home.run(&["queue", "release", "tok_1"]).await;
    assert_eq!(wrong.code, 64, "{wrong:?}");
    let unheld = home.run(&["queue", "release", "call_1"]).await;
    assert_eq!(unheld.code, 1, "{unheld:?}");
}

#[tokio::test]
async fn the_health_check_tells_a_sick_gateway_from_none() {
    let home = Home::new().await;
    let nobody = home.run(&["healthcheck"]).await;
    assert_eq!(nobody.code, 69, "{nobody:?}");
    assert_eq!(nobody.out, "");
    let gateway = home.start().await;
    for arguments in [&["healthcheck"][..], &["healthcheck", "--ready"]] {
        assert_eq!(home.run(arguments).await.good().out, "ok\n");
    }
    gateway.kill().await;
    // The socket is still there, and nobody answers.
    assert!(home.data().join("admin.sock").exists());
    assert_eq!(home.run(&["healthcheck"]).await.code, 69);
    // Somebody listens and says nothing.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", mute.local_addr().unwrap());
    let told = home.run(&["healthcheck", "--admin", &url, "--timeout", "100ms"]).await;
    assert_eq!(told.code, 69, "{told:?}");
    assert!(told.err.contains("nothing came within 100ms"), "{told:?}");
    let told = home.run(&["token", "list"]).await;
    assert_eq!(told.code, 69, "{told:?}");
    assert!(told.err.contains("ideogate serve"), "{told:?}");
}

#[tokio::test]
async fn over_tcp_nobody_operates_but_anybody_may_ask_for_health() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let tcp = Client::new(gateway.ready.admin.clone(), "");
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(tcp.get(path).await.status, 200, "{path}");
    }
    let all = ["/api/v1/tokens", "/api/v1/queue", "/api/v1/audit", "/api/openapi.json", "/nowhere"];
    for path in all {
        let reply = tcp.get(path).await;
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (403, &json!("operators_missing")),
            "{path}"
        );
    }
    let create = json!({"environment": "app", "name": "x", "scopes": ["write:*"]});
    assert_eq!(tcp.post("/api/v1/tokens", &create).await.status, 403);
    let told = home.run(&["token", "list", "--admin", &gateway.ready.admin]).await;
    assert_eq!(told.code, 1, "{told:?}");
    let rebound = tcp.request("GET", "/healthz").header("host", "evil.example");
    assert_ne!(tcp.send(rebound).await.status, 200, "a foreign host name is answered");
    assert_eq!(home.json(&["token", "list"]).await, json!([]));
}

#[tokio::test]
async fn metrics_say_what_they_are_and_count_calls() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let (revoked, _) = home.token().await;
    home.run(&["token", "revoke", &revoked]).await.good();
    for prompt in ["one", "two"] {
        assert_eq!(picture(&client, prompt).await.status, 200);
    }
    assert_eq!(client.get("/nowhere").await.problem(), "404 route_unknown");
    let scraper = Client::new(gateway.ready.admin.clone(), "");
    let asked = scraper.request("GET", "/metrics").header("accept", "application/openmetrics-text");
    let metrics = scraper.send(asked).await;
    assert!(metrics.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = String::from_utf8(metrics.body.to_vec()).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    for name in names.map(|line| line.split(' ').next().unwrap()) {
        assert!(text.contains(&format!("# HELP {name} ")), "{name}");
    }
    let value = |start: &str, label: &str| {
        let of = |line: &&str| line.starts_with(start) && line.contains(label);
        let lines: Vec<_> = text.lines().filter(of).collect();
        // What else is counted is there at zero.
        let line = lines.iter().find(|line| !line.ends_with(" 0")).or(lines.first());
        line.unwrap_or_else(|| panic!("{start} {label}: {text}")).rsplit(' ').next().unwrap()
    };
    assert_eq!(value("ideogate_calls_total{", "outcome=\"success\""), "2");
    assert_eq!(value("ideogate_refusals_total{", "code=\"route_unknown\""), "1");
    assert_eq!(value("ideogate_places_cap{", "account=\"ideogram\""), "10");
    assert_eq!(value("ideogate_journal_healthy", ""), "1");
    assert_eq!(value("ideogate_open_intents", ""), "0");
    assert_eq!(value("ideogate_active_tokens", ""), "1", "a revoked token is no active one");
    assert!(text.ends_with("# EOF\n"));
    assert!(!text.contains(&client.token) && !text.contains(KEY));
    // Whoever does not say what they read gets what everything reads.
    let metrics = scraper.get("/metrics").await;
    let kind = metrics.header("content-type").unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let text = String::from_utf8_lossy(&metrics.body);
    assert!(text.contains("# TYPE ideogate_calls_total counter\n"), "{text}");
}
