//! A record of some days, and what moves them.

use crate::{
    archive::{ArchiveRules, FolderPlace, Mover, MoverServices, RecordPages},
    audit::{
        HashChain, VerifyReport, examine_database, take_up,
        trust::{CheckpointFile, LogResumption, Notary, ResumeError, SignedEvidence},
    },
    domain::{Action, Actor, AuditRecord, Bundle, Clock, SteeredClock, Timestamp},
    store::{
        Reader, Store, StoreOptions,
        tests::fixtures::{NOON, options, refusal},
    },
    tasks::Tasks,
    telemetry::Metrics,
};
use parking_lot::Mutex;
use rusqlite::Connection;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Names the moment at which a child process ends itself.
pub(crate) const CRASH_AT: &str = "IDEOGATE_TEST_ARCHIVE_CRASH_AT";

pub(super) const DAY: Duration = Duration::from_hours(24);

/// An open data folder with a mover that is not standing: each turn is a test's own.
pub(super) struct House {
    pub(super) dir: PathBuf,
    pub(super) store: Store,
    pub(super) mover: Mover,
    pub(super) clock: SteeredClock,
    pub(super) rules: Arc<Mutex<ArchiveRules>>,
    pub(super) notary: Arc<Notary>,
}

/// Returns the time so many days before the noon of all tests.
pub(super) fn days_ago(days: u32) -> Timestamp {
    NOON.minus(DAY * days)
}

impl House {
    pub(super) fn open(dir: &Path) -> Self {
        Self::try_open(dir).unwrap()
    }

    /// Opens the folder as a start does.
    pub(super) fn try_open(dir: &Path) -> Result<Self, ResumeError> {
        let clock = SteeredClock::at(NOON);
        let dyn_clock: Arc<dyn Clock> = Arc::new(clock.clone());
        let store =
            Store::open(StoreOptions { seal: Arc::new(HashChain), ..options(dir) }).unwrap();
        let file = CheckpointFile::at(dir.join(CheckpointFile::USUAL));
        let reader = store.reader();
        let log = LogResumption { dir, file: &file, reader: &reader, clock: dyn_clock.clone() };
        let notary = Arc::new(take_up(&log)?);
        let folder = FolderPlace::Usual(dir.join("segments"));
        let rules = Arc::new(Mutex::new(ArchiveRules { keep: None, archive_keep: None, folder }));
        let asked = Arc::clone(&rules);
        let mover = Mover::new(MoverServices {
            reader,
            journal: store.journal(),
            notary: Arc::clone(&notary),
            tasks: Tasks::default(),
            clock: dyn_clock,
            metrics: Metrics::new(),
            rules: Arc::new(move || asked.lock().clone()),
        });
        Ok(Self { dir: dir.to_owned(), store, mover, clock, rules, notary })
    }

    pub(super) fn reader(&self) -> Reader {
        self.store.reader()
    }

    /// Adds refusals of a day, each so large that a few fill a page of the database.
    pub(super) async fn fill(&self, days: u32, records: usize) {
        let at = days_ago(days);
        let record = |number: usize| AuditRecord {
            at: at.plus(Duration::from_secs(number as u64)),
            ..refusal(&"x".repeat(8_000))
        };
        let records = (0..records).map(record).collect();
        self.store
            .journal()
            .commit(Bundle { records, effects: Vec::new(), person: None })
            .await
            .unwrap();
    }

    /// Adds a change of a day.
    pub(super) async fn change(&self, days: u32, action: Action) {
        let change = AuditRecord::change(
            days_ago(days),
            Actor::GATEWAY,
            action,
            "ideogram",
            Value::Null,
            Value::Null,
        );
        self.store.journal().commit(Bundle::record(change)).await.unwrap();
    }

    /// Moves everything from before a day.
    pub(super) async fn archive(&self, days: u32) {
        self.mover.ask(days_ago(days).utc_day(), Actor::GATEWAY).unwrap();
        self.mover.turn().await.unwrap();
    }

    /// Returns the names of the segments on record whose files were not deleted.
    pub(super) fn names(&self) -> Vec<String> {
        let segments = self.reader().segments().unwrap().into_iter();
        segments.filter(|one| one.deleted_at.is_none()).map(|one| one.name()).collect()
    }

    /// Returns the names of the files in the archive folder, but for its mark.
    pub(super) fn files(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.dir.join("segments")) else { return Vec::new() };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name != "ideogate.archive").collect();
        names.sort();
        names
    }

    pub(super) fn verified(&self) -> VerifyReport {
        let evidence = SignedEvidence::believing(vec![self.notary.key().clone()]);
        let segments = self.dir.join("segments");
        examine_database(&self.dir, Some(&segments), evidence, |_, _| {}).unwrap()
    }

    /// Asserts that every record is there, once, and that all of it is good.
    pub(super) fn assert_whole(&self) {
        let report = self.verified();
        assert!(report.is_good() && report.segments.is_complete(), "{report:?}");
        let head = self.reader().head().unwrap().seq;
        let (mut pages, mut seen) = (RecordPages::new(self.mover.archived()), 0);
        while seen < head {
            let page = pages.next(seen, head, 7).unwrap();
            assert_eq!(page.first().map(|record| record.seq), Some(seen + 1), "of {head}");
            assert!(page.windows(2).all(|two| two[1].seq == two[0].seq + 1));
            seen = page.last().unwrap().seq;
        }
        let base = self.reader().base().unwrap().head.seq;
        assert_eq!(self.count("audit_records"), head - base, "nothing is in both places");
        assert_eq!(self.files(), self.names(), "no part, and no file that is on no record");
    }

    pub(super) fn count(&self, table: &str) -> u64 {
        let sql = format!("SELECT count(*) FROM {table}");
        let count = self.database().query_row(&sql, [], |row| row.get::<_, i64>(0));
        count.unwrap().cast_unsigned()
    }

    pub(super) fn database(&self) -> Connection {
        Connection::open(self.dir.join("ideogate.db")).unwrap()
    }

    /// Closes it, changes the database behind the gateway's back, and returns what a start says.
    pub(super) async fn forged(self, sql: &str) -> Result<Self, ResumeError> {
        self.store.close().await;
        self.database().execute_batch(sql).unwrap();
        Self::try_open(&self.dir)
    }
}
