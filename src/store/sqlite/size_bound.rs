//! How large the database may become, and how far which part of it may be filled.

use crate::domain::{GrowthLimit, size_for_calls};
use rusqlite::Connection;

/// What is added to a database that is larger than its bound, so that rights can still be taken away in it.
const BEYOND: u64 = 8 * 1024 * 1024;

/// With less left than this, each bundle is held against its limit; before that none can reach one.
const TIGHT: u64 = 16 * 1024 * 1024;

/// The bound of one database. It is made once in a process, or it would grow each time that the database is
/// opened anew.
#[derive(Debug, Clone, Copy)]
pub(super) struct SizeBound {
    max_size: u64,
    /// Where the database itself stops: at its bound, or where it stood already when this was made.
    wall: u64,
}

impl SizeBound {
    /// Returns the bound of a database; `None` where 0 says that there is none.
    pub(super) fn new(connection: &Connection, max_size: u64) -> rusqlite::Result<Option<Self>> {
        if max_size == 0 {
            return Ok(None);
        }
        let wall = max_size.max(used(connection)?.saturating_add(BEYOND));
        Ok(Some(Self { max_size, wall }))
    }

    /// Lets the database refuse to grow beyond its wall. It is not kept in the file, so each connection that
    /// writes is told anew. A database that is larger already keeps its size and cannot grow.
    pub(super) fn set(self, connection: &Connection) -> rusqlite::Result<()> {
        let page_size: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        // The most pages that SQLite counts are 2^32 - 2.
        let pages = u32::try_from(self.wall / u64::from(page_size)).unwrap_or(u32::MAX - 1).max(1);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        Ok(())
    }

    /// Says whether a bundle might reach its limit.
    pub(super) fn is_tight(self, connection: &Connection) -> rusqlite::Result<bool> {
        Ok(used(connection)?.saturating_add(TIGHT) > self.max_size)
    }

    /// Says whether a database that holds so many bytes holds no more than a bundle with this limit may fill
    /// it with.
    pub(super) fn holds(self, used: u64, limit: GrowthLimit) -> bool {
        let most = match limit {
            GrowthLimit::Owed => return true,
            GrowthLimit::TakingAway => self.wall.saturating_sub(limit.kept_back()),
            GrowthLimit::Changes | GrowthLimit::Calls => {
                self.max_size.saturating_sub(limit.kept_back())
            }
        };
        used <= most
    }

    /// Returns how many bytes calls may still add.
    pub(super) fn room_for_calls(self, connection: &Connection) -> rusqlite::Result<u64> {
        let most = size_for_calls(self.max_size).unwrap_or(u64::MAX);
        Ok(most.saturating_sub(used(connection)?))
    }
}

/// Returns the bytes of the database that hold something: pages that are free are room. The write-ahead
/// log is left out: an outside reader lets it grow, and what it holds of the database's own pages is
/// counted here already.
pub(super) fn used(connection: &Connection) -> rusqlite::Result<u64> {
    let value = |setting| connection.pragma_query_value(None, setting, |row| row.get::<_, u32>(0));
    let pages = value("page_count")?.saturating_sub(value("freelist_count")?);
    Ok(u64::from(pages) * u64::from(value("page_size")?))
}
