//! How far it is, on a terminal, once it takes long.

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// What is done sooner needs no bar.
/// A bar that only flashes tells nothing.
const SOON: Duration = Duration::from_millis(400);

/// A bar on stderr, if that is a terminal.
///
/// It is gone when it is dropped, and leaves no line behind.
#[derive(Debug)]
pub(in crate::cli) struct Progress {
    /// The bar, hidden at first.
    bar: ProgressBar,
    /// When it began.
    started: Instant,
    /// Whether it is shown by now.
    is_shown: bool,
}

impl Progress {
    /// Begins at nothing; `what` is being done.
    pub(in crate::cli) fn new(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_prefix(what);
        Self { bar, started: Instant::now(), is_shown: false }
    }

    /// So many of so many are done.
    pub(in crate::cli) fn at(&mut self, done: u64, of: u64) {
        if self.is_due() {
            self.bar.set_length(of);
            self.bar
                .set_style(style("{prefix} {wide_bar} {human_pos} of {human_len} records, {eta}"));
        }
        self.bar.set_position(done);
    }

    /// So many bytes are done, of nobody knows how many.
    pub(in crate::cli) fn bytes(&mut self, done: u64) {
        if self.is_due() {
            self.bar.set_style(style("{spinner} {prefix} {msg}, {elapsed}"));
        }
        if self.is_shown {
            self.bar.set_message(HumanBytes(done).to_string());
            self.bar.tick();
        }
    }

    /// So many of so many bytes are done.
    pub(in crate::cli) fn bytes_of(&mut self, done: u64, of: u64) {
        if self.is_due() {
            self.bar.set_length(of);
            self.bar.set_style(style("{prefix} {wide_bar} {bytes} of {total_bytes}, {eta}"));
        }
        self.bar.set_position(done.min(of));
    }

    /// Nobody here knows how far it is.
    pub(in crate::cli) fn waiting(&mut self) {
        if self.is_due() {
            self.bar.set_style(style("{spinner} {prefix}, {elapsed}"));
        }
        self.bar.tick();
    }

    /// Says whether it is time to show the bar, which happens once.
    fn is_due(&mut self) -> bool {
        let is_due = !self.is_shown && self.started.elapsed() > SOON;
        if is_due {
            self.is_shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        is_due
    }
}

impl Drop for Progress {
    /// Takes the bar away.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Returns the look of a bar.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
