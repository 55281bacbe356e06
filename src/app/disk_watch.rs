//! How much room is left for the record and on its disk: measured, told when it becomes little.
//!
//! It is measured apart from what serves, for a disk may hang.

use super::{rises::Rises, services::Services};
use crate::{
    domain::size_for_calls,
    notify::{Notice, Notifier},
    spool::free_space,
    store::Reader,
    telemetry::Metrics,
};
use parking_lot::Mutex;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How often it is measured.
const LOOK: Duration = Duration::from_secs(10);

/// From how full on the database is told of, in percent of what calls may fill.
const FILLING: [u64; 2] = [80, 90];

/// From how full on the disk is told of, in percent of the way to what must stay free: at twice that, and
/// at that.
const SHRINKING: [u64; 2] = [50, 100];

/// Looks at the disk and at the database on it.
#[derive(Debug)]
pub(super) struct DiskWatch {
    reader: Reader,
    dir: PathBuf,
    max_size: u64,
    min_free: u64,
    metrics: Arc<Metrics>,
    notifier: Notifier,
    told: Mutex<(Rises<2>, Rises<2>)>,
}

/// Something that becomes full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filling {
    /// The database holds so many bytes, and this share of what calls may fill.
    Database { bytes: u64, percent: u64 },
    /// The disk has so many bytes free.
    Disk { free: u64 },
}

impl DiskWatch {
    /// Returns one for the data folder of these rooms; nothing runs yet.
    pub(super) fn new(services: &Services) -> Self {
        let settings = services.settings.now();
        Self {
            reader: services.reader.clone(),
            dir: settings.data.dir.clone(),
            max_size: settings.data.max_size,
            min_free: settings.bodies.min_free,
            metrics: Arc::clone(&services.metrics),
            notifier: services.notifier.clone(),
            told: Mutex::new((Rises::new(FILLING), Rises::new(SHRINKING))),
        }
    }

    /// Looks again and again, as long as the gateway runs.
    pub(super) fn stand(self, services: &Services) {
        let (watch, tasks) = (Arc::new(self), services.tasks.clone());
        services.tasks.every("disk", LOOK, move || {
            let (watch, tasks) = (Arc::clone(&watch), tasks.clone());
            async move { tasks.run_blocking(move || watch.look()).await.unwrap_or_default() }
        });
    }

    /// Measures, and tells what became too full. Blocks.
    fn look(&self) {
        let mut told = self.told.lock();
        let found = [self.database(&mut told.0), self.disk(&mut told.1)];
        found.into_iter().flatten().for_each(|filling| self.tell(filling));
    }

    fn database(&self, rises: &mut Rises<2>) -> Option<Filling> {
        let bytes = self.reader.size().ok()?;
        self.metrics.set_database(bytes, self.max_size);
        let percent = bytes.saturating_mul(100) / size_for_calls(self.max_size)?.max(1);
        rises.look(percent).map(|_| Filling::Database { bytes, percent })
    }

    fn disk(&self, rises: &mut Rises<2>) -> Option<Filling> {
        let free = free_space(&self.dir).ok()?;
        self.metrics.set_disk_free(free);
        let percent = self.min_free.saturating_mul(100).checked_div(free).unwrap_or(100);
        rises.look(percent).map(|_| Filling::Disk { free })
    }

    fn tell(&self, filling: Filling) {
        self.notifier.tell(&match filling {
            Filling::Database { bytes, percent } => {
                Notice::database_fills(bytes, self.max_size, percent)
            }
            Filling::Disk { free } => Notice::disk_fills(free, self.min_free),
        });
        match filling {
            Filling::Database { bytes, percent } => tracing::warn!(
                event = "record_filling",
                bytes,
                percent,
                max_size = self.max_size,
                "the database fills: calls are refused when they have no room; `ideogate audit archive` \
                 moves older records out of it"
            ),
            Filling::Disk { free } => tracing::warn!(
                event = "disk_low",
                free,
                must_stay_free = self.min_free,
                "the disk of the data folder fills"
            ),
        }
    }
}
