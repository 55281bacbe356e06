//! `config reload` and SIGHUP, as operators use them.

use super::GENERATE;
use crate::support::{Home, eventually, until};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt};

/// Returns the records of reloads, oldest first.
async fn reloads(home: &Home) -> Vec<Value> {
    let told = home.run(&["audit", "search", "--output", "json"]).await.good();
    told.lines().into_iter().filter(|entry| entry["action"] == "config.reload").collect()
}

#[tokio::test]
async fn a_mistake_in_the_last_line_changes_nothing_and_is_64() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let good = fs::read_to_string(home.file()).unwrap();
    let last = "\n[environments.zoo]\naccount = \"ideogram\"\nscopes = [\"read:*\"]\nweight = 0\n";
    home.change("[queue]\ncapacity = 7\n");
    let changed = fs::read_to_string(home.file()).unwrap();
    home.set(&format!("{changed}{last}"));
    let told = home.run(&["config", "reload"]).await;
    let checked = home.run(&["config", "check"]).await;
    assert_eq!((told.code, checked.code), (64, 64), "{told:?}");
    let line = checked.err.lines().find(|line| line.contains("environments.zoo.weight")).unwrap();
    assert!(told.err.contains(line.trim()), "{told:?} {checked:?}");
    home.set(&good);
    let shown = home.run(&["config", "show"]).await.good().out;
    assert!(shown.contains("queue.capacity = 1000"), "{shown}");
    assert_eq!(client.post(GENERATE, &json!({"prompt": "goes on"})).await.status, 200);
    assert!(reloads(&home).await.is_empty());
    gateway.stop().await;
}

#[tokio::test]
async fn a_file_that_may_not_be_read_changes_nothing() {
    let home = Home::new().await;
    let (gateway, _) = home.start_as_somebody().await;
    home.change("[queue]\ncapacity = 7\n");
    // Rewritten by root, for whom it stays readable.
    fs::remove_file(home.file()).ok();
    home.set("[queue]\ncapacity = 8\n");
    fs::set_permissions(home.file(), fs::Permissions::from_mode(0o000)).unwrap();
    let socket = home.data().join("admin.sock");
    let reload = ["config", "reload", "--admin", socket.to_str().unwrap()];
    let told = home.run_bare(&reload).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert!(told.err.contains("cannot be read"), "{told:?}");
    let show = ["config", "show", "--admin", socket.to_str().unwrap()];
    let shown = home.run_bare(&show).await.good().out;
    assert!(shown.contains("queue.capacity = 1000"), "{shown}");
    fs::set_permissions(home.file(), fs::Permissions::from_mode(0o644)).unwrap();
    gateway.stop().await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_change_and_changes_nothing() {
    let home = Home::new().await;
    let gateway = home.start().await;
    home.change("[queue]\ncapacity = 2000\n[bodies]\nmemory = \"65MiB\"\n");
    let told = home.run(&["config", "reload", "--dry-run"]).await;
    assert_eq!(told.code, 2, "{told:?}");
    assert_eq!(told.out, "queue.capacity: 1000 → 2000\nwould be in force\n");
    assert!(told.err.contains("needs a restart: bodies.memory"), "{told:?}");
    assert!(home.run(&["config", "show"]).await.good().out.contains("queue.capacity = 1000"));
    assert!(reloads(&home).await.is_empty());
    let told = home.run(&["config", "reload", "--output", "json"]).await;
    assert_eq!(told.code, 2, "{told:?}");
    let expected = json!({
        "changed": [{"key": "queue.capacity", "before": "1000", "after": "2000"}],
        "needs_restart": ["bodies.memory"],
    });
    assert_eq!(told.json(), expected);
    let record = reloads(&home).await;
    assert_eq!(record.len(), 1);
    let told = record[0].to_string();
    assert!(told.contains("queue.capacity") && told.contains("bodies.memory"), "{told}");
    home.change("[bodies]\nmemory = \"64MiB\"\n");
    let same = home.run(&["config", "reload"]).await.good();
    assert_eq!(same.out, "nothing changes\n");
    assert_eq!(reloads(&home).await.len(), 1, "nothing changed, nothing is on record");
    gateway.stop().await;
    assert_eq!(home.run(&["config", "reload"]).await.code, 69);
}

#[tokio::test]
async fn what_is_told_is_what_is_enforced() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.change(
        "[environments.app]\nenabled = false\nmonthly_budget = \"9.00\"\n\
         [routes]\ndisable = [\"v3.remix\"]\n[environments.app.policy]\nmax_images = 2\n",
    );
    let before = home.json(&["env", "show", "app"]).await;
    assert_eq!((&before["state"], &before["monthly_budget"]), (&json!("enabled"), &json!(null)));
    assert!(before["differs"].to_string().contains("environments.app.enabled"), "{before}");
    assert_eq!(home.json(&["route", "show", "v3.remix"]).await["enabled"], true);
    let doctor = home.run(&["doctor"]).await;
    assert!(doctor.out.contains("ideogate config reload"), "{doctor:?}");
    home.run(&["config", "reload"]).await.good();
    let after = home.json(&["env", "show", "app"]).await;
    assert_eq!((&after["state"], &after["monthly_budget"]), (&json!("disabled"), &json!("9.00")));
    assert_eq!(after["policy"]["max_images"], 2, "{after}");
    assert_eq!(home.json(&["route", "show", "v3.remix"]).await["enabled"], false);
    let doctor = home.run(&["doctor"]).await;
    assert!(!doctor.out.contains("ideogate config reload"), "{doctor:?}");
    let refused = client.post(GENERATE, &json!({"prompt": "off"})).await;
    assert_eq!(refused.problem(), "503 environment_unavailable");
    gateway.stop().await;
}

#[tokio::test]
async fn sighup_reads_settings_and_also_keys_where_the_settings_hold_a_mistake() {
    let mut home = Home::new().await;
    let key = home.path().join("key");
    fs::write(&key, crate::support::KEY).unwrap();
    home.variables.clear();
    home.give("IDEOGRAM_API_KEY_FILE", key.to_str().unwrap());
    home.change("[keys]\nlook_every = \"1h\"\n");
    let gateway = home.start().await;
    home.change("[queue]\ncapacity = 7\n");
    gateway.signal(Signal::HUP);
    eventually("reloaded", || gateway.log().contains("config_reloaded")).await;
    assert!(home.run(&["config", "show"]).await.good().out.contains("queue.capacity = 7 "));
    assert_eq!(reloads(&home).await[0]["userId"], "gateway");
    let good = fs::read_to_string(home.file()).unwrap();
    fs::write(&key, "no key at all\nbut two lines").unwrap();
    home.set(&format!("{good}\nwrong = 1\n"));
    gateway.signal(Signal::HUP);
    eventually("refused", || gateway.log().contains("config_refused")).await;
    home.set(&good);
    until("the key is looked at", async || {
        let keys = home.json(&["key", "list"]).await.to_string();
        keys.contains("refused").then_some(())
    })
    .await;
    assert!(home.run(&["config", "show"]).await.good().out.contains("queue.capacity = 7 "));
    gateway.stop().await;
}

#[tokio::test]
async fn a_reload_that_cannot_be_recorded_changes_nothing() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.break_database();
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a heron"})).await.status, 503);
    gateway.has_tried_its_record_again().await;
    home.change("[queue]\ncapacity = 7\n");
    let told = home.run(&["config", "reload"]).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("record"), "{told:?}");
    assert!(home.run(&["config", "show"]).await.good().out.contains("queue.capacity = 1000"));
    home.mend_database();
    gateway.stop().await;
}
