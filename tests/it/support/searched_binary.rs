//! What a process and its commands left behind.

use super::{
    Binary, Home,
    sweep::{self, Leak, Sink},
};

impl Home {
    /// Returns the secrets in the data folder and in all answers.
    pub(crate) fn leaks(&self) -> Vec<Leak> {
        for call in self.ideogram.seen().calls.iter().rev().take(64) {
            sweep::met_in_body(&call.body);
        }
        let mut leaks = sweep::leaks_in_folder(&self.data());
        leaks.extend(self.watch.leaks());
        leaks
    }

    /// Leaves everything unsearched in the end, because a test puts secrets into it itself.
    pub(crate) fn search_nothing(&mut self) {
        self.is_searched = false;
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Whatever the stand-in holds back ends with the test.
        self.ideogram.release();
        if self.is_searched && !std::thread::panicking() {
            sweep::none(&self.leaks());
            assert_eq!(sweep::strays(&self.data()), [""; 0]);
        }
    }
}

impl Binary {
    /// Fails if the process might write a core.
    pub(super) fn assert_no_core(&self) {
        let process = self.child.id().unwrap();
        assert!(sweep::cannot_dump(process), "process {process} may write a core");
    }

    /// Ends the process, and returns the secrets in what it left behind.
    pub(crate) fn leaks(&mut self) -> Vec<Leak> {
        let mut leaks = Vec::new();
        if let Some(process) = self.child.id() {
            leaks.extend(sweep::arguments(process));
            leaks.extend(sweep::spooled(&process.to_string(), &self.data));
            let metrics = sweep::metrics(&self.ready.admin).unwrap_or_default();
            leaks.extend(sweep::leaks_in(Sink::Metrics, "", &metrics));
            self.child.start_kill().ok();
        }
        // Stdout ends with the process.
        leaks.extend(sweep::leaks_in(Sink::Stdout, "", &self.out.whole()));
        leaks.extend(sweep::leaks_in_folder(&self.data));
        leaks.extend(sweep::leaks_in_log(self.log.path()));
        leaks
    }
}

impl Binary {
    /// Leaves the process unsearched in the end.
    pub(crate) fn search_nothing(mut self) {
        self.is_searched = false;
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        if self.is_searched && !std::thread::panicking() {
            sweep::none(&self.leaks());
        }
    }
}
