//! Whether an answer arrived as far as this machine can tell.

use std::fmt;

/// How the delivery of an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The last byte was handed to the operating system for a connection that was open.
    Whole,
    /// The client went away before; so many bytes of the body had been handed over at most.
    Gone {
        /// Bytes of the body that had left, at most.
        sent: u64,
    },
}

/// Waits for the end of one delivery and tells it exactly once, even when it is dropped.
///
/// What it calls must be quick: it runs where the connection is driven.
pub struct Watch {
    tell: Option<Box<dyn FnOnce(Delivery) + Send>>,
    sent: u64,
}

impl Watch {
    /// Returns a watch that calls `tell`.
    pub fn new(tell: impl FnOnce(Delivery) + Send + 'static) -> Self {
        Self { tell: Some(Box::new(tell)), sent: 0 }
    }

    /// Counts bytes that left.
    pub(super) fn count(&mut self, bytes: u64) {
        self.sent += bytes;
    }

    /// Tells that the answer is whole.
    pub(super) fn whole(mut self) {
        self.end(Delivery::Whole);
    }

    fn end(&mut self, delivery: Delivery) {
        if let Some(tell) = self.tell.take() {
            tell(delivery);
        }
    }
}

// A watch that was never told the good end is told the bad one: nothing that
// happens to a connection can leave its answer without an end.
impl Drop for Watch {
    fn drop(&mut self) {
        self.end(Delivery::Gone { sent: self.sent });
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("sent", &self.sent).finish_non_exhaustive()
    }
}
