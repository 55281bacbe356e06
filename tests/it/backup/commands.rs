//! `ideogate backup`, as operators run it.

use super::{GENERATE, copies, members, unpacked};
use crate::support::{Client, Home, KEY};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    memchr::memmem::find(bytes, text).is_some()
}

/// Returns the bytes of all files in a folder.
fn contents(dir: &Path) -> Vec<u8> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    files.flat_map(|file| fs::read(file).unwrap()).collect()
}

#[tokio::test]
async fn a_backup_is_written_read_again_and_told() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a cat"})).await.status, 200);
    let before = home.run(&["doctor"]).await.good();
    assert!(before.out.contains("warning   backup"), "{}", before.out);

    let file = home.path().join("ideogate.backup");
    let to = file.display().to_string();
    let told = home.run(&["backup", "--to", &to]).await.good();
    let (first, second) = told.out.trim_end().split_once('\n').unwrap();
    assert!(first.starts_with("backup of 2"), "{first}");
    assert!(first.ends_with(&format!("written to {to} and verified")), "{first}");
    let left = "not in it: Ideogram's keys, settings, kept answers, private keys (--with-keys)";
    assert_eq!(second, left);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!home.path().join("ideogate.backup.part").exists());
    assert_eq!(copies(&home.data()), [""; 0]);

    let bytes = fs::read(&file).unwrap();
    let (found, into) = unpacked(&bytes);
    let usual = ["ideogate.db", "audit-signing.pub", "audit-signing.last", "checkpoints"];
    assert_eq!(members(&found), usual);
    let data = into.path().display().to_string();
    let verified = home.run_bare(&["audit", "verify", "--data", &data]).await.good();
    assert!(verified.out.starts_with("good: "), "{}", verified.out);
    let entries = home.run(&["audit", "search", "--output", "json"]).await.good().lines();
    let own = entries.iter().find(|entry| entry["action"] == "backup.create").unwrap();
    assert_eq!(own["metadata"]["after"], json!({"with_keys": false}), "{own}");

    let after = home.run(&["doctor"]).await.good();
    assert!(after.out.contains("good      backup"), "{}", after.out);
    let again = home.run(&["backup", "--to", &to]).await;
    assert_eq!(again.code, 64, "{again:?}");
    assert!(again.err.contains("--force"), "{again:?}");
    assert_eq!(fs::read(&file).unwrap(), bytes, "the old one is untouched");
    let json = home.json(&["backup", "--to", &to, "--force"]).await;
    assert_ne!(fs::read(&file).unwrap(), bytes);
    assert_eq!(json["file"], to);
    assert_eq!(json["bytes"], fs::metadata(&file).unwrap().len());
    assert_eq!(json["records"], json["head"]["seq"], "none is in a segment");
    assert_eq!(json["with_keys"], false);
    assert_eq!(json["not_in_it"].as_array().unwrap().len(), 4);
    let folder = home.run(&["backup", "--to", home.path().to_str().unwrap(), "--force"]).await;
    assert_eq!(folder.code, 64, "{folder:?}");
    let nowhere = home.run(&["backup", "--to", "/no/such/folder/b"]).await;
    assert_eq!(nowhere.code, 1, "{nowhere:?}");
    gateway.stop().await;
    let unreachable = home.run(&["backup", "--to", &to, "--force"]).await;
    assert_eq!(unreachable.code, 69, "{unreachable:?}");
    assert!(file.exists() && !home.path().join("ideogate.backup.part").exists());
}

#[tokio::test]
async fn the_age_of_the_last_backup_survives_a_restart() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let to = home.path().join("one.backup").display().to_string();
    let made = home.json(&["backup", "--to", &to]).await["made_at"].clone();
    gateway.stop().await;
    let gateway = home.start().await;
    let status = Client::new(gateway.ready.admin.clone(), "").get("/metrics").await;
    let text = String::from_utf8(status.body.to_vec()).unwrap();
    assert!(text.contains("\nideogate_backup_age_seconds "), "{text}");
    let doctor = home.run(&["doctor"]).await.good();
    assert!(doctor.out.contains(made.as_str().unwrap()), "{}", doctor.out);
    gateway.stop().await;
}

#[tokio::test]
async fn a_backup_holds_no_ideogram_key_and_no_private_key() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let client = Client::new(gateway.ready.proxy.clone(), &token);
    let request = client.request("POST", GENERATE).json(&json!({"prompt": "a storm of herons"}));
    assert_eq!(client.send(request.header("Ideogate-User", "ann.marie")).await.status, 200);
    let private = ["audit-signing.key", "answers.key", "keys.tag", "persons.key"];
    let secrets = private.map(|name| fs::read(home.data().join(name)).unwrap());
    let backup = async |name: &str, more: &[&str]| {
        let file = home.path().join(name);
        let to = file.display().to_string();
        home.run(&[&["backup", "--to", &to], more].concat()).await.good();
        let (found, into) = unpacked(&fs::read(&file).unwrap());
        (found, contents(into.path()))
    };
    let (found, bare) = backup("bare.backup", &[]).await;
    assert!(!found.subject.with_keys && members(&found).iter().all(|name| !private.contains(name)));
    let (found, full) = backup("full.backup", &["--with-keys"]).await;
    assert!(found.subject.with_keys);
    assert!(private.iter().all(|name| members(&found).contains(name)), "{:?}", members(&found));
    for (secret, name) in secrets.iter().zip(private) {
        let secret = secret.split(|byte| *byte == b'\n').next().unwrap();
        assert!(holds(&full, secret), "{name} is looked for as it stands");
        assert!(!holds(&bare, secret), "{name}");
    }
    let never = [KEY, &token, "a storm of herons", "ann.marie"];
    for (text, content) in never.iter().flat_map(|text| [(text, &bare), (text, &full)]) {
        assert!(!holds(content, text.as_bytes()), "{text}");
    }
    gateway.stop().await;
}
