//! What is gone from the settings, or ended, is on record and is found.

use super::{called, started};
use crate::support::Home;

#[tokio::test]
async fn a_removed_environment_is_still_found_by_its_name() {
    let home = Home::new().await;
    let without = std::fs::read_to_string(home.file()).unwrap();
    home.change("[environments.old]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n");
    let gateway = home.start().await;
    called(&home, &gateway, "old", "veteran").await;
    gateway.stop().await;
    home.set(&without);
    let gateway = home.start().await;
    assert_eq!(home.run(&["env", "show", "old"]).await.code, 64, "it is set no more");
    let found = home.json(&["usage", "--environment", "old"]).await;
    assert_eq!(found[0]["calls"], 1, "{found}");
    assert_eq!(home.json(&["token", "list", "--environment", "old"]).await[0]["name"], "veteran");
    let search = ["audit", "search", "--environment", "old", "--output", "json"];
    assert_eq!(home.run(&search).await.good().lines().len(), 2, "the token and its call");
    let told = home.run(&["usage", "--environment", "odl"]).await;
    assert!(told.err.contains("did you mean 'old'?"), "{told:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_token_is_named_by_its_name_while_that_is_unique_and_after_it_was_revoked() {
    let (home, gateway) = started().await;
    let shown = home.json(&["token", "show", "poster-bot"]).await;
    let id = shown["id"].as_str().unwrap().to_owned();
    home.run(&["token", "revoke", "poster-bot"]).await.good();
    assert_eq!(home.json(&["token", "show", "poster-bot"]).await["state"], "revoked");
    let by_name = ["audit", "search", "--token", "poster-bot", "--output", "json"];
    let by_id = ["audit", "search", "--token", &id, "--output", "json"];
    let found = home.run(&by_name).await.good().out;
    assert_eq!(found, home.run(&by_id).await.good().out);
    assert!(found.contains("token.revoke") && found.contains("ideogram.api.call"), "{found}");
    assert_eq!(home.json(&["usage", "--token", "poster-bot"]).await[0]["calls"], 1);
    called(&home, &gateway, "app", "poster-bot").await;
    let newer = home.json(&["token", "show", "poster-bot"]).await;
    assert_ne!(newer["id"], id, "the name means the one that has not ended");
    called(&home, &gateway, "sandbox", "poster-bot").await;
    let told = home.run(&["usage", "--token", "poster-bot"]).await;
    assert_eq!((told.code, told.out.as_str()), (1, ""), "{told:?}");
    assert!(told.err.contains("give the id") && told.err.contains("tok_"), "{told:?}");
    gateway.stop().await;
}
