//! Pausing by command.

use crate::support::Home;
use serde_json::json;

#[tokio::test]
async fn pausing_twice_and_resuming_what_is_not_paused() {
    let home = Home::new().await;
    let _gateway = home.start().await;
    let told = home.run(&["resume"]).await.good();
    assert_eq!(told.out, "the gateway was not paused\n");
    let asked = ["pause", "--environment", "app", "--reason", "a new key", "--for", "30m"];
    let told = home.run(&asked).await.good();
    assert!(told.out.starts_with("environment app is paused until 20"), "{told:?}");
    assert!(told.out.contains("Z (in 29 minutes): a new key\n"), "{told:?}");
    let again = home.json(&["pause", "--environment", "app", "--account", "ideogram"]).await;
    assert_eq!((&again["paused"], again["pauses"].as_array().unwrap().len()), (&json!(false), 2));
    let kept = &again["pauses"][1];
    assert_eq!(kept["target"], "environment:app");
    assert!(kept.get("until").is_none() && kept.get("reason").is_none(), "it was replaced: {kept}");
    home.run(&["pause"]).await.good();
    let told = home.run(&["queue", "status"]).await.good();
    insta::assert_snapshot!(told.err, @r"
    Paused: the gateway is paused; `ideogate resume` ends it.
    Paused: account ideogram is paused; `ideogate resume --account ideogram` ends it.
    Paused: environment app is paused; `ideogate resume --environment app` ends it.
    ");
    let told = home.run(&["doctor"]).await;
    assert!(
        told.out.contains("environment app is paused; new calls of it are refused"),
        "{told:?}"
    );
    let told = home.run(&["resume", "--account", "ideogram"]).await.good();
    insta::assert_snapshot!(told.out, @r"
    account ideogram is resumed
    still: the gateway is paused
    still: environment app is paused
    ");
    let left = home.json(&["resume"]).await;
    assert_eq!(
        (&left["paused"], &left["pauses"][0]["environment"]),
        (&json!(false), &json!("app"))
    );
    let wrong = home.run(&["pause", "--environment", "ap", "--for", "soon"]).await;
    assert_eq!(wrong.code, 64, "{wrong:?}");
    assert!(wrong.err.contains("did you mean 'app'?") && wrong.err.contains("for: "), "{wrong:?}");
}
