//! Where no gateway answers.

use super::two;
use crate::support::Home;
use serde_json::json;

const ASKING: [&[&str]; 6] = [
    &["env", "list"],
    &["env", "show", "app"],
    &["route", "list"],
    &["route", "show", "v3.generate"],
    &["config", "show"],
    &["doctor"],
];

#[tokio::test]
async fn a_gateway_that_was_named_and_does_not_answer_is_an_error() {
    let mut home = Home::new().await;
    let gateway = home.start().await;
    let dead = home.path().join("dead.sock");
    let places = [dead.to_str().unwrap().to_owned(), "http://127.0.0.1:1".to_owned()];
    for place in &places {
        for command in ASKING {
            let told = home.run(&[command, &["--admin", place]].concat()).await;
            assert_eq!(told.code, 69, "{command:?} {place}: {told:?}");
            let said = format!("{}{}", told.out, told.err);
            assert!(said.contains("no answer from") && said.contains(place.as_str()), "{told:?}");
            assert!(command == ["doctor"] || told.out.is_empty(), "the file answered: {told:?}");
        }
    }
    home.give("IDEOGATE_ADMIN", &places[0]);
    assert_eq!(home.run(&["env", "list"]).await.code, 69, "a variable names it as well");
    gateway.stop().await;
}

#[tokio::test]
async fn where_none_runs_the_own_file_answers_and_says_so() {
    let home = Home::new().await;
    let gateway = home.start().await;
    gateway.kill().await;
    assert!(home.data().join("admin.sock").exists(), "its socket is still there");
    for command in ASKING {
        let told = home.run(command).await;
        assert_eq!(told.code, 0, "{command:?}: {told:?}");
        let said = format!("{}{}", told.out, told.err);
        assert!(said.contains("ideogate.toml says"), "{command:?}: {told:?}");
    }
    let shown = home.json(&["env", "show", "app"]).await;
    assert_eq!((&shown["source"], &shown["weight"]), (&json!("file"), &json!(1)));
    assert_eq!(home.json(&["route", "show", "v3.generate"]).await["source"], "file");
    assert_eq!(home.json(&["config", "show"]).await[0]["source"], "file");
}

#[tokio::test]
async fn an_operator_who_is_refused_is_not_answered_from_a_file() {
    let (home, gateway, elsewhere) = two().await;
    let admin = gateway.ready.admin.clone();
    let told = elsewhere.run(&["env", "list", "--admin", &admin]).await;
    assert_eq!((told.code, told.out.as_str()), (1, ""), "{told:?}");
    let made = home.json(&["operator", "create", "--name", "anna", "--role", "viewer"]).await;
    let mut viewer = elsewhere;
    viewer.give("IDEOGATE_OPERATOR_TOKEN", made["token"].as_str().unwrap());
    for command in ASKING {
        let told = viewer.run_bare(&[command, &["--admin", &admin]].concat()).await;
        assert_eq!(told.code, 0, "a viewer may read: {command:?}: {told:?}");
    }
    gateway.stop().await;
}
