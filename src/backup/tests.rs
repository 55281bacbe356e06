//! A backup proves itself, and nothing else passes for one.

use super::{
    BackupFile, BackupProblem, BackupSubject, BackupWriteError, MemberName, examine_backup,
    unpack_backup, write_backup,
};
use crate::{
    audit::{
        HashChain,
        packed::PackedProblem,
        take_up,
        trust::{CheckpointFile, LogResumption, Notary, SignedCheckpoint},
    },
    domain::{Bundle, Clock, SteeredClock},
    store::{
        Store, StoreOptions, newest_schema,
        tests::fixtures::{NOON, options, refusal},
    },
};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};
use tempfile::TempDir;

/// A data folder with one record, closed again, and who signs it.
struct Ground {
    dir: TempDir,
    notary: Notary,
    subject: BackupSubject,
    checkpoint: SignedCheckpoint,
}

impl Ground {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SteeredClock::at(NOON));
        let opened = StoreOptions { seal: Arc::new(HashChain), ..options(dir.path()) };
        let store = Store::open(opened).unwrap();
        let (file, reader) =
            (CheckpointFile::at(dir.path().join(CheckpointFile::USUAL)), store.reader());
        let log = LogResumption { dir: dir.path(), file: &file, reader: &reader, clock };
        let notary = take_up(&log).unwrap();
        store.journal().commit(Bundle::record(refusal("one"))).await.unwrap();
        let (head, base) = (reader.head().unwrap(), reader.base().unwrap().head);
        let checkpoint = notary.sign(head).unwrap();
        store.close().await;
        let (schema, key) = (newest_schema(), notary.key().clone());
        let subject = BackupSubject { made_at: NOON, schema, key, head, base, with_keys: true };
        Self { dir, notary, subject, checkpoint }
    }

    fn files(&self, names: &[MemberName]) -> Vec<(MemberName, PathBuf)> {
        names.iter().map(|name| (*name, self.dir.path().join(name.file_name()))).collect()
    }

    /// Writes a backup of these files.
    fn backup(&self, names: &[MemberName]) -> Vec<u8> {
        let (files, out) = (self.files(names), Vec::new());
        write_backup(&self.subject, files, &self.notary, &self.checkpoint, out).unwrap()
    }

    /// Writes a small one, of which each byte can be tried.
    fn small(&self) -> Vec<u8> {
        fs::write(self.dir.path().join("ideogate.db"), "not much of a database").unwrap();
        self.backup(&[MemberName::Database, MemberName::PublicKey])
    }
}

fn examined(bytes: &[u8]) -> Result<BackupFile, BackupProblem> {
    examine_backup(bytes)
}

/// Packs lines as a forger would, who has no key of the log.
fn packed(content: &str) -> Vec<u8> {
    zstd::encode_all(content.as_bytes(), 1).unwrap()
}

#[tokio::test]
async fn a_backup_comes_back_to_the_letter_and_for_its_owner_alone() {
    let ground = Ground::new().await;
    let names = [
        MemberName::SigningKey,
        MemberName::Database,
        MemberName::LastSigned,
        MemberName::PublicKey,
    ];
    let bytes = ground.backup(&names);
    let into = tempfile::tempdir().unwrap();
    let found = unpack_backup(&*bytes, into.path()).unwrap();
    assert_eq!(found.subject, ground.subject);
    assert_eq!(found.checkpoint, ground.checkpoint);
    assert_eq!((found.bytes, &*found.version), (bytes.len() as u64, env!("CARGO_PKG_VERSION")));
    assert_eq!(found.members.len(), names.len());
    for name in names {
        let (old, new) = [&ground.dir, &into].map(|dir| dir.path().join(name.file_name())).into();
        assert!(fs::read(&old).unwrap() == fs::read(&new).unwrap(), "{name:?}");
        assert_eq!(fs::metadata(new).unwrap().permissions().mode() & 0o777, 0o600, "{name:?}");
    }
    assert_eq!(fs::read_dir(into.path()).unwrap().count(), names.len(), "and nothing else");
    let again = unpack_backup(&*bytes, into.path()).unwrap_err();
    assert!(matches!(again, BackupProblem::Unwritable(..)), "nothing is overwritten: {again}");
}

#[tokio::test]
async fn a_byte_that_was_changed_and_an_end_that_is_missing_are_found() {
    let ground = Ground::new().await;
    let bytes = ground.small();
    let good = examined(&bytes).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x11;
        // What only says how to unpack it may be changed without a change of what is unpacked; it is
        // another file all the same.
        let passes = examined(&changed).is_ok_and(|found| found.sha256 == good.sha256);
        assert!(!passes, "byte {at} of {}", bytes.len());
        assert!(examined(&bytes[..at]).is_err(), "only {at} of {}", bytes.len());
    }
    let twice = [&*bytes, &*bytes].concat();
    let bad = examined(&twice).unwrap_err();
    assert!(matches!(bad, BackupProblem::Packed(PackedProblem::OtherContent)), "{bad}");
}

#[tokio::test]
async fn a_backup_whose_content_was_exchanged_is_told_from_one_that_somebody_else_signed() {
    let ground = Ground::new().await;
    let content = String::from_utf8(zstd::decode_all(&*ground.small()).unwrap()).unwrap();
    let member = packed(&content.replace("not much of", "too much of "));
    assert!(matches!(examined(&member), Err(BackupProblem::Member(MemberName::Database))));
    let header = packed(&content.replace("\"schema\":", "\"schema\":1"));
    let bad = examined(&header).unwrap_err();
    assert!(matches!(bad, BackupProblem::Packed(PackedProblem::OtherContent)), "{bad}");
    let other = Ground::new().await;
    let key = packed(&content.replace(
        &serde_json::to_string(&ground.subject.key.to_string()).unwrap(),
        &serde_json::to_string(&other.subject.key.to_string()).unwrap(),
    ));
    assert!(examined(&key).is_err(), "another key cannot be named for it");
}

#[tokio::test]
async fn neither_checkpoint_nor_segment_nor_newer_form_passes_for_a_backup() {
    let ground = Ground::new().await;
    let content = String::from_utf8(zstd::decode_all(&*ground.small()).unwrap()).unwrap();
    let end = content.lines().last().unwrap();
    let notes: Value = serde_json::from_str(end).unwrap();
    let note = serde_json::to_string(&notes["checkpoint"]).unwrap();
    let passed = format!("{{\"manifest\":{note},\"checkpoint\":{note}}}");
    let bad = examined(&packed(&content.replace(end, &passed))).unwrap_err();
    assert!(matches!(bad, BackupProblem::Packed(PackedProblem::Unsigned(_))), "{bad}");
    for other in ["", "{}\n", "{\"ideogate_segment\":1}\n", "SQLite format 3\0"] {
        let bad = examined(&packed(other)).unwrap_err();
        let is_told =
            matches!(bad, BackupProblem::NotOne | BackupProblem::Packed(PackedProblem::CutOff));
        assert!(is_told, "{other:?}: {bad}");
        assert!(examined(other.as_bytes()).is_err(), "{other:?}");
    }
    let newer = "\"ideogate_backup\":7,\"more\":true";
    let newer = packed(&content.replace("\"ideogate_backup\":1", newer));
    assert!(matches!(examined(&newer), Err(BackupProblem::OtherVersion(7))));
}

#[tokio::test]
async fn members_are_known_files_once_and_keys_only_where_they_are_said_to_be() {
    let ground = Ground::new().await;
    let content = String::from_utf8(zstd::decode_all(&*ground.small()).unwrap()).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(content.contains(from), "{from}");
        let bad = examined(&packed(&content.replacen(from, to, 1))).unwrap_err();
        assert!(matches!(bad, BackupProblem::NotOne), "{from} → {to}: {bad}");
    };
    for other in ["../ideogate.db", "admin.sock", "/etc/passwd", "ideogate.db", ""] {
        refused("\"audit-signing.pub\"", &format!("\"{other}\""));
    }
    refused("\"ideogate.db\"", "\"audit-signing.last\"");
    let with_key = content.replace("\"audit-signing.pub\"", "\"audit-signing.key\"");
    let hidden = with_key.replace("\"with_keys\":true", "\"with_keys\":false");
    assert!(matches!(examined(&packed(&hidden)), Err(BackupProblem::NotOne)));
}

#[test]
fn a_file_that_unpacks_to_more_than_it_should_takes_no_memory() {
    let bomb = zstd::encode_all(std::io::Read::take(std::io::repeat(0), 1 << 28), 1).unwrap();
    assert!(bomb.len() < 1 << 20);
    assert!(examined(&bomb).is_err(), "it is given up after one line");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_and_a_reader_that_went_away_end_it() {
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let ground = Ground::new().await;
    let write = |files, out: &mut dyn std::io::Write| {
        let Ground { notary, subject, checkpoint, .. } = &ground;
        write_backup(subject, files, notary, checkpoint, out).map(drop).unwrap_err()
    };
    let gone = write(ground.files(&[MemberName::Database]), &mut Gone);
    assert!(matches!(gone, BackupWriteError::Out(_)), "{gone}");
    let missing = write(ground.files(&[MemberName::Database, MemberName::Tags]), &mut Vec::new());
    assert!(matches!(missing, BackupWriteError::Member(..)), "{missing}");
}
