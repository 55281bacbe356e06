//! A log is taken up again only if the record is the one that was signed.

use crate::{
    audit::{
        HashChain,
        trust::{
            CheckpointFile, FORMER_FILE, FormerKey, LAST_SIGNED_FILE, LogResumption, NewLog,
            Notary, PUBLIC_FILE, ResumeError, SIGNING_FILE, SigningFileError,
        },
    },
    domain::{Bundle, SteeredClock},
    store::{
        Store, StoreOptions,
        tests::fixtures::{NOON, options, refusal},
    },
};
use rusqlite::Connection;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// A folder with a record of which a part is signed.
struct Place {
    dir: TempDir,
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn open(&self) -> Store {
        let options = StoreOptions { seal: Arc::new(HashChain), ..options(self.dir.path()) };
        Store::open(options).unwrap()
    }

    fn file(&self) -> CheckpointFile {
        CheckpointFile::at(self.path(CheckpointFile::USUAL))
    }

    fn resume(&self, store: &Store) -> Result<Notary, ResumeError> {
        let (reader, clock) = (store.reader(), Arc::new(SteeredClock::at(NOON)));
        LogResumption { dir: self.dir.path(), file: &self.file(), reader: &reader, clock }.notary()
    }

    /// Opens it anew.
    fn again(&self) -> Result<Notary, ResumeError> {
        self.resume(&self.open())
    }

    fn edit(&self, sql: &str) {
        let connection = Connection::open(self.path("ideogate.db")).unwrap();
        connection.execute_batch(sql).unwrap();
    }
}

/// A record of five, whose first four are signed.
async fn signed() -> Place {
    let place = Place { dir: tempfile::tempdir().unwrap() };
    let store = place.open();
    let notary = place.resume(&store).unwrap();
    for _ in 0..4 {
        store.journal().commit(Bundle::record(refusal("expired"))).await.unwrap();
    }
    let signed = notary.sign(store.reader().head().unwrap()).unwrap();
    place.file().add(&signed.note).unwrap();
    store.journal().commit(Bundle::record(refusal("later"))).await.unwrap();
    store.close().await;
    place
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn an_untouched_record_is_taken_up_with_the_same_key() {
    let place = signed().await;
    let first = place.again().unwrap();
    assert_eq!(first.signed(), 4);
    assert_eq!(place.again().unwrap().key(), first.key());
    assert_eq!(mode(&place.path(SIGNING_FILE)), 0o600);
}

const CUT: &str = "DELETE FROM audit_records WHERE seq > 3;
    UPDATE chain_head SET seq = 3, hash = (SELECT hash FROM audit_records WHERE seq = 3);";

#[tokio::test]
async fn a_record_whose_end_was_cut_off_is_not_taken_up() {
    let place = signed().await;
    place.edit(CUT);
    let refused = place.again().unwrap_err();
    assert!(matches!(refused, ResumeError::EndsBefore { ends: 3, .. }), "{refused}");
    assert!(refused.to_string().contains("accept-restore") && refused.can_be_accepted());
    fs::remove_file(place.path(LAST_SIGNED_FILE)).unwrap();
    let refused = place.again().unwrap_err();
    assert!(
        matches!(refused, ResumeError::EndsBefore { .. }),
        "the file of checkpoints knows it too"
    );
}

#[tokio::test]
async fn a_changed_setting_does_not_make_it_forget_what_was_signed() {
    let place = signed().await;
    place.edit(CUT);
    fs::remove_file(place.file().path()).unwrap();
    assert!(matches!(place.again().unwrap_err(), ResumeError::EndsBefore { .. }));
}

#[tokio::test]
async fn a_record_that_was_rewritten_is_not_taken_up() {
    let place = signed().await;
    place.edit("UPDATE audit_records SET hash = zeroblob(32) WHERE seq = 4");
    let refused = place.again().unwrap_err();
    assert!(matches!(refused, ResumeError::Rewritten { .. }), "{refused}");
}

#[tokio::test]
async fn a_record_that_was_put_in_place_of_it_is_not_taken_up() {
    let (place, other) = (signed().await, signed().await);
    let lost = tempfile::tempdir().unwrap();
    for name in [SIGNING_FILE, PUBLIC_FILE] {
        fs::rename(place.path(name), lost.path().join(name)).unwrap();
        fs::copy(other.path(name), place.path(name)).unwrap();
    }
    assert!(matches!(place.again().unwrap_err(), ResumeError::OtherLog { .. }));
}

#[tokio::test]
async fn a_torn_last_note_is_no_reason_to_stop_and_an_exchanged_one_is() {
    let place = signed().await;
    let mut text = fs::read(place.file().path()).unwrap();
    text.extend(b"ideogate.audit/0000\n17\nabc");
    fs::write(place.file().path(), text).unwrap();
    assert_eq!(place.again().unwrap().signed(), 4);
    fs::write(place.path(LAST_SIGNED_FILE), "nothing").unwrap();
    assert!(matches!(place.again().unwrap_err(), ResumeError::Changed(_)));
}

#[tokio::test]
async fn a_key_that_is_missing_damaged_or_open_to_others_is_not_used() {
    let place = signed().await;
    let (path, aside) = (place.path(SIGNING_FILE), place.path("aside"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = place.again().unwrap_err();
    assert!(
        matches!(refused, ResumeError::Key(SigningFileError::OpenToOthers(_, 0o640))),
        "{refused}"
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::copy(&path, &aside).unwrap();
    fs::write(&path, "PRIVATE+KEY+x+y+z\n").unwrap();
    let refused = place.again().unwrap_err();
    assert!(matches!(refused, ResumeError::Key(SigningFileError::Damaged(_))), "{refused}");
    fs::remove_file(&path).unwrap();
    let refused = place.again().unwrap_err();
    assert!(matches!(refused, ResumeError::KeyMissing { .. }), "{refused}");
    assert!(!path.exists(), "no key is made in its place");
    fs::rename(&aside, &path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    place.again().unwrap();
}

#[tokio::test]
async fn a_key_without_what_it_signed_last_is_not_taken_up() {
    let place = signed().await;
    fs::remove_file(place.path(LAST_SIGNED_FILE)).unwrap();
    let refused = place.again().unwrap_err();
    assert!(matches!(refused, ResumeError::LastMissing { .. }), "{refused}");
    place.edit(CUT);
    fs::remove_file(place.file().path()).unwrap();
    let refused = place.again().unwrap_err();
    assert!(matches!(refused, ResumeError::LastMissing { .. }), "{refused}");
    assert!(refused.to_string().contains("accept-restore") && refused.can_be_accepted());
}

/// Every state that a crash can leave while a key is made, as files in the order they come.
#[tokio::test]
async fn a_crash_while_the_first_key_is_made_stops_no_start() {
    const BEGUN: &str = "audit-signing.key.begun";
    let whole = Place { dir: tempfile::tempdir().unwrap() };
    let made = whole.again().unwrap().key().clone();
    let [key, last, public] = [SIGNING_FILE, LAST_SIGNED_FILE, PUBLIC_FILE]
        .map(|name| fs::read(whole.path(name)).unwrap());
    let half = key[..20].to_vec();
    let states: [&[(&str, &[u8])]; 7] = [
        &[],
        &[("audit-signing.key.begun.new", &half)],
        &[(BEGUN, &key)],
        &[(BEGUN, &key), ("audit-signing.last.new", &half)],
        &[(BEGUN, &key), (LAST_SIGNED_FILE, &last)],
        &[(SIGNING_FILE, &key), (LAST_SIGNED_FILE, &last)],
        &[(SIGNING_FILE, &key), (LAST_SIGNED_FILE, &last), (PUBLIC_FILE, &public)],
    ];
    for (number, files) in states.iter().enumerate() {
        let place = Place { dir: tempfile::tempdir().unwrap() };
        for (name, bytes) in *files {
            fs::write(place.path(name), bytes).unwrap();
            fs::set_permissions(place.path(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let taken = place.again().unwrap_or_else(|error| panic!("{number}: {error}"));
        let has_signed = files.iter().any(|(name, _)| *name == LAST_SIGNED_FILE);
        assert_eq!(*taken.key() == made, has_signed, "{number}");
        assert_eq!(place.again().unwrap().key(), taken.key(), "{number}: and again");
        assert!(!place.path(BEGUN).exists(), "{number}");
    }
}

#[tokio::test]
async fn a_key_that_was_begun_takes_no_place_of_one_that_signed() {
    let place = signed().await;
    fs::rename(place.path(SIGNING_FILE), place.path("audit-signing.key.begun")).unwrap();
    let refused = place.again().unwrap_err();
    assert!(matches!(refused, ResumeError::KeyMissing { .. }), "{refused}");
}

/// It may have signed nothing before a crash: versions before this one wrote the key first.
#[tokio::test]
async fn a_key_of_an_older_version_is_taken_up_once_without_a_last_checkpoint() {
    let place = Place { dir: tempfile::tempdir().unwrap() };
    let key = place.again().unwrap().key().clone();
    let marked = fs::read_to_string(place.path(SIGNING_FILE)).unwrap();
    fs::write(place.path(SIGNING_FILE), format!("{}\n", marked.lines().next().unwrap())).unwrap();
    fs::remove_file(place.path(LAST_SIGNED_FILE)).unwrap();
    assert_eq!(*place.again().unwrap().key(), key);
    assert_eq!(fs::read_to_string(place.path(SIGNING_FILE)).unwrap(), marked);
    fs::remove_file(place.path(LAST_SIGNED_FILE)).unwrap();
    assert!(matches!(place.again().unwrap_err(), ResumeError::LastMissing { .. }));
}

#[tokio::test]
async fn the_first_start_makes_a_key_and_says_who_it_is() {
    let place = Place { dir: tempfile::tempdir().unwrap() };
    let notary = place.again().unwrap();
    let public = fs::read_to_string(place.path(PUBLIC_FILE)).unwrap();
    assert_eq!(public.trim(), notary.key().to_string());
    let private = fs::read_to_string(place.path(SIGNING_FILE)).unwrap();
    assert!(private.starts_with("PRIVATE+KEY+ideogate.audit/"));
    assert!(!public.contains("PRIVATE"));
}

#[tokio::test]
async fn what_a_former_key_signed_must_hold_as_far_as_its_log_reached() {
    let place = signed().await;
    let former = place.again().unwrap().key().clone();
    let notes = fs::read(place.path(CheckpointFile::USUAL)).unwrap();
    for name in [SIGNING_FILE, LAST_SIGNED_FILE, PUBLIC_FILE] {
        fs::remove_file(place.path(name)).unwrap();
    }
    let made = NewLog::make().unwrap().begin_restored(place.dir.path(), NOON).unwrap();
    assert!(!place.path(CheckpointFile::USUAL).exists(), "what the old log signed is kept aside");
    // As in a file elsewhere, which nobody moves.
    fs::write(place.path(CheckpointFile::USUAL), notes).unwrap();
    let ends_with = |ends| {
        let former = FormerKey { key: former.clone(), ends };
        FormerKey::write(&[former], place.dir.path()).unwrap();
    };
    assert!(matches!(place.again(), Err(ResumeError::OtherLog { .. })), "nobody knows that key");
    ends_with(4);
    assert_eq!(place.again().unwrap().key(), &made);
    ends_with(3);
    let beyond = place.again().unwrap_err();
    assert!(matches!(beyond, ResumeError::EndsBefore { ends: 3, .. }), "{beyond}");
    assert!(beyond.can_be_accepted());
    ends_with(4);
    place.edit("UPDATE audit_records SET hash = zeroblob(32) WHERE seq = 4");
    assert!(matches!(place.again(), Err(ResumeError::Rewritten { .. })));
    fs::write(place.path(FORMER_FILE), "no key at all").unwrap();
    let damaged = place.again();
    assert!(matches!(damaged, Err(ResumeError::Key(SigningFileError::Damaged(_)))), "{damaged:?}");
    let made = NewLog::make().unwrap().succeed(place.dir.path(), &place.file(), NOON).unwrap();
    assert_eq!(place.again().unwrap().key(), &made, "whoever accepts it need not mend it");
}
