//! How much is done at a time, so that nobody has to wait for it.

use std::time::Duration;

/// What a commit should take.
const AIM: Duration = Duration::from_millis(10);

/// The shortest pause between two commits.
const LEAST_PAUSE: Duration = Duration::from_millis(10);

/// How many times as long as a commit the pause is: others have three quarters of the writer.
const SHARE: u32 = 3;

/// Rows or pages of a commit: twice as many while it is quick, half as many when it is not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    now: u32,
    least: u32,
    most: u32,
}

impl Pace {
    /// Rows that leave the database. It begins with few: the first commit may find a long log.
    pub(super) const ROWS: Self = Self { now: 25, least: 25, most: 1000 };

    /// Pages that are given back.
    pub(super) const PAGES: Self = Self { now: 8, least: 8, most: 64 };

    /// Returns how many are next.
    pub(super) fn next(self) -> u32 {
        self.now
    }

    /// A commit took so long; returns how long the pause behind it is.
    pub(super) fn took(&mut self, took: Duration) -> Duration {
        if took > AIM {
            self.now = (self.now / 2).max(self.least);
        } else if took < AIM / 2 {
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
        assert_eq!((pace.took(ms(7)), pace.next()), (ms(21), 50), "that is what it should take");
        assert_eq!((pace.took(ms(40)), pace.next()), (ms(120), 25));
        assert_eq!((pace.took(ms(900)), pace.next()), (ms(2700), 25), "never fewer");
        for _ in 0..20 {
            pace.took(ms(1));
        }
        assert_eq!(pace.next(), 1000, "never more");
    }
}
