//! What waits to be told, within a bound, and when it is tried.

use super::{NotifyStanding, message::NotifyMessage};
use crate::domain::OnceKey;
use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};
use tokio::time::Instant;

/// Notifications that may wait at once. What comes beyond them is dropped and counted.
pub(super) const MOST: usize = 1000;

/// How long after it came a notification is still tried.
pub(super) const PATIENCE: Duration = Duration::from_hours(1);

/// How long it takes from one try to the next, the first ones; after them as long as the last.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(45),
    Duration::from_mins(2),
    Duration::from_mins(5),
    Duration::from_mins(10),
];

/// What waits, what was told, and how it is going.
#[derive(Debug, Default)]
pub(super) struct NoticeQueue {
    waiting: VecDeque<WaitingMessage>,
    /// How many are being tried just now.
    pub(super) under_way: usize,
    told: HashSet<OnceKey>,
    pub(super) standing: NotifyStanding,
}

/// A message that waits for its next try.
#[derive(Debug, Clone)]
pub(super) struct WaitingMessage {
    pub(super) message: NotifyMessage,
    came: Instant,
    tries: u32,
    due: Instant,
}

/// What became of a message that was to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Queued {
    /// It waits.
    Waits,
    /// It was told, or waits already.
    Before,
    /// There is no room for it.
    Dropped,
}

impl NoticeQueue {
    /// Remembers what was told in an earlier run.
    pub(super) fn remember(&mut self, told: impl IntoIterator<Item = OnceKey>) {
        self.told.extend(told);
    }

    /// Takes a message to be tried at once.
    pub(super) fn put(&mut self, message: NotifyMessage, now: Instant) -> Queued {
        if message.once.is_some_and(|key| self.told.contains(&key)) {
            return Queued::Before;
        }
        if self.waiting.len() + self.under_way >= MOST {
            return Queued::Dropped;
        }
        self.told.extend(message.once);
        self.waiting.push_back(WaitingMessage { message, came: now, tries: 0, due: now });
        Queued::Waits
    }

    /// Takes out the first message whose try is due.
    pub(super) fn take(&mut self, now: Instant) -> Option<WaitingMessage> {
        let place = self.waiting.iter().position(|one| one.due <= now)?;
        self.under_way += 1;
        self.waiting.remove(place)
    }

    /// Puts a message back whose try failed; `None` when its time is up, and it is returned no more.
    pub(super) fn put_back(&mut self, mut one: WaitingMessage, now: Instant) -> Option<()> {
        self.under_way -= 1;
        one.due = now + pause(one.tries, &one.message.id);
        one.tries += 1;
        if one.due.duration_since(one.came) > PATIENCE {
            return None;
        }
        self.waiting.push_back(one);
        Some(())
    }

    /// Returns when the next try is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.waiting.iter().map(|one| one.due).min()
    }

    /// Returns how many wait, those that are being tried included.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len() + self.under_way
    }
}

/// Returns how long to wait after so many tries that failed. Up to a tenth more or less, by the id, so that
/// what came together is not tried together for ever.
fn pause(tries: u32, id: &str) -> Duration {
    let place = usize::try_from(tries).unwrap_or(usize::MAX).min(PAUSES.len() - 1);
    let spread = id.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    // From 900 to 1100 thousandths.
    PAUSES[place] * (900 + spread % 201) / 1000
}
