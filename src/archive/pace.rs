//! How much is done at a time, so that nobody has to wait for it.

use std::time::Duration;

/// What a commit may take, where the disk is quick enough for that.
const AIM: Duration = Duration::from_millis(10);

/// The shortest pause between two commits.
const LEAST_PAUSE: Duration = Duration::from_millis(10);

/// How many times as long as a commit the pause is: others have three quarters of the writer.
const SHARE: u32 = 3;

/// Rows or pages of a commit: twice as many while it is quick, half as many when it is not. On a slow disk
/// the quickest commit so far is the measure: fewer rows would not make it quicker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    now: u32,
    least: u32,
    most: u32,
    quickest: Duration,
}

impl Pace {
    /// Rows that leave the database. It begins with few: the first commit may find a long log.
    pub(super) const ROWS: Self = Self { now: 25, least: 25, most: 1000, quickest: Duration::MAX };

    /// Pages that are given back.
    pub(super) const PAGES: Self = Self { now: 8, least: 8, most: 64, quickest: Duration::MAX };

    /// Returns how many are next.
    pub(super) fn next(self) -> u32 {
        self.now
    }

    /// A commit took so long; returns how long the pause behind it is.
    pub(super) fn took(&mut self, took: Duration) -> Duration {
        self.quickest = self.quickest.min(took);
        let most = AIM.max(self.quickest.saturating_mul(2));
        if took > most {
            self.now = (self.now / 2).max(self.least);
        } else if took < most / 4 * 3 {
            self.now = (self.now * 2).min(self.most);
        }
        (took * SHARE).max(LEAST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_commit_makes_the_next_smaller_and_the_pause_longer() {
        let mut pace = Pace::ROWS;
        let ms = Duration::from_millis;
        assert_eq!((pace.took(ms(1)), pace.next()), (ms(10), 50));
        assert_eq!((pace.took(ms(8)), pace.next()), (ms(24), 50), "that is what it may take");
        assert_eq!((pace.took(ms(40)), pace.next()), (ms(120), 25));
        assert_eq!((pace.took(ms(900)), pace.next()), (ms(2700), 25), "never fewer");
        for _ in 0..20 {
            pace.took(ms(1));
        }
        assert_eq!(pace.next(), 1000, "never more");
    }

    #[test]
    fn on_a_slow_disk_more_rows_go_at_a_time_and_not_fewer() {
        let mut pace = Pace::ROWS;
        let ms = Duration::from_millis;
        pace.took(ms(20));
        assert_eq!(pace.next(), 50, "no commit is quicker there");
        pace.took(ms(25));
        assert_eq!(pace.next(), 100);
        pace.took(ms(41));
        assert_eq!(pace.next(), 50, "twice the quickest is too much");
    }
}
