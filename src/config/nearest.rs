//! Finds what somebody probably meant.

/// Returns the candidate that is nearest to `word`, if one is near enough to be meant.
pub(super) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let near = |candidate: &'c str| (distance(word, candidate), candidate);
    let (steps, best) = candidates.into_iter().map(near).min()?;
    let enough = (word.chars().count() / 3).max(1);
    (steps <= enough).then_some(best)
}

/// Returns how many letters must be added, dropped, changed or swapped with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let changed = row[j] + usize::from(a != b);
            let mut steps = changed.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                steps = steps.min(before[j - 1] + 1);
            }
            next.push(steps);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let keys = ["capacity", "timeout", "max_timeout"];
        assert_eq!(nearest("capactiy", keys), Some("capacity"));
        assert_eq!(nearest("timeuot", keys), Some("timeout"));
        assert_eq!(nearest("max-timeout", keys), Some("max_timeout"));
    }

    #[test]
    fn another_word_is_not_guessed_at() {
        assert_eq!(nearest("colour", ["capacity", "timeout"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
