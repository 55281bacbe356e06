//! A database that is full, or that takes nothing. Another connection than the gateway's is not bound.

use super::Home;
use rusqlite::Connection;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;

impl Home {
    fn database(&self) -> Connection {
        let database = Connection::open(self.data().join("ideogate.db")).unwrap();
        database.busy_timeout(Duration::from_secs(10)).unwrap();
        database.execute_batch("CREATE TABLE IF NOT EXISTS filler (bytes BLOB)").unwrap();
        database
    }

    /// Returns the bytes of the database that hold something.
    pub(crate) fn used(&self) -> u64 {
        let database = self.database();
        let value = |name| database.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let pages = value("page_count").unwrap() - value("freelist_count").unwrap();
        u64::try_from(pages * value("page_size").unwrap()).unwrap()
    }

    /// Fills the database up to this size.
    pub(crate) fn fill(&self, bytes: u64) {
        let missing = i64::try_from(bytes - self.used()).unwrap();
        // Pages that hold the places of others alone come on top, and the links between pages.
        let missing = missing - missing / 400;
        self.database().execute("INSERT INTO filler VALUES (zeroblob(?1))", [missing]).unwrap();
        assert!(self.used().abs_diff(bytes) < 64 * 1024, "{} of {bytes}", self.used());
    }

    /// Takes out again what it was filled with; its pages are free, and the file is as large as before.
    pub(crate) fn empty(&self) {
        self.database().execute_batch("DELETE FROM filler").unwrap();
    }

    /// Makes the log beside the database grow by this, while somebody reads it.
    pub(crate) fn grow_log(&self, bytes: u64) {
        let database = self.database();
        database.execute_batch("INSERT INTO filler VALUES (zeroblob(1048576))").unwrap();
        for _ in 0..bytes / MIB {
            database.execute_batch("UPDATE filler SET bytes = randomblob(1048576)").unwrap();
        }
    }

    /// Lets the database fail whatever is to be recorded: each record would write where nothing is.
    pub(crate) fn break_database(&self) {
        let trigger = "CREATE TRIGGER breaks AFTER INSERT ON audit_records BEGIN \
                       INSERT INTO nowhere VALUES (1); END";
        self.database().execute_batch(trigger).unwrap();
    }

    /// Makes it work again.
    pub(crate) fn mend_database(&self) {
        self.database().execute_batch("DROP TRIGGER breaks").unwrap();
    }
}
