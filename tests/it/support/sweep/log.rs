//! The log of the gateways in this process, at TRACE.

use super::{Leak, Sieve, Sink, tape::Tape};
use std::{
    cell::RefCell,
    io,
    sync::{Mutex, Once, PoisonError},
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::{MakeWriter, Subscriber};

static INSTALLED: Once = Once::new();

/// What threads log that serve many gateways at once: journals, and whatever blocks.
static SHARED: Mutex<Tape> = Mutex::new(Tape::new());

thread_local! {
    /// What the thread of a test logs, while a gateway of it runs.
    static OWN: RefCell<Option<Tape>> = const { RefCell::new(None) };
}

/// Sends everything that is logged in this process here: JSON, every level, every library.
pub(super) fn install() {
    INSTALLED.call_once(|| {
        let lines = Subscriber::builder().with_max_level(LevelFilter::TRACE).with_writer(Desk);
        let lines = lines.json().flatten_event(true).with_span_list(true).finish();
        tracing::subscriber::set_global_default(lines).unwrap();
    });
}

/// Begins a tape for this thread, and returns where that of the others stands.
pub(super) fn begin() -> u64 {
    OWN.with_borrow_mut(|own| {
        own.get_or_insert_default();
    });
    shared(|tape| tape.len())
}

/// Ends the tape of this thread.
pub(super) fn end() {
    OWN.with_borrow_mut(Option::take);
}

/// Says whether the thread of this test has logged a text lately.
pub(crate) fn is_logged(text: &str) -> bool {
    OWN.with_borrow(|own| own.as_ref().is_some_and(|tape| tape.holds(text)))
}

/// Returns the leaks in what was logged since.
pub(super) fn leaks(since: u64, sieve: &Sieve) -> Vec<Leak> {
    let mut own = OWN.with_borrow_mut(Option::take);
    let mut leaks = own
        .as_mut()
        .map_or_else(Vec::new, |tape| tape.leaks(0, sieve, Sink::Log, "of the test's thread"));
    OWN.set(own);
    leaks.extend(shared(|tape| tape.leaks(since, sieve, Sink::Log, "of other threads")));
    leaks
}

fn shared<T>(look: impl FnOnce(&mut Tape) -> T) -> T {
    look(&mut SHARED.lock().unwrap_or_else(PoisonError::into_inner))
}

#[derive(Debug, Clone, Copy)]
struct Desk;

impl MakeWriter<'_> for Desk {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

impl io::Write for Desk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A thread that ends has no tape any more.
        let taken = OWN.try_with(|own| {
            let mut own = own.try_borrow_mut().ok()?;
            own.as_mut().map(|tape| tape.push(bytes))
        });
        if !matches!(taken, Ok(Some(()))) {
            shared(|tape| tape.push(bytes));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
