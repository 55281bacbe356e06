//! What a gateway in this process left behind.

use super::{
    TestApp,
    sweep::{self, Leak, Sink},
};
use ideogate::store::RecordQuery;
use std::time::Duration;

impl TestApp {
    /// Returns the secrets in everything that the gateway left behind by now.
    pub(crate) fn leaks(&self) -> Vec<Leak> {
        self.meet_what_arrived();
        self.write_out();
        let mut leaks = sweep::leaks_in_folder(&self.data());
        leaks.extend(sweep::spooled("self", &self.data()));
        let records = self.running.reader().records(&RecordQuery::default()).unwrap_or_default();
        for sealed in records {
            let place = format!("(record {})", sealed.seq);
            leaks.extend(sweep::leaks_in(Sink::Audit, &place, &sealed.bytes));
        }
        let metrics = self.running.metrics().render();
        leaks.extend(sweep::leaks_in(Sink::Metrics, "", metrics.as_bytes()));
        leaks.extend(self.watch.leaks());
        leaks
    }

    /// Leaves the gateway unsearched in the end, because a test put secrets into it itself.
    pub(crate) fn search_nothing(mut self) {
        self.is_searched = false;
    }

    /// Fails if there are secrets in the files of the data folder.
    pub(super) fn search_files(&self) {
        self.meet_what_arrived();
        sweep::none(&sweep::leaks_in_folder(&self.data()));
        assert_eq!(sweep::strays(&self.data()), [""; 0]);
    }

    /// Ideogram saw every prompt, however a test sent it.
    fn meet_what_arrived(&self) {
        for call in self.ideogram.seen().calls.iter().rev().take(64) {
            sweep::met_in_body(&call.body);
        }
    }

    /// Refusals are written behind; what is not yet on disk could not be found there. A broken store has nothing
    /// more to write.
    fn write_out(&self) {
        let journal = self.running.journal().clone();
        let flush = async move {
            tokio::time::timeout(Duration::from_secs(2), journal.flush()).await.ok();
        };
        // The test's own runtime waits for this thread, so another one is needed.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
                runtime.unwrap().block_on(flush);
            });
        });
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if self.is_searched && !std::thread::panicking() {
            sweep::none(&self.leaks());
            assert_eq!(sweep::strays(&self.data()), [""; 0]);
        }
    }
}
