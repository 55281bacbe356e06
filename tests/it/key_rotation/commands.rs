//! `ideogate key …`, as operators use it.

use super::{GENERATE, NEW, OLD, body};
use crate::support::{Home, KEY, until};
use ideogate::simulator::{Act, Script};
use rustix::process::Signal;
use std::{fs, time::Duration};

#[tokio::test]
async fn keys_are_listed_verified_and_exchanged_from_the_command_line() {
    let mut home = Home::new().await;
    let file = home.path().join("key");
    fs::write(&file, OLD).unwrap();
    home.variables = vec![("IDEOGRAM_API_KEY_FILE".to_owned(), file.display().to_string())];
    home.ideogram.accept_key(OLD);
    let gateway = home.start().await;
    let told = home.run(&["key", "list"]).await.good();
    assert!(
        told.out.contains("…aaaa  current") && told.out.contains("app dev prod staging"),
        "{told:?}"
    );
    assert_eq!(home.run(&["key", "verify"]).await.code, 0);

    fs::write(&file, NEW).unwrap();
    let told = home.run(&["key", "rotate"]).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        told.out.contains("…bbbb is refused: Ideogram answered 401 to it. …aaaa stays in use"),
        "{told:?}"
    );
    assert!(
        home.run(&["doctor"]).await.out.contains("…bbbb of app, dev, prod, staging is refused")
    );
    home.ideogram.accept_key(NEW);
    let told = home.run(&["key", "rotate", "--environment", "app", "--wait"]).await.good();
    assert!(told.out.contains("new calls use …bbbb"), "{told:?}");
    assert!(told.err.contains("safe to revoke …aaaa, last used never"), "{told:?}");

    home.ideogram.reject_key(NEW);
    assert_eq!(home.run(&["key", "verify"]).await.code, 2);
    let told = home.run(&["env", "list"]).await.good();
    assert!(
        told.out.lines().any(|line| line.starts_with("app") && line.contains("rejected")),
        "{told:?}"
    );
    let told = home.run(&["key", "rotate", "--environment", "nowhere"]).await;
    assert_eq!(told.code, 1, "{told:?}");
    let log = gateway.log();
    assert!(!log.contains(OLD) && !log.contains(NEW));
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_key_that_is_in_two_files_is_listed_once_with_both() {
    let mut home = Home::new().await;
    for (name, file) in [("IDEOGRAM_API_KEY_FILE", "one"), ("IDEOGRAM_API_KEY_PROD_FILE", "two")] {
        let file = home.path().join(file);
        fs::write(&file, OLD).unwrap();
        home.give(name, &file.display().to_string());
    }
    home.variables.retain(|(name, _)| name != "IDEOGRAM_API_KEY");
    home.ideogram.accept_key(OLD);
    let _gateway = home.start().await;
    let told = home.run(&["key", "list"]).await.good();
    assert_eq!(told.out.matches("…aaaa").count(), 1, "{told:?}");
    assert!(told.err.contains("/one") && told.err.contains("/two"), "{told:?}");
}

#[tokio::test]
async fn waiting_is_for_every_key_that_leaves_whoever_exchanged_it() {
    let mut home = Home::new().await;
    home.change("[keys]\nlook_every = \"1h\"\n");
    let file = home.path().join("key");
    fs::write(&file, OLD).unwrap();
    home.variables = vec![("IDEOGRAM_API_KEY_FILE".to_owned(), file.display().to_string())];
    home.ideogram.accept_key(OLD);
    home.ideogram.accept_key(NEW);
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold));
    let call = tokio::spawn(async move { client.post(GENERATE, &body()).await.status });
    until("it is sent", async || (home.ideogram.seen().calls.len() == 1).then_some(())).await;
    fs::write(&file, NEW).unwrap();
    home.run(&["key", "rotate"]).await.good();
    let waits = home.run(&["key", "rotate", "--wait"]);
    tokio::pin!(waits);
    let early = tokio::time::timeout(Duration::from_secs(2), &mut waits).await;
    assert!(early.is_err(), "a call still uses the old key: {early:?}");
    home.ideogram.release();
    let told = waits.await.good();
    assert!(told.out.contains("still holds …bbbb, which is in use"), "{told:?}");
    assert!(told.err.contains("safe to revoke …aaaa, last used"), "{told:?}");
    assert_eq!(call.await.unwrap(), 200);
    home.ideogram.reject_key(NEW);
    assert_eq!(home.run(&["key", "verify"]).await.code, 2);
    let told = home.run(&["key", "rotate"]).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.out.contains("still holds …bbbb, which Ideogram rejects"), "{told:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_variable_is_said_to_be_fixed_and_how_to_do_better() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let told = home.run(&["key", "rotate"]).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert!(told.out.contains("IDEOGRAM_API_KEY is a variable, which cannot change"), "{told:?}");
    assert!(told.out.contains("IDEOGRAM_API_KEY_FILE"), "{told:?}");
    assert!(!told.out.contains(KEY));
    gateway.stop().await;
}

#[tokio::test]
async fn sighup_reads_the_file_again() {
    let mut home = Home::new().await;
    home.change("[keys]\nlook_every = \"1h\"\n");
    let file = home.path().join("key");
    fs::write(&file, OLD).unwrap();
    home.variables = vec![("IDEOGRAM_API_KEY_FILE".to_owned(), file.display().to_string())];
    home.ideogram.accept_key(NEW);
    let gateway = home.start().await;
    fs::write(&file, NEW).unwrap();
    gateway.signal(Signal::HUP);
    until("told", async || gateway.log().contains("safe to revoke …aaaa").then_some(())).await;
    gateway.stop().await;
}

#[tokio::test]
async fn an_environment_may_not_have_the_name_of_a_next_key() {
    let home = Home::new().await;
    home.change("[environments.next]\naccount = \"ideogram\"\n");
    let told = home.run(&["config", "check"]).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert!(told.err.contains("must not end in \"next\""), "{told:?}");
}
