//! Whether an answer arrived as far as this machine can tell.

use std::fmt;

/// How the delivery of an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEnd {
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
pub struct DeliveryWatch {
    tell: Option<Box<dyn FnOnce(DeliveryEnd) + Send>>,
    sent: u64,
}

impl DeliveryWatch {
    /// Returns a watch that calls `tell`.
    pub fn new(tell: impl FnOnce(DeliveryEnd) + Send + 'static) -> Self {
        Self { tell: Some(Box::new(tell)), sent: 0 }
    }

    /// Counts bytes that left.
    pub(super) fn count(&mut self, bytes: u64) {
        self.sent += bytes;
    }

    /// Tells that the answer is whole.
    pub(super) fn whole(mut self) {
        self.end(DeliveryEnd::Whole);
    }

    fn end(&mut self, delivery: DeliveryEnd) {
        if let Some(tell) = self.tell.take() {
            tell(delivery);
        }
    }
}

// A watch that was never told the good end is told the bad one: nothing that
// happens to a connection can leave its answer without an end.
impl Drop for DeliveryWatch {
    fn drop(&mut self) {
        self.end(DeliveryEnd::Gone { sent: self.sent });
    }
}

impl fmt::Debug for DeliveryWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("sent", &self.sent).finish_non_exhaustive()
    }
}
