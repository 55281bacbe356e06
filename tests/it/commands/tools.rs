//! `ideogate demo`, `doctor`, `openapi` and `completions`.

use super::keys;
use crate::support::{Home, KEY};

#[tokio::test]
async fn descriptions_and_completions_need_no_gateway() {
    let home = Home::new().await;
    let described = home.run_bare(&["openapi"]).await.good().json();
    assert!(described["openapi"].as_str().unwrap().starts_with("3."));
    assert!(described["paths"]["/api/v1/tokens"]["post"].is_object());
    for shell in ["bash", "zsh", "fish"] {
        let told = home.run_bare(&["completions", shell]).await.good();
        assert!(told.out.contains("ideogate"), "{shell}");
    }
    assert!(home.run_bare(&["--version"]).await.good().out.starts_with("ideogate "));
}

#[tokio::test]
async fn the_doctor_tells_good_from_broken() {
    let home = Home::new().await;
    let well = home.run(&["doctor"]).await.good();
    assert!(well.out.contains("does not run"), "{well:?}");
    let _gateway = home.start().await;
    let well = home.run(&["doctor"]).await.good();
    assert!(well.out.contains("runs and serves calls"), "{well:?}");
    assert!(!well.out.contains("BROKEN") && !well.out.contains(KEY), "{well:?}");
    let findings = home.run(&["doctor", "--output", "json"]).await.good().json();
    assert!(findings.as_array().unwrap().iter().all(|one| keys(one).len() == 3));
    let text = std::fs::read_to_string(home.file()).unwrap();
    home.set(&format!("{text}\n[nonsense]\na = 1\n"));
    let ill = home.run(&["doctor"]).await;
    assert_eq!(ill.code, 2, "{ill:?}");
    assert!(ill.out.contains("BROKEN") && ill.out.contains("nonsense"), "{ill:?}");
}

#[tokio::test]
async fn the_demo_makes_one_call_and_keeps_its_picture() {
    let home = Home::new().await;
    let demo = ["demo", "--once", "--save", "picture.png"];
    let told = home.run_bare(&demo).await.good();
    let picture = std::fs::read(home.path().join("picture.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{told:?}");
    assert!(told.out.contains("200 OK") && told.out.contains("curl"), "{told:?}");
    assert!(home.ideogram.seen().calls.is_empty(), "the demo goes to the simulator inside");
    assert!(!home.data().exists(), "the demo touched the user's data");
    let demo = ["demo", "--once", "--save", "no/such/folder/picture.png"];
    let told = home.run_bare(&demo).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("cannot be saved"), "{told:?}");
}
