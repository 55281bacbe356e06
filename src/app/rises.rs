//! What rises over a threshold, told once until it has fallen well below.

/// How far below a threshold something must fall, in hundredths, until its next rise is told again.
const WELL_BELOW: u64 = 5;

/// Thresholds in percent, and which of them something stands over.
#[derive(Debug)]
pub(super) struct Rises<const N: usize> {
    /// The thresholds, the lowest first.
    over: [(u64, bool); N],
}

impl<const N: usize> Rises<N> {
    /// Returns thresholds of which none is crossed; the lowest comes first.
    pub(super) fn new(thresholds: [u64; N]) -> Self {
        Self { over: thresholds.map(|threshold| (threshold, false)) }
    }

    /// Returns the highest threshold that was crossed since the last look.
    pub(super) fn look(&mut self, percent: u64) -> Option<u64> {
        let mut crossed = None;
        for (threshold, is_over) in &mut self.over {
            if percent >= *threshold && !*is_over {
                (*is_over, crossed) = (true, Some(*threshold));
            } else if percent.saturating_add(WELL_BELOW) < *threshold {
                *is_over = false;
            }
        }
        crossed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rise_is_told_once_until_it_fell_well_below() {
        let mut rises = Rises::new([80, 90]);
        let told: Vec<_> = [79, 80, 85, 91, 88, 92, 86, 83, 90, 70, 95]
            .map(|percent| rises.look(percent))
            .into_iter()
            .collect();
        let none = None;
        let expected =
            [none, Some(80), none, Some(90), none, none, none, none, Some(90), none, Some(90)];
        assert_eq!(told, expected);
    }
}
