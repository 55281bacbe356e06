//! What people read: what is enforced, in the words that settings use, and no words of programmers.

use super::picture;
use crate::support::{Client, Home, KEY, Stranger, assert_plain};
use std::fs;

/// What the least token is told of, in each place: at its creation, when it is shown, and by itself.
async fn told_everywhere(home: &Home, proxy: &str, asked: &[&str]) -> [String; 4] {
    let created = home.run(&[&["token", "create", "--name", "bot"], asked].concat()).await.good();
    let token = created.out.trim().to_owned();
    let all = home.json(&["token", "list"]).await;
    let id = all.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    let shown = home.run(&["token", "show", &id]).await.good();
    let own = Client::new(proxy.to_owned(), &token).get("/_ideogate/whoami").await;
    assert_eq!(own.status, 200, "{own:?}");
    let own = own.json()["may"].to_string();
    fs::write(home.path().join("token"), &token).unwrap();
    let asked = ["whoami", "--url", proxy, "--token-file", "token"];
    let who = home.run(&asked).await.good();
    home.run(&["token", "revoke", &id]).await.good();
    [created.err, shown.out, own, who.out]
}

#[tokio::test]
async fn a_limited_token_is_told_by_its_routes_images_and_budget() {
    let home = Home::with(
        "[environments.staging.limited]\nroutes = [\"v3.generate\", \"v3.remix\"]\nmax_images = 1\n\
         speeds = []\ndaily_budget = \"2.50\"\n",
        ideogate::simulator::SimulatorOptions { pace: 0.0, ..Default::default() },
    )
    .await;
    let gateway = home.start().await;
    let asked = ["--environment", "staging", "--scope", "write:limited"];
    for told in told_everywhere(&home, &gateway.ready.proxy, &asked).await {
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("the routes v3.generate and v3.remix only"), "{told}");
        assert!(told.contains("1 image a call"), "{told}");
        assert!(told.contains("$2.50 a day"), "{told}");
        assert!(told.contains("may not") && !told.contains("NOTHING limits"), "{told}");
    }
    let shown = home.run(&["env", "show", "staging"]).await.good();
    assert!(
        shown.out.contains("v3.generate and v3.remix") && shown.out.contains("$2.50"),
        "{shown:?}"
    );
    gateway.stop().await;
}

#[tokio::test]
async fn a_token_that_nothing_limits_is_told_so_and_one_with_a_budget_is_not() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let asked = ["--environment", "app", "--scope", "write:*"];
    for told in told_everywhere(&home, &gateway.ready.proxy, &asked).await {
        assert!(told.contains("NOTHING limits what it may spend"), "{told}");
    }
    let with_budget = [&asked[..], &["--monthly-budget", "50.00"]].concat();
    for told in told_everywhere(&home, &gateway.ready.proxy, &with_budget).await {
        assert!(told.contains("$50.00 a month") && !told.contains("NOTHING limits"), "{told}");
    }
    let reads = ["--environment", "app", "--scope", "read:models"];
    for told in told_everywhere(&home, &gateway.ready.proxy, &reads).await {
        assert!(!told.contains("NOTHING limits"), "{told}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn durations_come_out_as_they_are_written_in_settings() {
    let home = Home::new().await;
    home.change(
        "[environments.app]\ntoken_lifetime = \"90d\"\nqueue_timeout = \"90s\"\n\
         [accounts.ideogram]\ntimeout = \"20m\"\nplace_ttl = \"36h\"\n",
    );
    let gateway = home.start().await;
    let asked = ["token", "create", "--environment", "app", "--name", "bot", "--scope", "read:*"];
    let limits = ["--expires-in", "90d", "--queue-timeout", "90s"];
    let created = home.run(&[&asked[..], &limits].concat()).await.good();
    let shown = home.run(&["token", "show", "bot"]).await.good();
    assert!(
        created.err.contains("for 90s at most") && shown.out.contains("90s"),
        "{created:?} {shown:?}"
    );
    let environment = home.run(&["env", "show", "app"]).await.good();
    assert!(environment.out.contains("90d") && environment.out.contains("90s"), "{environment:?}");
    let json = home.json(&["env", "show", "app"]).await;
    assert_eq!(
        (json["token_lifetime"].as_str(), json["queue_timeout"].as_str()),
        (Some("90d"), Some("90s"))
    );
    let settings = home.run(&["config", "show"]).await.good();
    assert!(settings.out.contains("token_lifetime = \"90d\""), "{settings:?}");
    for told in [created.err, shown.out, environment.out, settings.out, json.to_string()] {
        for odd in ["months", "29days", "1m 30s", "1day 12h", "90 d"] {
            assert!(!told.contains(odd), "{odd}: {told}");
        }
    }
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_no_gateway_is_told_as_that_with_what_to_do() {
    let home = Home::new().await;
    let answers = [
        (200, "application/json", "[]"),
        (200, "application/json", "{\"status\": [1, {\"a\": null}]}"),
        (200, "application/json", "\"hello\""),
        (200, "text/html", "<html><body>It works!</body></html>"),
        (200, "application/json", ""),
        (404, "text/html", "<h1>404 page not found</h1>"),
        (404, "application/json", "{\"error\": \"nothing here\"}"),
        (302, "text/plain", ""),
    ];
    let commands: [&[&str]; 11] = [
        &["token", "show", "tok_1"],
        &["token", "create", "--environment", "app", "--name", "a", "--scope", "read:*"],
        &["queue", "status"],
        &["usage"],
        &["token", "list"],
        &["audit", "search"],
        &["env", "show", "app"],
        &["key", "verify"],
        &["doctor"],
        &["pause"],
        &["operator", "show", "op_1"],
    ];
    fs::write(home.path().join("token"), "idg_app_x").unwrap();
    for (status, kind, body) in answers {
        let stranger = Stranger::saying(status, kind, body).await;
        let mut told = Vec::new();
        for command in commands {
            told.push(home.run(&[command, &["--admin", &stranger.url]].concat()).await);
        }
        let who = ["whoami", "--token-file", "token", "--url", &stranger.url];
        told.push(home.run(&who).await);
        for told in told {
            assert_eq!(told.code, 69, "{status} {body}: {told:?}");
            let said = format!("{}{}", told.out, told.err);
            assert!(said.contains("not an ideogate gateway's"), "{status} {body}: {said}");
            assert_plain(&said);
        }
    }
}

#[tokio::test]
async fn a_port_that_nobody_serves_is_told_with_what_to_do() {
    let home = Home::new().await;
    // Taken, but nobody listens.
    let taken = tokio::net::TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = taken.local_addr().unwrap();
    for scheme in ["http", "https"] {
        let told = home.run(&["token", "list", "--admin", &format!("{scheme}://{address}")]).await;
        assert_eq!(told.code, 69, "{told:?}");
        assert!(told.err.contains("ideogate serve") && told.err.contains("--admin"), "{told:?}");
        assert_plain(&told.err);
    }
    let stranger = Stranger::saying(400, "text/plain", "this is HTTP").await;
    let secure = stranger.url.replace("http://", "https://");
    let told = home.run(&["token", "list", "--admin", &secure]).await;
    assert_eq!(told.code, 69, "{told:?}");
    assert!(told.err.contains("it does not speak TLS"), "{told:?}");
    assert_plain(&told.err);
}

#[tokio::test]
async fn what_is_typed_wrong_is_told_by_what_it_must_be() {
    let home = Home::new().await;
    let create = ["token", "create", "--environment", "app", "--name", "a", "--scope", "read:*"];
    let images = [&create[..], &["--max-images", "many"]].concat();
    let cases: [(&[&str], &str); 6] = [
        (&["audit", "search", "--last", "abc"], "must be a whole number from 1"),
        (&["audit", "search", "--limit", "0"], "must be a whole number from 1"),
        (&images, "must be a whole number"),
        (&["healthcheck", "--timeout", "soon"], "must be a duration like"),
        (&["demo", "--port", "80000"], "must be a whole number from 0 to 65535"),
        (&["simulator", "--listen", "here"], "must be an address with a port"),
    ];
    for (command, expected) in cases {
        let told = home.run_bare(command).await;
        assert_eq!(told.code, 64, "{command:?}: {told:?}");
        assert!(told.err.contains(expected), "{command:?}: {told:?}");
        assert_plain(&told.err);
    }
}

#[tokio::test]
async fn one_key_in_three_files_is_told_once_with_all_three() {
    let mut home = Home::new().await;
    home.variables.clear();
    for name in ["app", "dev", "prod"] {
        let file = home.path().join(format!("{name}.key"));
        fs::write(&file, KEY).unwrap();
        let variable = format!("IDEOGRAM_API_KEY_{}_FILE", name.to_uppercase());
        home.give(&variable, file.to_str().unwrap());
    }
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    assert_eq!(picture(&client, "a fox").await.status, 200);
    let told = home.run(&["key", "list"]).await.good();
    let end = &KEY[KEY.len() - 4..];
    assert_eq!(told.out.matches(&format!("…{end}")).count(), 1, "{told:?}");
    for name in ["app", "dev", "prod"] {
        assert!(told.out.contains(name), "{told:?}");
        let path = home.path().join(format!("{name}.key"));
        let said = format!("{}{}", told.out, told.err);
        assert!(
            said.contains(path.to_str().unwrap())
                || said.contains(&format!("{}_FILE", name.to_uppercase())),
            "{said}"
        );
    }
    assert!(!told.out.contains(KEY) && !told.err.contains(KEY));
    gateway.stop().await;
}
