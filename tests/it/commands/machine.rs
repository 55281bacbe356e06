//! What the machine has to do with it: files that others can read, root, long paths, clocks.

use super::picture;
use crate::support::{Home, KEY, until};
use ideogate::{
    app::{StartOptions, start},
    config::{LoadOptions, Secrets, Settings},
    domain::{Clock, SteeredClock, SystemClock},
    telemetry::DroppedLines,
};
use std::{fs, os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

fn set_mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_key_file_that_others_can_read_and_root_are_warned_of_and_the_gateway_serves() {
    let mut home = Home::new().await;
    home.variables.clear();
    let key = home.path().join("ideogram.key");
    fs::write(&key, KEY).unwrap();
    set_mode(home.path(), 0o755);
    set_mode(&key, 0o644);
    home.give("IDEOGRAM_API_KEY_FILE", key.to_str().unwrap());
    let warned = "can be read by other users (mode 644): chmod 600";
    let checked = home.run(&["config", "check"]).await.good();
    assert!(
        checked.err.contains("warning: IDEOGRAM_API_KEY_FILE") && checked.err.contains(warned),
        "{checked:?}"
    );
    let is_root = rustix::process::geteuid().is_root();
    assert_eq!(
        checked.err.matches("this user is root").count(),
        usize::from(is_root),
        "{checked:?}"
    );
    let doctor = home.run(&["doctor"]).await;
    assert!(doctor.out.contains(warned), "{doctor:?}");
    let gateway = home.start().await;
    until("the log warns", async || gateway.log().contains(warned).then_some(())).await;
    assert_eq!(gateway.log().matches("this user is root").count(), usize::from(is_root));
    let running = home.run(&["doctor"]).await.good();
    assert!(running.out.contains(warned) && running.out.contains("serves calls"), "{running:?}");
    assert_eq!(running.out.matches("this user is root").count(), usize::from(is_root));
    set_mode(&key, 0o600);
    let mended = home.run(&["doctor"]).await.good();
    assert!(!mended.out.contains("other users"), "files are looked at anew: {mended:?}");
    gateway.stop().await;
    assert!(!home.run(&["config", "check"]).await.good().err.contains("other users"));
}

#[tokio::test]
async fn a_token_file_that_others_can_read_is_warned_of_where_it_is_used() {
    let mut home = Home::new().await;
    let gateway = home.start().await;
    let made = home.json(&["operator", "create", "--name", "anna", "--role", "viewer"]).await;
    let file = home.path().join("operator.token");
    fs::write(&file, made["token"].as_str().unwrap()).unwrap();
    set_mode(home.path(), 0o755);
    home.give("IDEOGATE_OPERATOR_TOKEN_FILE", file.to_str().unwrap());
    let over_tcp = ["queue", "status", "--admin", &gateway.ready.admin, "--output", "json"];
    for (mode, count) in [(0o600, 0), (0o644, 1), (0o666, 1)] {
        set_mode(&file, mode);
        let told = home.run(&over_tcp).await.good();
        let warned = told.err.matches("warning: IDEOGATE_OPERATOR_TOKEN_FILE").count();
        assert_eq!(warned, count, "{mode:o}: {told:?}");
        assert!(count == 0 || told.err.contains("chmod 600"), "{told:?}");
        assert!(told.json()["accounts"].is_array(), "the answer is untouched: {told:?}");
    }
    // The socket is shown no token.
    assert!(!home.run(&["queue", "status"]).await.good().err.contains("warning"));
    let (_, token) = home.token().await;
    let own = home.path().join("app.token");
    fs::write(&own, token).unwrap();
    set_mode(&own, 0o644);
    let who = ["whoami", "--url", &gateway.ready.proxy, "--token-file", "app.token"];
    let told = home.run(&who).await.good();
    assert!(told.err.contains("warning: --token-file: app.token can be read"), "{told:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn the_socket_is_bound_and_reached_however_long_its_path_is() {
    let home = Home::new().await;
    let long = home.path().join("d".repeat(120)).join("e".repeat(120));
    home.change(&format!("[data]\ndir = {long:?}\n"));
    let gateway = home.start().await;
    let socket = long.join("admin.sock");
    assert!(socket.exists());
    let client = home.client(&gateway).await;
    assert_eq!(picture(&client, "a fox").await.status, 200);
    home.run_bare(&["queue", "status", "--admin", socket.to_str().unwrap()]).await.good();
    home.run(&["healthcheck"]).await.good();
    gateway.stop().await;
    assert!(!socket.exists());
    assert_eq!(home.run(&["queue", "status"]).await.code, 69);
}

#[tokio::test]
async fn a_clock_behind_the_newest_record_is_told_at_the_start_and_by_the_doctor() {
    let home = Home::new().await;
    let options = LoadOptions {
        file: Some(home.file()),
        variables: home.variables.clone(),
        working_dir: home.path().to_path_buf(),
    };
    let loaded = Settings::load(options).unwrap();
    let secrets = Secrets::load(&loaded.settings, &loaded.variables).unwrap();
    let later = SystemClock.now().plus(Duration::from_hours(50));
    let clock = Arc::new(SteeredClock::at(later));
    let options = StartOptions {
        settings: loaded.settings,
        source: ideogate::app::SettingsSource::default(),
        manager: ideogate::app::ServiceManager::default(),
        log: None,
        secrets,
        doubts: ideogate::config::Doubts::default(),
        handed_over: ideogate::app::HandedSockets::default(),
        clock,
        audit_lines: None,
        dropped: DroppedLines::default(),
    };
    let running = start(options).await.unwrap();
    running.shut_down(Duration::ZERO, std::future::pending::<()>()).await;
    let told = "but the newest record is of";
    let doctor = home.run(&["doctor"]).await;
    assert!(doctor.code == 2 && doctor.out.contains(told), "{doctor:?}");
    let gateway = home.start().await;
    until("the log warns", async || gateway.log().contains(told).then_some(())).await;
    let client = home.client(&gateway).await;
    assert_eq!(picture(&client, "a fox").await.status, 200);
}

#[tokio::test]
async fn a_clock_that_is_right_is_not_doubted() {
    let home = Home::new().await;
    home.start().await.stop().await;
    let gateway = home.start().await;
    assert!(!gateway.log().contains("newest record"), "{}", gateway.log());
    let doctor = home.run(&["doctor"]).await;
    assert!(!doctor.out.contains("newest record"), "{doctor:?}");
}
