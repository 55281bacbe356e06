//! From another folder, with another file.

use super::two;
use serde_json::{Value, json};

#[tokio::test]
async fn environments_are_those_in_force_and_what_the_own_file_says_is_told_apart() {
    let (home, gateway, elsewhere) = two().await;
    let socket = home.data().join("admin.sock");
    let admin = ["--admin", socket.to_str().unwrap()];
    let show = [&["env", "show", "app", "--output", "json"], &admin[..]].concat();
    let bare = elsewhere.run_bare(&show).await.good();
    let shown = bare.json();
    assert_eq!((&shown["weight"], &shown["source"]), (&json!(3), &json!("gateway")));
    assert_eq!((&shown["key"]["status"], bare.err.as_str()), (&json!("present"), ""), "{bare:?}");
    assert!(shown.get("differs").is_none(), "nothing of one's own was said: {shown}");
    let told = elsewhere
        .run(&[&["env", "show", "app", "--output", "json"], &admin[..]].concat())
        .await
        .good();
    let differs = &told.json()["differs"];
    let weight = json!({"key": "environments.app.weight", "gateway": "3", "file": "9"});
    let found = differs.as_array().unwrap().iter().find(|one| one["key"] == weight["key"]).unwrap();
    assert_eq!((&found["gateway"], &found["file"]), (&weight["gateway"], &weight["file"]));
    assert!(found["origin"].as_str().unwrap().contains("ideogate.toml:"), "{found}");
    assert!(
        told.err.contains("environments.app.weight: the gateway has 3, yours is 9"),
        "{told:?}"
    );
    let list = elsewhere.run(&[&["env", "list"], &admin[..]].concat()).await.good();
    assert!(
        !list.out.contains("mine") && list.err.contains("environments.mine.account"),
        "{list:?}"
    );
    assert!(!list.err.contains("has no key"), "{list:?}");
    let unknown = elsewhere.run(&[&["env", "show", "mine"], &admin[..]].concat()).await;
    assert_eq!(unknown.code, 64, "{unknown:?}");
    assert!(unknown.err.contains("there is no environment 'mine'"), "{unknown:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_route_that_is_closed_is_shown_closed_from_everywhere() {
    let (home, gateway, elsewhere) = two().await;
    let socket = home.data().join("admin.sock");
    let admin = ["--admin", socket.to_str().unwrap(), "--output", "json"];
    let show = [&["route", "show", "v3.generate"], &admin[..]].concat();
    let bare = elsewhere.run_bare(&show).await.good();
    assert_eq!((&bare.json()["enabled"], bare.err.as_str()), (&json!(false), ""), "{bare:?}");
    let told = elsewhere.run(&show).await.good();
    let shown = told.json();
    assert_eq!((&shown["enabled"], &shown["source"]), (&json!(false), &json!("gateway")));
    assert_eq!(shown["differs"][0]["key"], "routes.v3.generate.enabled", "{shown}");
    assert!(told.err.contains("the gateway has false, yours is true"), "{told:?}");
    let all = elsewhere.run(&[&["route", "list"], &admin[..]].concat()).await.good().json();
    let all = all.as_array().unwrap();
    let closed = all.iter().find(|route| route["name"] == "v3.generate").unwrap();
    assert_eq!(closed["enabled"], false);
    assert!(all.iter().all(|route| route["source"] == "gateway"));
    gateway.stop().await;
}

#[tokio::test]
async fn settings_are_those_in_force_with_the_place_they_come_from_there() {
    let (home, gateway, elsewhere) = two().await;
    let socket = home.data().join("admin.sock");
    let admin = ["--admin", socket.to_str().unwrap()];
    let told =
        elsewhere.run(&[&["config", "show", "--output", "json"], &admin[..]].concat()).await.good();
    let all = told.json();
    let of = |key: &str| -> Value {
        let found = all.as_array().unwrap().iter().find(|one| one["key"] == key);
        found.unwrap_or_else(|| panic!("{key}: {all}")).clone()
    };
    let capacity = of("queue.capacity");
    assert_eq!((&capacity["value"], &capacity["layer"]), (&json!("77"), &json!("file")));
    assert!(capacity["origin"].as_str().unwrap().starts_with(home.path().to_str().unwrap()));
    assert_eq!(
        (&capacity["differs"][0]["file"], &capacity["source"]),
        (&json!("1000"), &json!("gateway"))
    );
    assert_eq!(of("environments.mine.account")["value"], Value::Null);
    let text = elsewhere.run(&[&["config", "show"], &admin[..]].concat()).await.good();
    assert!(text.out.contains("queue.capacity = 77  # "), "{text:?}");
    assert!(
        text.err.contains("queue.capacity: the gateway has 77, yours is 1000 (default)"),
        "{text:?}"
    );
    let own = home.run(&["config", "show"]).await.good();
    assert_eq!(own.err, "", "the file that the gateway runs with does not differ");
    gateway.stop().await;
}

#[tokio::test]
async fn a_variable_of_the_shell_differs_only_in_what_it_says() {
    let (home, gateway, mut elsewhere) = two().await;
    let socket = home.data().join("admin.sock");
    elsewhere.give("IDEOGATE_ADMIN", socket.to_str().unwrap());
    elsewhere.give("IDEOGATE__QUEUE__CAPACITY", "5");
    let told = elsewhere.run_bare(&["config", "show"]).await.good();
    assert!(told.out.contains("queue.capacity = 77"), "{told:?}");
    let differing: Vec<_> = told.err.lines().filter(|line| line.starts_with("  ")).collect();
    assert_eq!(differing.len(), 1, "{told:?}");
    assert!(differing[0].contains("queue.capacity: the gateway has 77, yours is 5"), "{told:?}");
    gateway.stop().await;
}
