//! `ideogate config …`, environments, routes and keys.

use super::{GENERATE, picture};
use crate::support::{Client, Home, KEY, until};
use serde_json::json;

#[tokio::test]
async fn environments_and_routes_are_listed_without_a_gateway() {
    let home = Home::new().await;
    let all = home.json(&["env", "list"]).await;
    let names: Vec<_> = all.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["app", "dev", "prod", "sandbox", "staging"]);
    assert_eq!(home.json(&["env", "show", "prod"]).await["weight"], 4);
    assert_eq!(home.run(&["env", "show", "nowhere"]).await.code, 64);
    let routes = home.json(&["route", "list"]).await;
    let routes = routes.as_array().unwrap();
    let generate = routes.iter().find(|route| route["name"] == "v3.generate").unwrap();
    assert_eq!((&generate["method"], &generate["path"]), (&json!("POST"), &json!(GENERATE)));
    assert_eq!(generate["scope"], "write:generate");
    assert_eq!(home.json(&["route", "show", "v3.generate"]).await, *generate);
    assert_eq!(home.run(&["route", "show", "none"]).await.code, 64);
    let texts = [home.run(&["env", "list"]).await, home.run(&["route", "list"]).await];
    for told in texts {
        let told = told.good();
        assert!(told.out.starts_with("NAME") && !told.out.contains(KEY), "{told:?}");
    }
}

#[tokio::test]
async fn spans_of_time_are_shown_as_they_are_written() {
    let home = Home::new().await;
    home.change("[environments.app]\ntoken_lifetime = \"90d\"\n[queue]\ntimeout = \"75s\"\n");
    let shown = async || {
        let view = home.json(&["env", "show", "app"]).await;
        [&view["token_lifetime"], &view["queue_timeout"]]
            .map(|span| span.as_str().unwrap().to_owned())
    };
    assert_eq!(shown().await, ["90d", "75s"], "from the file");
    let _gateway = home.start().await;
    assert_eq!(shown().await, ["90d", "75s"], "from the gateway");
}

#[tokio::test]
async fn all_mistakes_in_the_settings_are_told_at_once_and_nothing_starts() {
    let mut home = Home::new().await;
    assert_eq!(home.run(&["config", "check"]).await.good().out, "the settings are good\n");
    let text = std::fs::read_to_string(home.file()).unwrap();
    home.set(&format!("{text}\n[queue]\ncapacty = 5\ntimeout = \"soon\"\n[nonsense]\na = 1\n"));
    home.give("IDEOGATE__AUDIT__STDUOT", "true");
    for command in [&["config", "check"][..], &["serve"], &["config", "show"]] {
        let told = home.run(command).await;
        assert_eq!(told.code, 64, "{told:?}");
        assert_eq!(told.out, "");
        for mistake in ["queue.capacty", "queue.timeout", "nonsense", "audit.stduot"] {
            assert!(told.err.contains(mistake), "{mistake}: {told:?}");
        }
    }
    assert!(!home.data().exists(), "a gateway with wrong settings touched its folder");
    let told = home.run_bare(&["serve", "--config", "no-such-file.toml"]).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert_eq!(home.run_bare(&["serve", "--no-such-flag"]).await.code, 64);
}

#[tokio::test]
async fn settings_are_shown_with_their_origin_and_without_secrets() {
    let mut home = Home::new().await;
    home.give("IDEOGATE__QUEUE__CAPACITY", "7");
    let shown = home.run(&["config", "show"]).await.good();
    let line = |name: &str| {
        let found = shown.out.lines().find(|line| line.starts_with(name));
        found.unwrap_or_else(|| panic!("{name}: {}", shown.out)).to_owned()
    };
    assert!(line("queue.capacity").contains("IDEOGATE__QUEUE__CAPACITY"), "{shown:?}");
    assert!(line("data.dir").contains("ideogate.toml"), "{shown:?}");
    assert!(line("queue.max_timeout").contains("default"), "{shown:?}");
    assert!(!shown.out.contains(KEY) && !shown.err.contains(KEY));
    let default = home.run(&["config", "default"]).await.good();
    assert!(default.out.contains("[environments.staging.limited]"));
    home.set(&default.out);
    home.run(&["config", "check"]).await.good();
}

#[tokio::test]
async fn an_environment_without_a_key_is_disabled_and_says_how_to_give_it_one() {
    let mut home = Home::new().await;
    home.variables.clear();
    home.give("IDEOGRAM_API_KEY_PROD", KEY);
    let gateway = home.start().await;
    let told = async || gateway.log().contains("IDEOGRAM_API_KEY_APP").then_some(());
    until("the log says which key is missing", told).await;
    let client = home.client(&gateway).await;
    let reply = picture(&client, "no key").await;
    assert_eq!(reply.problem(), "503 environment_unavailable");
    assert_eq!(client.get("/_ideogate/whoami").await.json()["available"], false);
    let asked = ["token", "create", "--environment", "prod", "--name", "p"];
    let made =
        home.json(&[&asked[..], &["--scope", "write:generate", "--no-budget"]].concat()).await;
    let prod = Client::new(gateway.ready.proxy.clone(), made["token"].as_str().unwrap());
    assert_eq!(picture(&prod, "with a key").await.status, 200);
    assert_eq!(home.ideogram.seen().calls.len(), 1);
    let hints = home.run(&["env", "list"]).await.good();
    assert!(hints.err.contains("IDEOGRAM_API_KEY_APP"), "{hints:?}");
    assert!(!gateway.log().contains(KEY));
}

#[tokio::test]
async fn the_file_dot_env_is_read_and_what_is_really_set_wins() {
    let mut home = Home::new().await;
    home.variables.clear();
    let text = format!("# keys\nIDEOGRAM_API_KEY={KEY}\nIDEOGATE__QUEUE__CAPACITY=3\n");
    std::fs::write(home.path().join(".env"), text).unwrap();
    home.give("IDEOGATE__QUEUE__CAPACITY", "5");
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    assert_eq!(picture(&client, "by .env").await.status, 200);
    let shown = home.run(&["config", "show"]).await.good();
    let line = shown.out.lines().find(|line| line.starts_with("queue.capacity")).unwrap();
    assert!(line.contains('5') && !line.contains(".env"), "{line}");
    assert!(!shown.out.contains(KEY));
}
