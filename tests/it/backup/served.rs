//! The endpoints: who may, what is refused, and what is left behind.

use super::{copies, make_large, members, unpacked};
use crate::support::{TestApp, TestSettings, eventually};
use ideogate::{admin::BackupRequest, audit::Entry};
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/api/v1/backup";

fn asked(with_keys: bool) -> Value {
    serde_json::to_value(BackupRequest { with_keys }).unwrap()
}

fn on_record(app: &TestApp) -> Vec<Entry> {
    let is_backup = |entry: &Entry| &*entry.action == "backup.create";
    app.all_entries().into_iter().filter(is_backup).collect()
}

#[tokio::test]
async fn admins_alone_make_backups_and_keys_leave_by_the_socket_alone() {
    let app = TestApp::spawn().await;
    for role in ["viewer", "operator"] {
        let other = app.made_operator(role, role).await;
        let refused = other.post(PATH, Some(&asked(false))).await;
        assert_eq!(refused.admin_problem(), "403 role_missing");
        let kept = other.post("/api/v1/backup/backup_x/kept", None).await;
        assert_eq!(kept.admin_problem(), "403 role_missing");
    }
    let admin = app.made_operator("ada", "admin").await;
    let refused = admin.post(PATH, Some(&asked(true))).await;
    assert_eq!(refused.admin_problem(), "403 keys_stay_here");
    assert!(on_record(&app).is_empty() && copies(&app.data()).is_empty());

    let made = admin.post(PATH, Some(&asked(false))).await;
    assert_eq!(made.status, 200);
    let (found, _into) = unpacked(&made.body);
    assert!(!found.subject.with_keys && !members(&found).contains(&"audit-signing.key"));
    let bytes: u64 = found.members.iter().map(|member| member.bytes).sum();
    assert_eq!(made.header("ideogate-backup-bytes"), Some(&*bytes.to_string()));
    let local = app.local_admin().post(PATH, Some(&asked(true))).await;
    assert!(members(&unpacked(&local.body).0).contains(&"audit-signing.key"));
    let resources: Vec<_> = on_record(&app).iter().map(|entry| entry.resource.clone()).collect();
    assert_eq!(resources.len(), 2);
    assert_eq!(made.header("ideogate-backup"), Some(&*resources[0]));
    eventually("the copies are gone", || copies(&app.data()).is_empty()).await;
}

#[tokio::test]
async fn a_backup_is_kept_once_somebody_says_so_and_an_older_one_changes_nothing() {
    let app = TestApp::spawn().await;
    let admin = app.made_operator("ada", "admin").await;
    let last = async || admin.get("/api/v1/status").await.json()["last_backup"].clone();
    let mut names = Vec::new();
    for _ in 0..2 {
        let made = admin.post(PATH, Some(&asked(false))).await;
        names.push(made.header("ideogate-backup").unwrap().to_owned());
        app.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(last().await, Value::Null, "made is not kept");
    let kept = async |name: &str| admin.post(&format!("{PATH}/{name}/kept"), None).await;
    assert_eq!(kept("backup_none").await.admin_problem(), "404 backup_unknown");
    let newer = kept(&names[1]).await.json()["made_at"].clone();
    assert_eq!(last().await, newer);
    let older = kept(&names[0]).await.json()["made_at"].clone();
    assert_ne!(older, newer);
    assert_eq!(last().await, newer);
    let text = String::from_utf8(admin.get("/metrics").await.body.to_vec()).unwrap();
    assert!(text.contains("\nideogate_backup_age_seconds 60\n"), "{text}");
}

#[tokio::test]
async fn one_is_made_at_a_time_and_a_reader_that_hangs_up_leaves_no_file() {
    let app = TestApp::spawn().await;
    make_large(&app.data());
    let admin = app.local_admin();
    let sending = admin.request("POST", PATH).json(&asked(false)).send().await.unwrap();
    assert_eq!(sending.status(), 200);
    assert_eq!(copies(&app.data()).len(), 1);
    let second = admin.post(PATH, Some(&asked(false))).await;
    assert_eq!(second.admin_problem(), "409 backup_running");
    assert_eq!(on_record(&app).len(), 1);
    drop(sending);
    eventually("the copy is gone", || copies(&app.data()).is_empty()).await;
    let third = admin.request("POST", PATH).json(&asked(false)).send().await.unwrap();
    assert_eq!(third.status(), 200, "and another one can be made");
    assert_eq!(admin.get("/api/v1/status").await.json()["last_backup"], Value::Null);
}

#[tokio::test]
async fn without_room_on_the_disk_none_is_begun() {
    let toml = "[bodies]\nmin_free = \"1EiB\"\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let refused = app.local_admin().post(PATH, Some(&asked(false))).await;
    assert_eq!(refused.admin_problem(), "503 backup_no_room");
    assert!(on_record(&app).is_empty() && copies(&app.data()).is_empty());
    let unknown = app.local_admin().post(PATH, Some(&json!({"with_key": true}))).await;
    assert_eq!(unknown.status, 400, "what is mistyped is not passed over");
}
