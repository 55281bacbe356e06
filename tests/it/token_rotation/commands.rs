//! `ideogate token rotate`, `update` and `reduce`, with the binary.

use crate::support::{Client, Home};
use serde_json::json;

async fn status(home: &Home, proxy: &str, token: &str) -> u16 {
    let client = Client::new(proxy.to_owned(), token);
    assert!(home.data().exists());
    client.post(super::GENERATE, &json!({"prompt": "a heron"})).await.status
}

#[tokio::test]
async fn the_new_secret_is_alone_on_stdout_and_nowhere_else() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let proxy = gateway.ready.proxy.clone();
    let (id, old) = home.token().await;
    let told = home.run(&["token", "rotate", &id]).await.good();
    let new = told.out.trim_end().to_owned();
    assert!(new.starts_with("idg_app_") && !new.contains(char::is_whitespace), "{told:?}");
    assert!(told.err.contains("secret 1 works until") && told.err.contains("not shown again"));
    assert!(!told.err.contains(&new), "{told:?}");
    assert_eq!((status(&home, &proxy, &old).await, status(&home, &proxy, &new).await), (200, 200));
    let shown = home.run(&["token", "show", &id]).await.good();
    assert!(shown.out.contains("LAST USED"), "{shown:?}");
    for command in [&["token", "show", &id][..], &["audit", "search", "--output", "json"]] {
        assert!(!home.run(command).await.good().out.contains(&new), "{command:?}");
    }
    assert!(!gateway.log().contains(&new));
    for file in std::fs::read_dir(home.data()).unwrap().filter_map(Result::ok) {
        let content = std::fs::read(file.path()).unwrap_or_default();
        let found = content.windows(new.len()).any(|bytes| bytes == new.as_bytes());
        assert!(!found, "the secret is in {:?}", file.path());
    }
    home.verify().await;
}

#[tokio::test]
async fn a_rotation_goes_its_way_by_commands() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let proxy = gateway.ready.proxy.clone();
    let (id, first) = home.token().await;
    let shorter = ["token", "rotate", &id, "--grace", "2h", "--expires-in", "30d"];
    let told = home.run(&shorter).await;
    assert_eq!((told.code, &*told.out), (64, ""), "a shorter life is asked for twice: {told:?}");
    let made = home.json(&[&shorter[..], &["--shorten"]].concat()).await;
    let mut fields = made.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    fields.sort_unstable();
    assert_eq!(fields, ["environment", "expires_at", "id", "older", "scopes", "secret", "token"]);
    assert_eq!((&made["id"], &made["secret"]), (&json!(id), &json!(2)));
    assert_eq!(made["older"][0]["number"], 1);
    let third = home.run(&["token", "rotate", &id]).await;
    assert_eq!(third.code, 1, "{third:?}");
    assert_eq!(third.out, "");
    assert!(third.err.contains("--drop-old") && third.err.contains("--drop-new"), "{third:?}");
    let second = made["token"].as_str().unwrap();
    let told = home.run(&["token", "rotate", &id, "--finish"]).await.good();
    assert!(told.out.contains("secret 2 alone"), "{told:?}");
    assert_eq!(
        (status(&home, &proxy, &first).await, status(&home, &proxy, second).await),
        (401, 200)
    );
    assert_eq!(home.run(&["token", "rotate", &id, "--finish", "--grace", "1h"]).await.code, 64);
    assert_eq!(home.run(&["token", "rotate", &id, "--grace", "soon"]).await.code, 64);
    let told = home.run(&["token", "rotate", &first]).await;
    assert_eq!(told.code, 64, "a secret for an id: {told:?}");
    assert!(!told.err.contains(&first), "{told:?}");
    home.run(&["token", "revoke", &id]).await.good();
    let revoked = home.run(&["token", "rotate", &id]).await;
    assert_eq!((revoked.code, revoked.out.as_str()), (1, ""), "{revoked:?}");
    let entries = home.run(&["audit", "search", "--output", "json"]).await.good().lines();
    let rotations = entries.iter().filter(|entry| entry["action"] == "token.rotate");
    assert_eq!(rotations.count(), 2);
}

#[tokio::test]
async fn a_token_is_reduced_by_command_and_never_widened() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let less = ["token", "reduce", &id, "--scope", "read:models", "--scope", "write:generate"];
    let shown =
        home.json(&[&less[..], &["--daily-budget", "2.00", "--max-images", "2"]].concat()).await;
    assert_eq!(shown["scopes"], json!(["read:models", "write:generate"]));
    assert_eq!(shown["limits"]["daily_budget"], "2.00");
    let told = home.run(&["token", "reduce", &id, "--without", "write:generate"]).await.good();
    assert!(told.out.contains("read:models"), "{told:?}");
    assert_eq!(status(&home, &gateway.ready.proxy, &token).await, 403);
    let more =
        home.run(&["token", "reduce", &id, "--scope", "write:*", "--daily-budget", "3"]).await;
    assert_eq!(more.code, 64, "{more:?}");
    assert!(more.err.contains("is more than"), "{more:?}");
    let nothing = home.run(&["token", "reduce", &id]).await;
    assert_eq!(nothing.code, 64, "{nothing:?}");
    assert_eq!(home.json(&["token", "show", &id]).await["scopes"], json!(["read:models"]));
}

#[tokio::test]
async fn a_token_is_updated_by_command_both_ways() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let limits = ["--daily-budget", "5.00", "--rate", "60/min", "--model", "V_3"];
    let made = home.json(&[&["token", "update", "test"][..], &limits[..]].concat()).await;
    assert_eq!((&made["id"], &made["limits"]["daily_budget"]), (&json!(id), &json!("5.00")));
    let more = ["token", "update", &id, "--daily-budget", "10.00", "--no-rate", "--no-models"];
    let told = home.run(&[&more[..], &["--name", "bot", "--metadata", "team=a=b"]].concat()).await;
    assert_eq!(
        told.good().out,
        format!(
            "{id} (bot):\n  name  test → bot\n  daily budget  $5.00 → $10.00\n  metadata  none → \
             team=a=b\n  requests a minute  60 → none\n  models  V_3 → none\n"
        )
    );
    assert_eq!(status(&home, &gateway.ready.proxy, &token).await, 200);
    let told = home.run(&["token", "update", "bot", "--daily-budget", "10.00"]).await.good();
    assert!(told.out.ends_with("  nothing changes\n"), "{told:?}");
    let told = home.run(&["token", "update", "bot", "--metadata", "team="]).await.good();
    assert!(told.out.contains("metadata  team=a=b → none"), "{told:?}");
    for wrong in [
        &[][..],
        &["bot", "--max-images", "1"],
        &["--daily-budget", "1.00", "--no-daily-budget"],
        &["--owner", "a", "--no-owner"],
        &["--metadata", "team"],
        &["--add-scope", "write:all"],
        &["--expires-in", "367d"],
    ] {
        let told = home.run(&[&["token", "update", &id][..], wrong].concat()).await;
        assert_eq!((told.code, &*told.out), (64, ""), "{wrong:?}: {told:?}");
    }
    let shown = home.json(&["token", "show", "bot"]).await;
    assert_eq!(
        (&shown["limits"]["daily_budget"], &shown["owner"]),
        (&json!("10.00"), &json!(null))
    );
    home.run(&["token", "revoke", &id]).await.good();
    assert_eq!(home.run(&["token", "update", &id, "--expires-in", "1d"]).await.code, 1);
    let entries = home.run(&["audit", "search", "--output", "json"]).await.good().lines();
    let updates = entries.iter().filter(|entry| entry["action"] == "token.update");
    assert_eq!(updates.count(), 3, "what changes nothing is not on record");
    home.verify().await;
}
