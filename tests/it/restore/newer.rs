//! A backup that a newer version made.

use super::{back_up, lose, restore};
use crate::support::Home;
use ideogate::{
    audit::{
        take_up,
        trust::{CheckpointFile, LogResumption},
    },
    backup::{BackupSubject, MemberName, write_backup},
    domain::{Clock, SystemClock},
    store::{Reader, newest_schema},
};
use std::{fs::File, sync::Arc};

#[tokio::test]
async fn a_backup_of_a_newer_version_is_refused() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let backup = back_up(&home, true).await;
    let left = lose(&home, gateway, backup).await;
    let (dir, schema) = (home.data(), newest_schema() + 1);
    let reader = Reader::open(&dir).unwrap();
    let file = CheckpointFile::at(dir.join(CheckpointFile::USUAL));
    let clock = Arc::new(SystemClock);
    let log = LogResumption { dir: &dir, file: &file, reader: &reader, clock: clock.clone() };
    let notary = take_up(&log).unwrap();
    let (head, base) = (reader.head().unwrap(), reader.base().unwrap().head);
    let (key, made_at) = (notary.key().clone(), clock.now());
    let subject = BackupSubject { made_at, schema, key, head, base, with_keys: false };
    let checkpoint = notary.sign(head).unwrap();
    drop(reader);
    // What a newer version leaves in the database itself.
    let database = rusqlite::Connection::open(dir.join("ideogate.db")).unwrap();
    database.pragma_update(None, "user_version", schema).unwrap();
    database.close().unwrap();
    let files = [MemberName::Database, MemberName::PublicKey];
    let files = files.map(|member| (member, dir.join(member.file_name()))).to_vec();
    let out = File::create(&left.backup).unwrap();
    write_backup(&subject, files, &notary, &checkpoint, out).unwrap();

    let into = home.path().join("newer");
    let told = restore(&home, &left, &into, &[]).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert!(told.err.contains("use the newer one"), "{told:?}");
    assert!(!into.exists(), "nothing is left: {told:?}");
}
