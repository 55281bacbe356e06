//! Folders that are full, gone, another one, or somebody else's: nothing leaves the database then.

use super::house::{House, days_ago};
use crate::{
    archive::{
        ArchiveError, FolderPlace,
        folder::{ArchiveFolder, Expected},
        plan::SegmentPlan,
    },
    audit::beginning_of,
    domain::{Action, Actor},
};
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// Takes so many bytes, and is full then.
struct Small(usize);

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Tries to move everything, and returns the code of what was in the way.
async fn refused(house: &House) -> &'static str {
    house.mover.ask(days_ago(0).utc_day(), Actor::GATEWAY).unwrap();
    let error = house.mover.turn().await.unwrap_err();
    let failed = house.mover.status().failed.unwrap();
    assert_eq!((failed.code, house.mover.status().running), (error.code(), false));
    error.code()
}

fn make(path: &Path, mode: u32) {
    fs::create_dir_all(path).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_disk_that_fills_up_keeps_everything_in_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(2, 40).await;
    let reader = house.reader();
    let head = reader.head().unwrap();
    let base = reader.base().unwrap();
    let plan = SegmentPlan { before: beginning_of(base.head), last: head.seq, bytes: 400_000 };
    for bytes in [0, 40, 300] {
        let packed = house.mover.work().pack(&plan, Small(bytes), Path::new("segments"));
        let Err(ArchiveError::FolderFull(..)) = packed.map(drop) else { panic!("{bytes}") };
    }
    let place = house.rules.lock().folder.clone();
    let log = house.notary.key().name();
    let folder = ArchiveFolder::open(&place, &base, Expected::Anything, log).unwrap();
    let plan = SegmentPlan { bytes: u64::MAX, ..plan };
    let full = house.mover.work().write(&folder, &plan).unwrap_err();
    assert_eq!(full.code(), "archive_folder_full", "it is told before anything is written");
    assert!(house.files().is_empty());
    assert_eq!(reader.base().unwrap().head.seq, 0);
    house.archive(0).await;
    house.assert_whole();
}

#[tokio::test]
async fn a_folder_on_another_disk_is_used_and_one_that_is_gone_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let Ok(other) = tempfile::tempdir_in("/dev/shm") else { return };
    let house = House::open(dir.path());
    house.fill(5, 30).await;
    house.fill(2, 30).await;
    let far = other.path().join("segments");
    house.rules.lock().folder = FolderPlace::Named(far.clone());
    assert_eq!(refused(&house).await, "archive_folder_gone");
    assert!(!far.exists(), "the place of a disk that is not mounted stays empty");
    make(&far, 0o700);
    house.archive(3).await;
    assert_eq!(fs::read_dir(&far).unwrap().count(), 2, "a segment and the mark");
    let mode =
        |entry: io::Result<fs::DirEntry>| entry.unwrap().metadata().unwrap().permissions().mode();
    assert!(fs::read_dir(&far).unwrap().map(mode).all(|mode| mode & 0o777 == 0o600));

    fs::rename(&far, other.path().join("away")).unwrap();
    assert_eq!(refused(&house).await, "archive_folder_gone");
    make(&far, 0o700);
    assert_eq!(
        refused(&house).await,
        "archive_folder_changed",
        "an empty mount point is no archive"
    );
    assert_eq!(fs::read_dir(&far).unwrap().count(), 0, "nothing was made in it");
    fs::remove_dir(&far).unwrap();
    fs::rename(other.path().join("away"), &far).unwrap();
    fs::set_permissions(&far, fs::Permissions::from_mode(0o750)).unwrap();
    assert_eq!(refused(&house).await, "archive_folder_changed", "others may enter it");
    assert_eq!(house.reader().base().unwrap().head.seq, 30, "nothing left meanwhile");
    fs::set_permissions(&far, fs::Permissions::from_mode(0o700)).unwrap();
    house.archive(0).await;
    assert_eq!(house.reader().segments().unwrap().len(), 2);
}

#[tokio::test]
async fn what_somebody_else_put_there_is_never_touched() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stranger = House::open(other.path());
    stranger.fill(3, 5).await;
    stranger.archive(0).await;
    let house = House::open(dir.path());
    house.fill(3, 5).await;

    let theirs = other.path().join("segments");
    house.rules.lock().folder = FolderPlace::Named(theirs.clone());
    assert_eq!(refused(&house).await, "archive_foreign", "the folder is another gateway's");

    let own = dir.path().join("segments");
    house.rules.lock().folder = FolderPlace::Usual(own.clone());
    make(&own, 0o700);
    let name = &stranger.names()[0];
    fs::copy(theirs.join(name), own.join(name)).unwrap();
    assert_eq!(refused(&house).await, "archive_foreign", "a whole segment of another log");
    assert_eq!(fs::read(own.join(name)).unwrap(), fs::read(theirs.join(name)).unwrap());

    fs::write(own.join(name), "no segment").unwrap();
    assert_eq!(refused(&house).await, "archive_foreign");
    assert_eq!(fs::read(own.join(name)).unwrap(), b"no segment");
    assert_eq!((house.reader().base().unwrap().head.seq, house.names().len()), (0, 0));
    fs::remove_file(own.join(name)).unwrap();
    house.archive(0).await;
    house.assert_whole();
}

#[tokio::test]
async fn nothing_leaves_while_its_segment_is_not_as_it_is_on_record() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(3, 5).await;
    let rules = house.rules.lock().clone();
    let made = house.mover.next_segment(&rules, days_ago(0).utc_day(), &Actor::GATEWAY).await;
    assert!(made.unwrap(), "on record, and nothing left yet");
    let file = dir.path().join("segments").join(&house.names()[0]);
    let whole = fs::read(&file).unwrap();
    for broken in [&whole[..whole.len() - 1], &[whole.as_slice(), b"x"].concat(), b""] {
        fs::write(&file, broken).unwrap();
        let error = house.mover.leave(&rules).await.unwrap_err();
        assert_eq!(error.code(), "archive_segment_missing");
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(house.mover.leave(&rules).await.unwrap_err().code(), "archive_segment_missing");
    assert_eq!(house.count("audit_records"), house.reader().head().unwrap().seq, "all are there");
    fs::write(&file, whole).unwrap();
    house.mover.turn().await.unwrap();
    assert_eq!(house.reader().base().unwrap().head.seq, 5, "what was begun goes on by itself");
    assert_eq!(house.reader().changes(Action::AuditArchive).unwrap().len(), 1);
    house.assert_whole();
}
